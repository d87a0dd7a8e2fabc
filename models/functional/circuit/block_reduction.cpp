#include "models/functional/circuit/block_reduction.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "core/parallel.h"
#include "models/functional/circuit/mesh.h"

namespace cimera::functional {
namespace {

constexpr int kLeafCells = 8;     // rows and columns of a leaf, at most
constexpr int kBatchLeaves = 64;  // leaves of a region whose leaves are made together

/// Cuts n cells into leaves as equal as they come: where each begins, and n.
std::vector<int> cuts_of(int n) {
  const int leaves = (n + kLeafCells - 1) / kLeafCells;
  std::vector<int> cuts;
  for (int i = 0; i <= leaves; ++i) cuts.push_back(static_cast<int>(std::int64_t{n} * i / leaves));
  return cuts;
}

/// Leaves [top, bottom) x [left, right) of the grid of leaves.
struct Region {
  int top, bottom, left, right;

  int height() const { return bottom - top; }
  int width() const { return right - left; }
};

class Reduction {
 public:
  explicit Reduction(const CrossbarNetwork& network)
      : network_(network),
        kernels_(mesh_kernels()),
        row_cuts_(cuts_of(network.rows)),
        column_cuts_(cuts_of(network.columns)) {
    for (std::size_t i = 0; i + 1 < row_cuts_.size(); ++i)
      for (std::size_t j = 0; j + 1 < column_cuts_.size(); ++j) {
        const std::pair shape(row_cuts_[i + 1] - row_cuts_[i], column_cuts_[j + 1] - column_cuts_[j]);
        if (!plans_.contains(shape)) plans_.emplace(shape, LeafPlan(shape.first, shape.second));
      }
  }

  Mesh whole() const {
    return reduce({0, static_cast<int>(row_cuts_.size()) - 1, 0, static_cast<int>(column_cuts_.size()) - 1});
  }

 private:
  Mesh reduce(const Region& region) const {
    if (region.height() * region.width() <= kBatchLeaves) {
      std::vector<Mesh> made = leaves(region);
      return merge_leaves(region, region, made);
    }
    const auto [first, second, beside] = split(region);
    Mesh a, b;
    parallel_for(2, 1, [&, &first = first, &second = second](std::int64_t begin, std::int64_t) {
      if (begin == 0) a = reduce(first);
      else b = reduce(second);
    });
    return merge(a, b, beside);
  }

  struct Halves {
    Region first, second;
    bool beside;
  };
  /// Halves the longer side.
  static Halves split(const Region& region) {
    Halves halves{region, region, region.width() >= region.height()};
    if (halves.beside) halves.first.right = halves.second.left = (region.left + region.right) / 2;
    else halves.first.bottom = halves.second.top = (region.top + region.bottom) / 2;
    return halves;
  }

  Mesh merge_leaves(const Region& region, const Region& all, std::vector<Mesh>& made) const {
    if (region.height() * region.width() == 1)
      return std::move(made[(region.top - all.top) * all.width() + region.left - all.left]);
    const auto [first, second, beside] = split(region);
    const Mesh a = merge_leaves(first, all, made), b = merge_leaves(second, all, made);
    return merge(a, b, beside);
  }

  /// Two blocks beside each other, or one above the other.
  Mesh merge(const Mesh& a, const Mesh& b, bool beside) const {
    const Mesh::Side near = beside ? Mesh::kRight : Mesh::kBottom, far = beside ? Mesh::kLeft : Mesh::kTop;
    Mesh::Sides sides;
    sides[far] = a.sides()[far], sides[near] = b.sides()[near];
    for (const int side : beside ? std::array{Mesh::kTop, Mesh::kBottom} : std::array{Mesh::kLeft, Mesh::kRight}) {
      sides[side] = a.sides()[side];
      sides[side].count += b.sides()[side].count;
    }
    Mesh merged(a.sides()[near].count, sides);
    std::array<int, 4> to_a, to_b;
    for (int s = 0; s < 4; ++s) {
      const auto side = static_cast<Mesh::Side>(s);
      to_a[side] = side == near ? 0 : merged.first(side);
      to_b[side] = side == far ? 0 : merged.first(side) + (side == near ? 0 : a.sides()[side].count);
    }
    merged.add(a, to_a);
    merged.add(b, to_b);
    merged.eliminate(kernels_);
    return merged;
  }

