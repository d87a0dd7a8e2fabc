#include "models/cost/evaluate.h"

#include <algorithm>
#include <vector>

#include "models/cost/path.h"

namespace cimera::cost {
namespace {

using ops::Edge;
using ops::Program;
using ops::Task;
using ops::TaskId;
using ops::TimingResult;

/// One task's walk through its iterations.
struct Walk {
  std::vector<Stage> stages;
  std::vector<Duration> free;  ///< by hop: when this task's previous iteration has left the unit
  std::vector<const Edge*> inputs;
  std::vector<Duration> done;  ///< by flat iteration
};

std::vector<Walk> prepare(const Program& program) {
  std::vector<Walk> walks(program.tasks.size());
  for (std::size_t t = 0; t < walks.size(); ++t) {
    const Task& task = program.tasks[t];
    walks[t].done.resize(static_cast<std::size_t>(task.total()));
    for (std::size_t hop = 0; hop < task.op.path.size(); ++hop) walks[t].stages.push_back(stage(program, task.op, hop));
    walks[t].free.resize(task.op.path.size());
  }
  for (const Edge& edge : program.edges) walks[edge.to.value()].inputs.push_back(&edge);
  return walks;
}

/// When iteration i of `task` may be issued: its tokens are there and an earlier iteration has made room.
Duration ready(const Program& program, const std::vector<Walk>& walks, const Task& task, const Walk& walk,
               std::int64_t i) {
  Duration at;
  if (i >= task.in_flight) at = walk.done[static_cast<std::size_t>(i - task.in_flight)];
  for (const Edge* edge : walk.inputs) {
    const std::int64_t needed = edge->needed(program.task(edge->from), task, i);
    if (needed > 0) at = std::max(at, walks[edge->from.value()].done[static_cast<std::size_t>(needed - 1)]);
  }
  return at;
}

void run_block(const Program& program, std::vector<Walk>& walks, std::size_t t, std::int64_t block,
               TimingResult& result) {
  const Task& task = program.tasks[t];
  Walk& walk = walks[t];
  for (std::int64_t i = block * task.iterations; i < (block + 1) * task.iterations; ++i) {
    Flight flight;
    flight.arrive = ready(program, walks, task, walk, i);
    if (i == 0) result.task_start[t] = flight.arrive;
    for (std::size_t hop = 0; hop < walk.stages.size(); ++hop)
      walk.free[hop] = flight.enter(walk.free[hop], walk.stages[hop].item * task.items(i), walk.stages[hop]);
    walk.done[static_cast<std::size_t>(i)] = flight.tail;
  }
  result.task_end[t] = walk.done.back();
}

/// Events and busy times are products: per block, times blocks.
void count(const Program& program, TimingResult& result) {
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    const Task& task = program.tasks[t];
    ops::Counts block;
    for (std::size_t hop = 0; hop < task.op.path.size(); ++hop) {
      for (std::int64_t i = 0; i < task.iterations; ++i) add_events(program, task, hop, i, block);
      result.task_busy[t].push_back(stage(program, task.op, hop).item * (task.block_items() * task.blocks));
    }
    result.layer_counts[task.layer.value()].add(block, task.blocks);
  }
}

/// The busiest unit cannot be shared out: its total work bounds the makespan from below.
Duration busiest_unit(const Program& program, const TimingResult& result) {
  std::vector<Duration> busy(program.units.size());
  for (std::size_t t = 0; t < program.tasks.size(); ++t)
    for (std::size_t hop = 0; hop < result.task_busy[t].size(); ++hop)
      busy[program.tasks[t].op.path[hop].unit.value()] += result.task_busy[t][hop];
  return busy.empty() ? Duration() : *std::max_element(busy.begin(), busy.end());
}

}  // namespace

Duration latency(const Program& program, const ops::Op& op, std::int64_t items) {
  Flight flight;
  for (std::size_t hop = 0; hop < op.path.size(); ++hop) {
    const Stage here = stage(program, op, hop);
    flight.enter(Duration(), here.item * items, here);
  }
  return flight.tail;
}

TimingResult evaluate(const Program& program) {
  TimingResult result;
  result.task_start.resize(program.tasks.size());
  result.task_end.resize(program.tasks.size());
  result.task_busy.resize(program.tasks.size());
  result.layer_counts.resize(program.layer_names.size());

  std::vector<Walk> walks = prepare(program);
  std::int64_t blocks = 0;
  for (const Task& task : program.tasks) blocks = std::max(blocks, task.blocks);
  for (std::int64_t block = 0; block < blocks; ++block) {
    Duration end;
    for (std::size_t t = 0; t < program.tasks.size(); ++t) {
      if (block >= program.tasks[t].blocks) continue;
      run_block(program, walks, t, block, result);
      end = std::max(end, walks[t].done[static_cast<std::size_t>((block + 1) * program.tasks[t].iterations - 1)]);
    }
    result.block_end.push_back(end);
  }
  count(program, result);
  result.makespan = busiest_unit(program, result);
  for (const Duration end : result.task_end) result.makespan = std::max(result.makespan, end);
  return result;
}

}  // namespace cimera::cost
