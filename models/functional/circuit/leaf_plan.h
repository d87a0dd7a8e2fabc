// How the inner nodes of a small block of cells are eliminated: which conductances meet at each of them.
#pragma once

#include <cstdint>
#include <vector>

namespace cimera::functional {

/// A block of `rows` x `columns` cells, each with the segment of row wire in front of it and the segment of column wire
/// behind it. Its ports are, in this order: left (the ends of the row wires in front of its first column), right (the
/// row nodes of its last column), top (the column nodes of its first row), bottom (the ends of the column wires behind
/// its last row). Elimination works on slots, one per pair of nodes that are ever connected; it does not depend on the
/// conductances, so blocks of equal shape share a plan.
struct LeafPlan {
  LeafPlan(int rows, int columns);

  int ports() const { return 2 * (rows + columns); }

  int rows, columns;
  int slots = 0;
  std::vector<std::uint16_t> cell;         ///< [row][column]: slot of the cell
  std::vector<std::uint16_t> row_wire;     ///< [row][column]: slot of the segment in front of the cell
  std::vector<std::uint16_t> column_wire;  ///< [row][column]: slot of the segment behind the cell

  /// Star-mesh transformations in order. Spokes of a star: its slots to its neighbours; mesh: for each pair of spokes
  /// i < j, by i and then j, the slot between the two neighbours.
  struct Star {
    std::int32_t first_spoke, spokes, first_mesh;
  };
  std::vector<Star> stars;
  std::vector<std::uint16_t> spoke, mesh;
  std::vector<std::int32_t> port_pair;  ///< [port][port], i < j: the slot between two ports, or -1
};

}  // namespace cimera::functional
