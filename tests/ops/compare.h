// Two readings of one Program side by side.
#pragma once

#include <string>

#include "models/ops/program.h"
#include "models/ops/timing_result.h"

namespace cimera::ops {

/// The first field in which two results differ, "" when they agree in all but `skipped_blocks`.
inline std::string difference(const Program& program, const TimingResult& a, const TimingResult& b) {
  const auto pair = [](Duration x, Duration y) {
    return std::to_string(x.fs()) + " fs and " + std::to_string(y.fs()) + " fs";
  };
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    const std::string& name = program.tasks[t].name;
    if (a.task_start.at(t) != b.task_start.at(t)) return name + " starts at " + pair(a.task_start[t], b.task_start[t]);
    if (a.task_end.at(t) != b.task_end.at(t)) return name + " ends at " + pair(a.task_end[t], b.task_end[t]);
    for (std::size_t hop = 0; hop < program.tasks[t].op.path.size(); ++hop) {
      const Duration x = a.task_busy.at(t).at(hop), y = b.task_busy.at(t).at(hop);
      if (x != y) return name + " keeps hop " + std::to_string(hop) + " busy for " + pair(x, y);
      if (a.task_waits.empty() || b.task_waits.empty()) continue;  // the closed form does not know them
      for (const WaitInfo& row : wait_table())
        if (const Duration u = a.task_waits.at(t).at(hop)[row.wait], v = b.task_waits.at(t).at(hop)[row.wait]; u != v)
          return name + ", hop " + std::to_string(hop) + ": waits for " + std::string(row.name) + " " + pair(u, v);
    }
  }
  for (std::size_t u = 0; u < program.units.size(); ++u)
    for (const UnitStateInfo& row : unit_state_table())
      if (const Duration x = a.unit_times.at(u)[row.state], y = b.unit_times.at(u)[row.state]; x != y)
        return program.units[u].name + " is " + std::string(row.name) + " for " + pair(x, y);
  if (a.block_end.size() != b.block_end.size()) return "the number of blocks differs";
  for (std::size_t block = 0; block < a.block_end.size(); ++block)
    if (a.block_end[block] != b.block_end[block])
      return "block " + std::to_string(block) + " ends at " + pair(a.block_end[block], b.block_end[block]);
  if (a.layer_counts.size() != b.layer_counts.size()) return "the number of layers differs";
  for (std::size_t layer = 0; layer < a.layer_counts.size(); ++layer)
    for (const EventInfo& row : event_table())
      if (a.layer_counts[layer][row.event] != b.layer_counts[layer][row.event])
        return program.layer_names.at(layer) + ": " + std::string(row.name) + " " +
               std::to_string(a.layer_counts[layer][row.event]) + " and " +
               std::to_string(b.layer_counts[layer][row.event]);
  return a.makespan == b.makespan ? "" : "makespan " + pair(a.makespan, b.makespan);
}

}  // namespace cimera::ops
