// A weighted layer programmed into arrays, group by group; any range of its arrays can be run.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/range.h"
#include "devices/cell_model.h"
#include "models/functional/pieces.h"
#include "models/functional/placed_array.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/event.h"
#include "models/ops/measure.h"
#include "workloads/network.h"
#include "workloads/quantize.h"

namespace cimera::functional {

struct Draw;
class CrossbarLayer;

class PlacedLayer {
 public:
  /// Programs the weights; random draws are addressed by seed, trial, layer and group. Measures what components of the
  /// machine are charged. `adc_limits`: by slice, for machines with calibrated converters, see CrossbarOptions.
  PlacedLayer(const ops::CrossbarMachine& machine, const workloads::Network& network,
              const workloads::QuantizedLayer& layer, const devices::CellModel& cell, const Draw& draw,
              std::span<const double> adc_limits = {});
  ~PlacedLayer();
  PlacedLayer(PlacedLayer&&) noexcept;

  const workloads::MvmShape& shape() const { return shape_; }
  std::int64_t arrays() const;
  int steps() const;  ///< input steps of a read
  int row_blocks() const;
  int sum_bits(std::int64_t row_blocks) const;  ///< of a sum of products over `row_blocks` row blocks
  /// Weights (or slices of them, where these lie apart), and cells that hold them, of arrays [first, last) (index as in
  /// ops::Mvm).
  std::int64_t weights(std::int64_t first, std::int64_t last) const;
  std::int64_t cells(std::int64_t first, std::int64_t last) const;

  /// Elements of the input of one image that arrays [first, last) read: whole channels of a convolution.
  std::vector<Range> inputs(std::int64_t first, std::int64_t last) const;

  /// By image and position: input steps in which some row of arrays [first, last), which go in step, is driven.
  std::vector<std::uint8_t> driven_steps(std::int64_t first, std::int64_t last, std::int64_t count,
                                         std::span<const std::vector<std::int32_t>> codes) const;

  /// Images [first, first + count) of a data set.
  struct Images {
    std::int64_t first, count;
  };

  /// The products of arrays [first, last) for some images with codes [group][count * positions][row]: disjoint
  /// pieces of the output's elements. `steps`: those executed, as driven_steps(); empty: all. Counts the events, and
  /// adds what it measured.
  std::vector<Piece<double>> multiply(std::int64_t first, std::int64_t last, const Images& images,
                                      std::span<const std::vector<std::int32_t>> codes,
                                      std::span<const std::uint8_t> steps, ops::Counts& counts,
                                      ops::Measurements& measured) const;

 private:
  struct Block;
  ArrayPlace at(std::int64_t array) const;
  Piece<double> multiply_block(const Block& block, const Images& images, const std::vector<std::int32_t>& codes,
                               std::span<const std::uint8_t> steps, ops::Counts& counts,
                               ops::Measurements& measured) const;
  /// [count][positions][width] as [count][width][positions].
  std::vector<double> by_column(const std::vector<double>& sums, std::int64_t count, std::int64_t width) const;

  workloads::MvmShape shape_;
  std::int64_t inputs_;    ///< elements of the input
  std::int64_t channels_;  ///< of the input of a convolution; 0 for a dense layer
  std::int64_t taps_;      ///< rows of a channel
  int input_bits_;
  std::int64_t result_bits_;
  ops::SerialCounts serial_;
  std::vector<CrossbarLayer> groups_;
};

}  // namespace cimera::functional
