// Where the weights of a network lie on a crossbar machine: arrays of a layer in tiles, tile after tile.
#pragma once

#include <cstdint>
#include <vector>

#include "core/range.h"
#include "mapping/map.h"
#include "models/ops/crossbar_machine.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// The weight matrix of a layer cut into arrays: index = (group * column blocks + column block) * row blocks + row
/// block. Ranges are elements of one image of a tensor, channel slowest.
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
  /// Cells of arrays [first, last) that hold weights.
  std::int64_t cells(std::int64_t first, std::int64_t last) const;
  /// Elements of the input of one image that arrays [first, last) need, as disjoint ranges in order.
  std::vector<Range> inputs(std::int64_t first, std::int64_t last) const;
  /// Elements of the output of one image whose first row block lies in [first, last): this part is their home.
  Range home(std::int64_t first, std::int64_t last) const;
  /// Output elements of the column that [first, last) continues from an earlier part; empty when it starts a column.
  Range continued(std::int64_t first, std::int64_t last) const;

 private:
  Range outputs(const At& from, std::int64_t columns) const;

  workloads::MvmShape shape_;
  ops::CrossbarConfig config_;
  std::int64_t row_blocks_, column_blocks_;
  std::int64_t rows_per_channel_;      ///< kernel height x width; 1 for a dense layer
  std::int64_t elements_per_channel_;  ///< input height x width; 1 for a dense layer
};

/// Places the weighted layers in order, each on consecutive units (a unit holds one layer only), tile after tile. A
/// tile takes no more of a layer than its buffer can hold the windows of: inputs, and results that it pools or adds.
/// Throws Error(kInput) when a layer's window exceeds a whole tile's buffer, and when the machine is too small, with
/// the --set for the machine called `name` that would do.
std::vector<Part> place(const workloads::Network& network, const std::string& name, const ops::CrossbarMachine& machine,
                        const std::vector<ops::CrossbarConfig>& configs);

}  // namespace cimera::mapping
