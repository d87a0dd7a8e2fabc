// Where the time and the energy of one network on one machine go, layer by layer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "study/explain/energy_cells.h"
#include "study/explain/roofline.h"
#include "study/explain/stalls.h"
#include "study/networks.h"
#include "study/result.h"

namespace cimera::study {

/// One machine at one batch size.
struct Explanation {
  const Result* result = nullptr;  ///< of the report that it was made from
  Roofline roofline;
  std::vector<Stall> stalls;  ///< of the layers that have operations, in their order
  EnergyCells energy;
  std::vector<TaskRow> tasks;        ///< with --layer: those of the layer
  std::vector<LayerCharge> charges;  ///< with --layer: what the layer is charged for
};

/// Throws Error(kInput) for a layer that the network does not have, with the nearest; "" is none.
void check_layer(const NetworkChoice& network, const std::string& layer);

/// Explains result `index` of a report that was made with Experiment::keep_evaluation; `layer` "" for all of them.
/// Throws Error(kRun) for a result that failed.
Explanation explain(const Report& report, std::size_t index, const std::string& layer);

}  // namespace cimera::study
