// The weights of a network where the load Program put them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/range.h"
#include "devices/cell_model.h"
#include "models/functional/dependencies.h"
#include "models/functional/placed_layer.h"
#include "models/ops/machine.h"
#include "models/ops/program.h"
#include "workloads/quantize.h"

namespace cimera::functional {

class Resident {
 public:
  /// Executes the load Program of a crossbar machine: weights go from host memory to tiles, and cells there are written
  /// with them. Throws Error(kRun) for cells that are written with weights that have not come or that they do not wait
  /// for (over edges), or twice, and for arrays that a layer does not have.
  Resident(const ops::Program& load, const ops::CrossbarMachine& machine, const workloads::QuantizedNetwork& network,
           const devices::CellModel& cell, const Draw& draw);

  /// Throws Error(kRun) unless `work` reads arrays that were written in its tile, in as many steps as the codes take.
  void check(const ops::Task& task, const ops::Mvm& work) const;

  /// Throws Error(kRun) when `work` brings activations to arrays in fewer bits than the codes made of them.
  void check(const ops::Task& task, const ops::Transfer& work) const;

  const PlacedLayer& layer(std::uint32_t layer) const { return layers_.at(layer).placed; }
  /// What loading did, by layer.
  const std::vector<ops::Counts>& counts() const { return counts_; }

 private:
  struct Layer {
    PlacedLayer placed;
    std::vector<std::optional<ops::Place>> written;  ///< by array: the tile that holds it
  };
  void write(const ops::Program& load, const Dependencies& dependencies, std::uint32_t t, const ops::WriteCells& work);
  /// The layer of a task, which has arrays [first, last).
  const Layer& find(const ops::Task& task, std::int64_t first, std::int64_t last) const;

  const workloads::Network& network_;
  std::map<std::uint32_t, Layer> layers_;
  std::map<std::uint32_t, std::int64_t> input_bits_;  // by layer with arrays
  struct Arrival {
    Range weights;
    std::uint32_t task;
  };
  std::map<std::pair<ops::Place, std::uint32_t>, std::vector<Arrival>> arrived_;  // by tile and layer
  std::vector<ops::Counts> counts_;
};

}  // namespace cimera::functional
