#include "models/functional/circuit/gated_columns.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"
#include "core/parallel.h"

namespace cimera::functional {
namespace {

constexpr int kWide = 8;  // columns that are computed side by side
using Lanes = std::array<double, kWide>;

/// The part of kWide columns above a row, as a mesh between their terminals and the ends of their lines in that row. It
/// grows row by row; nodes that no longer are at an end are eliminated (mesh.h says how). kSupplies: 1 or 2.
template <int kSupplies>
class Ladder {
 public:
  Ladder(const Wires& wires) : wires_(wires) {
    for (int line = 0; line < kLines; ++line) {
      const bool is_column = line == kColumn;
      per_cell_[line] = is_column ? wires.column_per_cell : wires.row_per_cell;
      const double above = is_column ? wires.column_far : wires.row_driver;
      const double below = is_column ? wires.column_sense : wires.row_far;
      above_[line] = 1.0 / (per_cell_[line] + above), below_[line] = 1.0 / (per_cell_[line] + below);
      const bool rigid = per_cell_[line] == 0 && (above == 0 || below == 0);
      node_[line] = rigid ? line : kLines + line;
    }
  }

  void begin() {
    for (auto& row : mesh_) row.fill(Lanes{});
    for (int line = 0; line < kLines; ++line)
      if (!rigid(line)) connect(line, node_[line], above_[line]);
  }
  /// The cells of a row, between supply line `supply` and the columns.
  void cells(int supply, const double* conductance, int columns) {
    const int a = node_[supply], b = node_[kColumn];
    for (int i = 0; i < columns; ++i) {
      mesh_[a][b][i] += conductance[i];
      mesh_[b][a][i] = mesh_[a][b][i];
    }
  }
  void next_row() {
    for (int line = 0; line < kLines; ++line)
      if (per_cell_[line] > 0) eliminate(node_[line], 1.0 / per_cell_[line]);
  }
  void end() {
    for (int line = 0; line < kLines; ++line)
      if (!rigid(line)) connect(line, node_[line], below_[line]);
    for (int line = 0; line < kLines; ++line)
      if (!rigid(line)) eliminate(node_[line], 0.0);
  }
  double current(int lane) const {
    if constexpr (kSupplies == 1) return mesh_[0][kColumn][lane];
    else return mesh_[0][kColumn][lane] - mesh_[1][kColumn][lane];
  }

 private:
  static constexpr int kLines = kSupplies + 1, kColumn = kSupplies;  // terminals are nodes 0..kLines - 1

  bool rigid(int line) const { return node_[line] == line; }
  void connect(int a, int b, double conductance) {
    for (int i = 0; i < kWide; ++i) {
      mesh_[a][b][i] += conductance;
      mesh_[b][a][i] = mesh_[a][b][i];
    }
  }
  /// The node goes; its number is that of the next node of its line, `onward` away from it (0: there is none).
  void eliminate(int node, double onward) {
    Lanes inverse;
    inverse.fill(onward);
    for (int a = 0; a < 2 * kLines; ++a)
      if (a != node)
        for (int i = 0; i < kWide; ++i) inverse[i] += mesh_[node][a][i];
    for (int i = 0; i < kWide; ++i) inverse[i] = 1.0 / inverse[i];
    for (int a = 0; a < 2 * kLines; ++a) {
      if (a == node) continue;
      Lanes share;
      for (int i = 0; i < kWide; ++i) share[i] = mesh_[node][a][i] * inverse[i];
      for (int b = a + 1; b < 2 * kLines; ++b)
        if (b != node)
          for (int i = 0; i < kWide; ++i) {
            mesh_[a][b][i] += share[i] * mesh_[node][b][i];
            mesh_[b][a][i] = mesh_[a][b][i];
          }
      for (int i = 0; i < kWide; ++i) share[i] *= onward;
      onward_[a] = share;
    }
    for (int a = 0; a < 2 * kLines; ++a)
      if (a != node) mesh_[node][a] = mesh_[a][node] = onward_[a];
  }

  Wires wires_;
  std::array<double, kLines> per_cell_, above_, below_;
  std::array<int, kLines> node_;
  std::array<std::array<Lanes, 2 * kLines>, 2 * kLines> mesh_;
  std::array<Lanes, 2 * kLines> onward_;
};

template <int kSupplies>
void run(const CrossbarNetwork& network, std::span<const std::uint8_t> active, std::span<double> currents) {
  const std::int64_t inputs = static_cast<std::int64_t>(active.size()) / network.rows;
  const std::int64_t blocks = (network.columns + kWide - 1) / kWide;
  parallel_for(inputs * blocks, 4, [&](std::int64_t begin, std::int64_t end) {
    Ladder<kSupplies> ladder(network.wires);
    for (std::int64_t at = begin; at < end; ++at) {
      const std::int64_t input = at / blocks;
      const int left = static_cast<int>(at % blocks) * kWide, columns = std::min(kWide, network.columns - left);
      ladder.begin();
      for (int r = 0; r < network.rows; ++r) {
        if (r > 0) ladder.next_row();
        if (active[input * network.rows + r])
          ladder.cells(r % kSupplies, &network.conductance[static_cast<std::size_t>(r) * network.columns + left],
                       columns);
      }
      ladder.end();
      for (int c = 0; c < columns; ++c) currents[input * network.columns + left + c] = ladder.current(c);
    }
  });
}

}  // namespace

void gated_currents(const CrossbarNetwork& network, Supply supply, std::span<const std::uint8_t> active,
                    std::span<double> currents) {
  check(network);
  const std::size_t inputs = active.size() / network.rows;
  if (active.size() % network.rows != 0 || currents.size() != inputs * network.columns)
    fail_run(
        fmt::format("gated_currents: {} marks of active rows and room for {} currents do not fit an array of "
                    "{} x {} cells",
                    active.size(), currents.size(), network.rows, network.columns));
  if (supply == Supply::kPositive) run<1>(network, active, currents);
  else run<2>(network, active, currents);
}

}  // namespace cimera::functional
