#include "study/explain/stalls.h"

#include <algorithm>
#include <map>

namespace cimera::study {
namespace {

Times times_of(const ops::TimingResult& timing, std::size_t task, std::size_t hop) {
  Times times;
  times.work = timing.task_busy[task][hop];
  times.rest = timing.makespan - times.work;
  if (timing.task_waits.empty()) return times;
  times.waits = timing.task_waits[task][hop];
  times.rest -= times.waits->sum();
  return times;
}

/// Of one hop its waits, too; several wait for each other, and what the unit waits for is not known.
Times times_of(const ops::TimingResult& timing, const Critical& most) {
  if (most.hops == 1) return times_of(timing, most.task, most.hop);
  return {most.busy, std::nullopt, timing.makespan - most.busy};
}

std::string unit_of(const ops::Program& program, std::size_t task, std::size_t hop) {
  return program.unit(program.tasks[task].op.path[hop].unit).name;
}

}  // namespace

std::vector<Critical> critical_hops(const ops::Program& program, const ops::TimingResult& timing) {
  // By layer and unit: the hop that is busiest, with what the unit works for the layer in all.
  std::vector<std::map<std::size_t, Critical>> units(program.layer_names.size());
  for (std::size_t task = 0; task < program.tasks.size(); ++task)
    for (std::size_t hop = 0; hop < timing.task_busy[task].size(); ++hop) {
      const ops::Task& t = program.tasks[task];
      Critical& unit = units[t.layer.value()][t.op.path[hop].unit.value()];
      const Duration busy = timing.task_busy[task][hop];
      if (!unit.used || busy > timing.task_busy[unit.task][unit.hop]) unit.task = task, unit.hop = hop;
      unit.used = true;
      unit.busy += busy;
      ++unit.hops;
    }
  std::vector<Critical> critical(units.size());
  for (std::size_t layer = 0; layer < units.size(); ++layer)
    for (const auto& [unit, c] : units[layer])
      if (!critical[layer].used || c.busy > critical[layer].busy) critical[layer] = c;
  return critical;
}

std::vector<Stall> stalls(const ops::Program& program, const ops::TimingResult& timing) {
  std::vector<Stall> stalls;
  const std::vector<Critical> critical = critical_hops(program, timing);
  for (std::size_t layer = 0; layer < critical.size(); ++layer) {
    const Critical& most = critical[layer];
    if (!most.used) continue;
    stalls.push_back({program.layer_names[layer], program.tasks[most.task].name, unit_of(program, most.task, most.hop),
                      times_of(timing, most)});
  }
  return stalls;
}

bool knows_waits(const std::vector<Stall>& stalls) {
  return std::ranges::any_of(stalls, [](const Stall& stall) { return stall.times.waits.has_value(); });
}

std::vector<TaskRow> task_rows(const ops::Program& program, const ops::TimingResult& timing, std::size_t layer) {
  std::vector<TaskRow> rows;
  for (std::size_t task = 0; task < program.tasks.size(); ++task) {
    if (program.tasks[task].layer.value() != layer) continue;
    for (std::size_t hop = 0; hop < timing.task_busy[task].size(); ++hop)
      rows.push_back({program.tasks[task].name, unit_of(program, task, hop), times_of(timing, task, hop)});
  }
  return rows;
}

}  // namespace cimera::study
