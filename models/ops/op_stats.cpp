#include "models/ops/op_stats.h"

#include <string>

#include "core/error.h"

namespace cimera::ops {

OpStats& OpStats::operator+=(const OpStats& other) {
  if (layer_counts.empty()) *this = OpStats(other.layer_counts.size());
  if (layer_counts.size() != other.layer_counts.size() && !other.layer_counts.empty())
    fail_run("statistics of " + std::to_string(layer_counts.size()) + " and of " +
             std::to_string(other.layer_counts.size()) + " layers cannot be added up");
  for (std::size_t i = 0; i < other.layer_counts.size(); ++i) {
    layer_counts[i] += other.layer_counts[i];
    layer_measured[i] += other.layer_measured[i];
  }
  if (task_beats.size() < other.task_beats.size()) task_beats.resize(other.task_beats.size());
  for (std::size_t t = 0; t < other.task_beats.size(); ++t) task_beats[t] += other.task_beats[t];
  return *this;
}

}  // namespace cimera::ops
