#include "models/functional/circuit/spice.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::functional {
namespace {

/// A wire in the netlist: its nodes are named, and its resistors written, from its first cell to its last.
struct Chain {
  std::string name;          ///< of the nodes and resistors, unique
  std::string first, last;   ///< nodes of the terminals; empty: open
  double at_first, at_last;  ///< resistances there, without the segment of wire
  double per_cell;
  int cells;

  /// The one node of an ideal wire, which may be a terminal, else "".
  std::string whole() const {
    if (per_cell != 0) return "";
    if (at_first == 0 && !first.empty()) return first;
    return at_last == 0 && !last.empty() ? last : name;
  }
  std::string node(int cell) const { return per_cell == 0 ? whole() : fmt::format("{}_{}", name, cell); }
};

class Netlist {
 public:
  Netlist(const CrossbarNetwork& network, std::string_view title) {
    check(network);
    if (network.rows > kSpiceCells || network.columns > kSpiceCells)
      fail_input(fmt::format("a netlist of {} x {} cells: at most {} x {} can be written; take a part of the array",
                             network.rows, network.columns, kSpiceCells, kSpiceCells));
    for (std::size_t begin = 0; begin <= title.size();) {
      const std::size_t end = std::min(title.find('\n', begin), title.size());
      append("* {}\n", title.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  void comment(std::string_view words) { append("* {}\n", words); }
  void source(std::string_view name, std::string_view node, double volts) {
    append("v{} {} 0 dc {}\n", name, node, volts);
  }
  void resistor(std::string_view name, std::string_view a, std::string_view b, double ohm) {
    if (a != b) append("r{} {} {} {}\n", name, a, b, ohm);
  }
  void chain(const Chain& chain) {
    const std::string node = chain.whole();
    const auto end = [&](std::string_view which, const std::string& terminal, double ohm, int cell) {
      if (terminal.empty() || std::isinf(ohm)) return;
      resistor(fmt::format("{}_{}", which, chain.name), terminal, node.empty() ? chain.node(cell) : node,
               chain.per_cell + ohm);
    };
    end("first", chain.first, chain.at_first, 0);
    end("last", chain.last, chain.at_last, chain.cells - 1);
    if (chain.per_cell > 0)
      for (int i = 1; i < chain.cells; ++i)
        resistor(fmt::format("{}_{}", chain.name, i), chain.node(i - 1), chain.node(i), chain.per_cell);
  }
  void cell(int row, int column, const std::string& from, const std::string& to, double siemens) {
    if (siemens > 0) resistor(fmt::format("cell{}_{}", row, column), from, to, 1.0 / siemens);
  }
  /// The analysis, and what it prints.
  std::string finish(int columns) {
    append(".op\n.options reltol=1e-12 abstol=1e-18 vntol=1e-15 gmin=1e-18\n.control\nset numdgt=16\nrun\n");
    for (int c = 0; c < columns; ++c) append("print i(vcol{})\n", c);
    append(".endc\n.end\n");
    return std::move(text_);
  }

 private:
  template <class... Args>
  void append(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  std::string text_;
};

/// Line `index` of the columns: open or sensed above its first cell, sensed behind its last.
Chain column_of(const CrossbarNetwork& network, int index) {
  const Wires& wires = network.wires;
  const std::string sensed = fmt::format("col{}", index);
  return {fmt::format("y{}", index),
          std::isinf(wires.column_far) ? "" : sensed,
          sensed,
          wires.column_far,
          wires.column_sense,
          wires.column_per_cell,
          network.rows};
}

/// A line that is driven by the source named `driver`.
Chain driven(const Wires& wires, std::string name, const std::string& driver, int cells) {
  return {std::move(name),    driver, std::isinf(wires.row_far) ? "" : driver, wires.row_driver, wires.row_far,
          wires.row_per_cell, cells};
}

void columns_of(const CrossbarNetwork& network, Netlist& netlist) {
  for (int c = 0; c < network.columns; ++c) {
    const Chain column = column_of(network, c);
    netlist.source(column.last, column.last, 0.0);
    netlist.chain(column);
  }
}

}  // namespace

std::string spice_netlist(const CrossbarNetwork& network, std::span<const double> voltages, std::string_view title) {
  Netlist netlist(network, title);
  if (voltages.size() != static_cast<std::size_t>(network.rows))
    fail_run(fmt::format("spice_netlist: {} voltages for {} rows", voltages.size(), network.rows));
  netlist.comment(fmt::format("{} rows, {} columns; Ohm, V; column nodes y<column>_<row>, row nodes x<row>_<column>",
                              network.rows, network.columns));
  for (int r = 0; r < network.rows; ++r) {
    const std::string driver = fmt::format("row{}", r);
    netlist.source(driver, driver, voltages[r]);
    const Chain row = driven(network.wires, fmt::format("x{}", r), driver, network.columns);
    netlist.chain(row);
    for (int c = 0; c < network.columns; ++c)
      netlist.cell(r, c, row.node(c), column_of(network, c).node(r), network.at(r, c));
  }
  columns_of(network, netlist);
  return netlist.finish(network.columns);
}

std::string spice_netlist(const CrossbarNetwork& network, Supply supply, std::span<const std::uint8_t> active,
                          std::string_view title) {
  Netlist netlist(network, title);
  if (active.size() != static_cast<std::size_t>(network.rows))
    fail_run(fmt::format("spice_netlist: {} marks of active rows for {} rows", active.size(), network.rows));
  netlist.comment(
      fmt::format("{} rows, {} columns; Ohm, V; column nodes y<column>_<row>, supply nodes s<column>_<row>{}",
                  network.rows, network.columns, supply == Supply::kInterleaved ? " and n<column>_<row>" : ""));
  const int supplies = supply == Supply::kInterleaved ? 2 : 1;
  for (int c = 0; c < network.columns; ++c)
    for (int s = 0; s < supplies; ++s) {
      const std::string source = fmt::format("{}{}", s == 0 ? "sup" : "neg", c);
      netlist.source(source, source, s == 0 ? 1.0 : -1.0);
      const Chain line = driven(network.wires, fmt::format("{}{}", s == 0 ? "s" : "n", c), source, network.rows);
      netlist.chain(line);
      for (int r = s; r < network.rows; r += supplies)
        if (active[r]) netlist.cell(r, c, line.node(r), column_of(network, c).node(r), network.at(r, c));
    }
  columns_of(network, netlist);
  return netlist.finish(network.columns);
}

}  // namespace cimera::functional
