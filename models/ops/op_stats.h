// What the functional reading tells the others: how often everything was done, and what data made it cost.
#pragma once

#include <vector>

#include "models/ops/event.h"
#include "models/ops/histogram.h"
#include "models/ops/measure.h"

namespace cimera::ops {

/// For any number of images and of draws of the devices together. All in whole numbers: sums depend
/// neither on threads nor on how the images were divided.
struct OpStats {
  std::vector<Counts> layer_counts;          ///< by LayerIndex
  std::vector<Measurements> layer_measured;  ///< by LayerIndex
  std::vector<Histogram> task_beats;  ///< by TaskId: beats of an item at variable hops; empty where a Program has none

  OpStats() = default;
  explicit OpStats(std::size_t layers) : layer_counts(layers), layer_measured(layers) {}

  /// Of two readings of the same Program; one may be empty. Throws Error(kRun) when they have different layers.
  OpStats& operator+=(const OpStats& other);
  friend bool operator==(const OpStats&, const OpStats&) = default;
};

}  // namespace cimera::ops