  /// All leaves of a region, row by row.
  std::vector<Mesh> leaves(const Region& region) const {
    std::map<std::pair<int, int>, std::vector<std::pair<int, int>>> by_shape;
    for (int i = region.top; i < region.bottom; ++i)
      for (int j = region.left; j < region.right; ++j)
        by_shape[{row_cuts_[i + 1] - row_cuts_[i], column_cuts_[j + 1] - column_cuts_[j]}].push_back({i, j});
    std::vector<Mesh> made(static_cast<std::size_t>(region.height()) * region.width());
    for (const auto& [shape, places] : by_shape) {
      const LeafPlan& plan = plans_.at(shape);
      AlignedArray<double> values(static_cast<std::size_t>(plan.slots) * kMeshLanes);
      for (std::size_t first = 0; first < places.size(); first += kMeshLanes) {
        std::fill(values.data(), values.data() + values.size(), 0.0);
        for (int lane = 0; lane < kMeshLanes; ++lane) {  // lanes without a block do the last one again
          const auto [i, j] = places[std::min(first + lane, places.size() - 1)];
          fill(plan, row_cuts_[i], column_cuts_[j], values.data() + lane);
        }
        kernels_.stars(plan, values.data());
        for (std::size_t at = first; at < std::min(first + kMeshLanes, places.size()); ++at) {
          const auto [i, j] = places[at];
          made[(i - region.top) * region.width() + j - region.left] =
              leaf(plan, row_cuts_[i], column_cuts_[j], values.data() + (at - first));
        }
      }
    }
    return made;
  }

  void fill(const LeafPlan& plan, int top, int left, double* values) const {
    const Wires& wires = network_.wires;
    for (int r = 0, cell = 0; r < plan.rows; ++r)
      for (int c = 0; c < plan.columns; ++c, ++cell) {
        values[plan.cell[cell] * kMeshLanes] = network_.at(top + r, left + c);
        values[plan.row_wire[cell] * kMeshLanes] =
            1.0 / (left + c == 0 ? wires.row_per_cell + wires.row_driver : wires.row_per_cell);
        values[plan.column_wire[cell] * kMeshLanes] =
            1.0 / (top + r == network_.rows - 1 ? wires.column_per_cell + wires.column_sense : wires.column_per_cell);
      }
  }

  /// The mesh of a leaf after its stars; at the edges of the array, what is not a terminal is eliminated too.
  Mesh leaf(const LeafPlan& plan, int top, int left, const double* values) const {
    Mesh::Sides sides{{{plan.rows}, {plan.rows}, {plan.columns}, {plan.columns}}};
    if (left == 0) sides[Mesh::kLeft].kind = Mesh::Kind::kDriver;
    if (top + plan.rows == network_.rows) sides[Mesh::kBottom].kind = Mesh::Kind::kSense;
    Mesh mesh(sides);
    for (int a = 0; a < plan.ports(); ++a)
      for (int b = a + 1; b < plan.ports(); ++b)
        if (const int slot = plan.port_pair[a * plan.ports() + b]; slot >= 0) mesh.at(a, b) = values[slot * kMeshLanes];
    const bool at_right = left + plan.columns == network_.columns, at_top = top == 0;
    if (!at_right && !at_top) return mesh;

    const double row_far = 1.0 / (network_.wires.row_per_cell + network_.wires.row_far);
    const double column_far = 1.0 / (network_.wires.column_per_cell + network_.wires.column_far);
    const int row_ends = at_right ? plan.rows : 0, column_ends = at_top ? plan.columns : 0;
    if (at_right) sides[Mesh::kRight] = {row_far > 0 ? plan.rows : 0, Mesh::Kind::kDriver};
    if (at_top) sides[Mesh::kTop] = {column_far > 0 ? plan.columns : 0, Mesh::Kind::kSense};
    Mesh closed(row_ends + column_ends, sides);
    closed.add(mesh, {closed.first(Mesh::kLeft), at_right ? 0 : closed.first(Mesh::kRight),
                      at_top ? row_ends : closed.first(Mesh::kTop), closed.first(Mesh::kBottom)});
    if (row_far > 0)
      for (int i = 0; i < row_ends; ++i) closed.at(i, closed.first(Mesh::kRight) + i) += row_far;
    if (column_far > 0)
      for (int i = 0; i < column_ends; ++i) closed.at(row_ends + i, closed.first(Mesh::kTop) + i) += column_far;
    closed.eliminate(kernels_);
    return closed;
  }

  const CrossbarNetwork& network_;
  MeshKernels kernels_;
  std::vector<int> row_cuts_, column_cuts_;
  std::map<std::pair<int, int>, LeafPlan> plans_;
};

}  // namespace

void reduce_blocks(const CrossbarNetwork& network, std::span<double> effective) {
  const Mesh mesh = Reduction(network).whole();
  const auto between = [&](Mesh::Side p, int i, Mesh::Side q, int j) {
    if (mesh.sides()[p].count == 0 || mesh.sides()[q].count == 0) return 0.0;
    const int a = mesh.first(p) + i, b = mesh.first(q) + j;
    return mesh.at(std::min(a, b), std::max(a, b));
  };
  for (int r = 0; r < network.rows; ++r)
    for (int c = 0; c < network.columns; ++c)
      effective[static_cast<std::size_t>(r) * network.columns + c] =
          (between(Mesh::kLeft, r, Mesh::kBottom, c) + between(Mesh::kRight, r, Mesh::kBottom, c)) +
          (between(Mesh::kLeft, r, Mesh::kTop, c) + between(Mesh::kRight, r, Mesh::kTop, c));
}

}  // namespace cimera::functional
