#include "study/explain/stalls.h"

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

std::string unit_of(const ops::Program& program, std::size_t task, std::size_t hop) {
  return program.unit(program.tasks[task].op.path[hop].unit).name;
}

}  // namespace

std::vector<Critical> critical_hops(const ops::Program& program, const ops::TimingResult& timing) {
  std::vector<Critical> critical(program.layer_names.size());
  for (std::size_t task = 0; task < program.tasks.size(); ++task) {
    Critical& most = critical[program.tasks[task].layer.value()];
    for (std::size_t hop = 0; hop < timing.task_busy[task].size(); ++hop)
      if (const Duration busy = timing.task_busy[task][hop]; !most.used || busy > most.busy)
        most = {true, task, hop, busy};
  }
  return critical;
}

std::vector<Stall> stalls(const ops::Program& program, const ops::TimingResult& timing) {
  std::vector<Stall> stalls;
  const std::vector<Critical> critical = critical_hops(program, timing);
  for (std::size_t layer = 0; layer < critical.size(); ++layer) {
    const Critical& most = critical[layer];
    if (!most.used) continue;
    stalls.push_back({program.layer_names[layer], program.tasks[most.task].name, unit_of(program, most.task, most.hop),
                      times_of(timing, most.task, most.hop)});
  }
  return stalls;
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
