// Arrays whose row wires are ideal: a row is one node, a column a ladder of nodes (or one node, or a terminal).
#include <cmath>
#include <vector>

#include "core/parallel.h"
#include "models/functional/circuit/block_reduction.h"
#include "models/functional/circuit/mesh.h"

namespace cimera::functional {
namespace {

/// One column while all rows are held at ground.
struct Ladder {
  std::vector<double> to_ground;  ///< conductance between node r and ground
  std::vector<double> pass_down;  ///< voltage at node r over that at node r - 1, when a current enters above
  std::vector<double> sensed;     ///< share of a current into node r that leaves through the terminals
};

Ladder ladder_of(const CrossbarNetwork& network, int column) {
  const Wires& wires = network.wires;
  const int rows = network.rows;
  const double u = wires.column_per_cell, sense = 1.0 / (u + wires.column_sense), far = 1.0 / (u + wires.column_far);
  const auto cell = [&](int r) { return network.at(r, column); };
  Ladder ladder{std::vector<double>(rows), std::vector<double>(rows, 1.0), std::vector<double>(rows)};
  if (u == 0) {
    double cells = 0.0;
    for (int r = 0; r < rows; ++r) cells += cell(r);
    const double terminals = sense + far;
    ladder.to_ground.assign(rows, cells + terminals);
    ladder.sensed.assign(rows, std::isinf(terminals)   ? 1.0
                               : cells + terminals > 0 ? terminals / (cells + terminals)
                                                       : 0);
    return ladder;
  }
  const double segment = 1.0 / u;
  const auto through = [&](double ground) { return segment * ground / (segment + ground); };
  // Conductance from node r to ground through the wire above it and below it, and the share of a current arriving at
  // node r from the other side that reaches the terminal at that end.
  std::vector<double> up(rows, far), down(rows, sense), share_up(rows), share_down(rows);
  for (int r = 0; r < rows; ++r) {
    if (r > 0) up[r] = through(cell(r - 1) + up[r - 1]);
    share_up[r] = up[r] == 0 ? 0.0 : up[r] / (cell(r) + up[r]) * (r > 0 ? share_up[r - 1] : 1.0);
  }
  for (int r = rows - 1; r >= 0; --r) {
    if (r < rows - 1) down[r] = through(cell(r + 1) + down[r + 1]);
    share_down[r] = down[r] / (cell(r) + down[r]) * (r < rows - 1 ? share_down[r + 1] : 1.0);
  }
  for (int r = 0; r < rows; ++r) {
    ladder.to_ground[r] = cell(r) + up[r] + down[r];
    ladder.pass_down[r] = segment / (segment + (cell(r) + down[r]));
    ladder.sensed[r] = (up[r] * (r > 0     ? share_up[r - 1]
                                 : far > 0 ? 1.0
                                           : 0.0) +
                        down[r] * (r < rows - 1 ? share_down[r + 1] : 1.0)) /
                       ladder.to_ground[r];
  }
  return ladder;
}

}  // namespace

void reduce_ideal_rows(const CrossbarNetwork& network, std::span<double> effective) {
  const int rows = network.rows, columns = network.columns;
  const double driver = 1.0 / network.wires.row_driver + 1.0 / network.wires.row_far;
  std::vector<Ladder> ladders(columns);
  parallel_for(columns, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t c = begin; c < end; ++c) ladders[c] = ladder_of(network, static_cast<int>(c));
  });
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      effective[static_cast<std::size_t>(r) * columns + c] = network.at(r, c) * ladders[c].sensed[r];
  if (std::isinf(driver)) return;

  // The row nodes form a mesh among themselves; they are eliminated in their turn.
  Mesh mesh(rows, {{{rows, Mesh::Kind::kDriver}, {0}, {0}, {columns, Mesh::Kind::kSense}}});
  parallel_for(rows, 1, [&](std::int64_t begin, std::int64_t) {
    const int i = static_cast<int>(begin);
    std::vector<double> voltage(columns);  // of the column nodes at row j when row i is at 1 V
    for (int c = 0; c < columns; ++c) voltage[c] = network.at(i, c) / ladders[c].to_ground[i];
    for (int j = i + 1; j < rows; ++j) {
      double sum = 0.0;
      for (int c = 0; c < columns; ++c) {
        voltage[c] *= ladders[c].pass_down[j];
        sum += network.at(j, c) * voltage[c];
      }
      mesh.at(i, j) = sum;
    }
    for (int c = 0; c < columns; ++c)
      mesh.at(i, mesh.first(Mesh::kBottom) + c) = effective[static_cast<std::size_t>(i) * columns + c];
    mesh.at(i, mesh.first(Mesh::kLeft) + i) = driver;
  });
  mesh.eliminate(mesh_kernels());
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      effective[static_cast<std::size_t>(r) * columns + c] =
          mesh.at(mesh.first(Mesh::kLeft) + r, mesh.first(Mesh::kBottom) + c);
}

}  // namespace cimera::functional
