// A weighted layer programmed into arrays, group by group; any range of its arrays can be run.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "devices/cell_model.h"
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
  /// machine are charged.
  PlacedLayer(const ops::CrossbarMachine& machine, const workloads::Network& network,
              const workloads::QuantizedLayer& layer, const devices::CellModel& cell, const Draw& draw);
  ~PlacedLayer();
  PlacedLayer(PlacedLayer&&) noexcept;

  const workloads::MvmShape& shape() const { return shape_; }
  std::int64_t arrays() const;
  int steps() const;  ///< input steps of a read
  std::int64_t cells_programmed() const;

  /// Adds the products of arrays [first, last) (index as in ops::Mvm) to sums[group][position][column], for codes
  /// [group][position][row]; counts the events, and adds what it measured.
  void multiply(std::int64_t first, std::int64_t last, std::span<const std::vector<std::int32_t>> codes,
                std::span<std::vector<double>> sums, ops::Counts& counts, ops::Measurements& measured) const;

 private:
  struct Block;
  void multiply_block(const Block& block, const std::vector<std::int32_t>& codes, std::vector<double>& sums,
                      ops::Counts& counts, ops::Measurements& measured) const;

  workloads::MvmShape shape_;
  int input_bits_;
  std::int64_t result_bits_;
  std::vector<CrossbarLayer> groups_;
};

}  // namespace cimera::functional
