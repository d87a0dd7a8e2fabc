#include "devices/wires.h"

#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "core/resources.h"
#include "core/yaml.h"

namespace cimera::devices {

using namespace literals;

Schema<WireNode> schema(const WireNode*) {
  using P = WireNode;
  return Schema<P>("node", "the wire of one technology node")
      .need("node", &P::node, "the name of the technology")
      .positive()
      .need("width", &P::width, "width of the wire")
      .positive()
      .need("resistivity", &P::resistivity, "resistivity of the metal at 300 K")
      .positive()
      .need("aspect", &P::aspect, "height of the wire over its width")
      .range(0.1, 10)
      .need("barrier", &P::barrier, "thickness of the barrier on both sides and below")
      .at_least(0_nm)
      .check("the barrier must leave some of the wire",
             [](const P& p) { return p.barrier * 2.0 < p.width && p.barrier < p.width * p.aspect; });
}

Schema<WireTable> schema(const WireTable*) {
  using P = WireTable;
  return Schema<P>("wires", "resistance of wires by technology node")
      .need("description", &P::description, "what the table is")
      .group("nodes", &P::nodes, "one wire for each node")
      .check("give at least one of `nodes`", [](const P& p) { return !p.nodes.empty(); });
}

const WireNode& WireTable::at(Metres node) const {
  std::string known;
  for (const WireNode& one : nodes) {
    if (std::abs(one.node / node - 1.0) < 1e-9) return one;
    known += (known.empty() ? "" : ", ") + format(one.node);
  }
  fail_input(fmt::format("no wire is known for a node of {}; nodes of '{}': {}", format(node), description, known));
}

/// The barrier leaves the share 1 - (2 AR w + w) b / (AR w^2) of the cross-section (to first order in b / w), and has
/// no conductance itself.
Ohms WireTable::resistance(Metres node, Metres length, Barrier barrier) const {
  const WireNode& wire = at(node);
  const double lost = (2.0 * wire.aspect + 1.0) / wire.aspect * (wire.barrier / wire.width);
  const double left = barrier == Barrier::kCounted ? 1.0 - lost : 1.0;
  return wire.resistivity * length / (wire.width * wire.width * (wire.aspect * left));
}

WireTable load_wires(const std::string& name_or_path) {
  const auto find = [](const std::string& name, const Where& where) -> std::filesystem::path {
    const bool is_path = name.ends_with(".yaml") || name.find('/') != std::string::npos;
    return is_path ? std::filesystem::path(name) : catalog_file("devices/wires", "table of wires", name, where);
  };
  return load<WireTable>(read_document(find(name_or_path, {}), find)).value;
}

}  // namespace cimera::devices
