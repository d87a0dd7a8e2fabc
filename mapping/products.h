// The tasks of weighted layers: inputs to tiles, products, partial sums, activation functions.
#pragma once

#include <set>
#include <vector>

#include "mapping/array_grid.h"
#include "mapping/lowering.h"

namespace cimera::mapping {

class Products {
 public:
  explicit Products(Lowering& lowering) : l_(lowering) {}

  /// Adds the tasks of those of `parts` that belong to a weighted layer, and of an activation function that alone
  /// follows it.
  void lower(std::size_t index, const std::vector<Part>& parts);
  /// Whether a layer's output is made by the tasks of the weighted layer before it.
  bool fused(std::size_t index) const { return fused_.contains(index); }

 private:
  Slice multiply(std::size_t index, const ArrayGrid& grid, const Part& part, const Loop& loop);
  void feed(std::size_t index, const Slice& input, ops::TaskId consumer, const Loop& loop);
  ops::TaskId merge(std::size_t index, const Range& range, std::int64_t row_blocks, const Slice& from, ops::Place tile,
                    ops::TaskId home, const Loop& loop);
  Slice activate(std::size_t index, std::size_t result, const Range& range, ops::Place tile,
                 const std::vector<ops::TaskId>& sums, const Loop& loop);
  std::size_t fused_activation(std::size_t index);

  Lowering& l_;
  std::set<std::size_t> fused_;
};

}  // namespace cimera::mapping
