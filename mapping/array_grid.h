// The weight matrix of a layer as a grid of arrays.
#pragma once

#include <cstdint>
#include <vector>

#include "core/range.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/program.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// The weight matrix of a layer cut into arrays: index = (group * column blocks + column block) * row blocks + row
/// block. Where slices lie in arrays of their own, a row block b is slice b % slice_arrays() of rows b /
/// slice_arrays(). Ranges are elements of one image of a tensor, channel slowest. What is said of arrays [first, last)
/// is found in closed form: the largest networks have a hundred million arrays.
class ArrayGrid {
 public:
  ArrayGrid(const workloads::Network& network, const workloads::Layer& layer, const ops::CrossbarConfig& config);

  struct At {
    std::int64_t group, column_block, row_block;
  };
  std::int64_t arrays() const { return shape_.groups * column_blocks_ * row_blocks_; }
  std::int64_t row_blocks() const { return row_blocks_; }
  std::int64_t column_blocks() const { return column_blocks_; }
  const workloads::MvmShape& shape() const { return shape_; }
  const ops::CrossbarConfig& config() const { return config_; }
  At at(std::int64_t array) const;
  std::int64_t rows_in(std::int64_t row_block) const;
  std::int64_t weights_in(std::int64_t column_block) const;

  /// The operation of arrays [first, last): counts of one position.
  ops::Mvm mvm(std::int64_t first, std::int64_t last, std::int64_t result_bits) const;
  /// Cells of arrays [first, last) that are written, and the weights (or slices of weights) in them.
  std::int64_t cells(std::int64_t first, std::int64_t last) const;
  std::int64_t weights(std::int64_t first, std::int64_t last) const;
  /// Elements of the input of one image that arrays [first, last) need, as disjoint ranges in order.
  std::vector<Range> inputs(std::int64_t first, std::int64_t last) const;
  /// Elements of the output of one image whose first row block lies in [first, last): this part is their home.
  Range home(std::int64_t first, std::int64_t last) const;
  /// Output elements of the column that [first, last) continues from an earlier part; empty when it starts a column.
  Range continued(std::int64_t first, std::int64_t last) const;

 private:
  /// Mapped rows [begin, end) of each of groups [group, group + groups): of several groups all rows.
  struct RowSpan {
    std::int64_t group, groups, begin, end;
  };
  /// The rows of arrays [first, last), each once, in order.
  std::vector<RowSpan> row_spans(std::int64_t first, std::int64_t last) const;

  /// Sums over arrays [0, end).
  struct Totals {
    std::int64_t rows, weights;  ///< mapped rows; weights beside each other in a row
    std::int64_t products;       ///< rows x weights
    std::int64_t heads;          ///< weights beside each other in a row of first row blocks
    std::int64_t reads;          ///< of a step
    std::int64_t conversions;    ///< of a step
  };
  Totals totals(std::int64_t end) const;

  /// The first row of a row block.
  std::int64_t first_row(std::int64_t row_block) const;
  /// Rows of row blocks [0, end) together.
  std::int64_t rows_before(std::int64_t end) const;
  /// Reads of a step of one array of each of row blocks [0, end).
  std::int64_t reads_before(std::int64_t end) const;
  Range outputs(const At& from, std::int64_t columns) const;

  workloads::MvmShape shape_;
  ops::CrossbarConfig config_;
  std::int64_t slice_arrays_, row_blocks_, column_blocks_;
  std::int64_t rows_per_channel_;      ///< kernel height x width; 1 for a dense layer
  std::int64_t elements_per_channel_;  ///< input height x width; 1 for a dense layer
};

}  // namespace cimera::mapping
