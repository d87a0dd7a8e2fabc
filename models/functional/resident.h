// The weights of a network in the cells where its Programs write them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/range.h"
#include "devices/cell_model.h"
#include "models/functional/converter_ranges.h"
#include "models/functional/dependencies.h"
#include "models/functional/placed_layer.h"
#include "models/ops/machine.h"
#include "models/ops/program.h"
#include "workloads/quantize.h"

namespace cimera::functional {

class Resident {
 public:
  /// Executes what the Programs of a crossbar machine do with weights: these go from host memory to tiles, and cells
  /// there are written with them, before a run (`load`) or in it. Weights that come to a tile in which `run` has worked
  /// replace all that its cells held. Throws Error(kRun)
  /// - for cells that are written with weights that have not come or that they do not wait for (over edges), or twice,
  /// or
  ///   that a tile does not have, and for arrays that a layer does not have;
  /// - for weights that replace others before all has been done that works with those, or that a later batch would
  /// miss;
  /// - for an operation of `run` that reads arrays that are not written in its tile or whose writing it does not wait
  ///   for, or that drives another number of steps than the codes have;
  /// - for activations that come in fewer bits than the codes made of them have, or to a tile that still works with the
  ///   weights before.
  Resident(const ops::Program& load, const ops::Program& run, const ops::CrossbarMachine& machine,
           const workloads::QuantizedNetwork& network, const devices::CellModel& cell, const Draw& draw,
           const ConverterRanges& ranges);

  /// Whether task t of the run brings weights that replace all others of their tile. What waited there for products
  /// with those is gone, too.
  bool replaces(std::uint32_t t) const { return replacing_.contains(t); }

  const PlacedLayer& layer(std::uint32_t layer) const { return layers_.at(layer).placed; }
  /// What loading did, by layer.
  const std::vector<ops::Counts>& counts() const { return counts_; }
  /// What writing cells in a run did, once for all images, by layer.
  const std::vector<ops::Counts>& counts_of_run() const { return counts_of_run_; }

 private:
  /// Where an array lies, and which task of the run has written it there; none: it was loaded before.
  struct Written {
    ops::Place place;
    std::optional<std::uint32_t> by;
  };
  struct Layer {
    PlacedLayer placed;
    std::vector<std::optional<Written>> written;  ///< by array
  };
  /// A tile with the weights that are in its cells together. Tasks are of the run.
  struct Tile {
    std::vector<std::pair<std::uint32_t, Range>> arrays;  ///< by layer
    std::int64_t units = 0;                               ///< that have some of them
    std::vector<std::uint32_t> workers;                   ///< tasks that work with them
    std::vector<std::uint32_t> workers_before;            ///< with those that they have replaced
    std::optional<std::uint32_t> replaced_by;  ///< the first one that brought them, where they replaced others
  };
  /// The Program that is executed.
  struct Course {
    const ops::Program& program;
    Dependencies dependencies;
    bool run;
  };

  void execute(const Course& course);
  void bring(const Course& course, std::uint32_t t, const ops::Transfer& work);
  void replace(const Course& course, std::uint32_t t, Tile& tile);
  void write(const Course& course, std::uint32_t t, const ops::WriteCells& work);
  void take_units(const ops::Task& task, const ops::WriteCells& work);
  void check(const Course& course, std::uint32_t t, const ops::Mvm& work);
  void check(const Course& course, std::uint32_t t, const ops::Transfer& work);
  /// The layer of a task, which has arrays [first, last).
  Layer& find(const ops::Task& task, std::int64_t first, std::int64_t last);

  const workloads::Network& network_;
  const ops::CrossbarOrganisation& organisation_;
  std::map<std::uint32_t, Layer> layers_;
  std::map<std::uint32_t, std::int64_t> input_bits_;  // by layer with arrays
  struct Arrival {
    Range weights;
    std::uint32_t task;
  };
  std::map<std::pair<ops::Place, std::uint32_t>, std::vector<Arrival>> arrived_;  // by tile and layer
  std::map<ops::Place, Tile> tiles_;
  std::set<std::uint32_t> replacing_;
  std::vector<ops::Counts> counts_, counts_of_run_;
};

}  // namespace cimera::functional
