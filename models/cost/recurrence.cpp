#include "models/cost/recurrence.h"

#include <algorithm>

namespace cimera::cost {

using ops::Edge;
using ops::Task;

Recurrence::Recurrence(const ops::Program& program, const ops::BeatDraws& draws)
    : program_(program), draws_(draws), walks_(program.tasks.size()) {
  std::vector<std::int64_t> longest_lag(walks_.size());
  for (const Edge& edge : program.edges) {
    walks_[edge.to.value()].tokens.push_back({&edge});
    longest_lag[edge.from.value()] = std::max(longest_lag[edge.from.value()], edge.lag);
  }
  for (std::size_t t = 0; t < walks_.size(); ++t) {
    const Task& task = program.tasks[t];
    Walk& walk = walks_[t];
    for (std::size_t hop = 0; hop < task.op.path.size(); ++hop) walk.stages.push_back(stage(program, task.op, hop));
    walk.free.resize(task.op.path.size());
    if (task.in_flight < task.total()) walk.in_flight = task.in_flight;
    // A consumer `lag` blocks behind may ask for the last iteration before that block, too.
    const std::int64_t earlier = std::min(longest_lag[t], task.blocks - 1) * task.iterations + 1;
    walk.kept = std::max(earlier, walk.in_flight);
    walk.first = -walk.kept - task.iterations;
    walk.done.resize(static_cast<std::size_t>(walk.kept + task.iterations));
  }
}

void Recurrence::walk(const std::vector<std::size_t>& tasks, std::int64_t block) {
  for (const std::size_t t : tasks)
    if (block < program_.tasks[t].blocks) walk(t, block);
}

/// When iteration i of `task` enters its first unit: that is free, its tokens are there and an earlier iteration has
/// made room.
Duration Recurrence::entry(const Task& task, Walk& walk, std::int64_t i) const {
  Duration own = walk.free[0];
  if (walk.in_flight > 0 && i >= walk.in_flight) own = std::max(own, walk.done_at(i - walk.in_flight));
  Duration at = own;
  for (Token& token : walk.tokens) {
    const std::int64_t needed = token.edge->needed(program_.task(token.edge->from), task, i);
    if (needed == 0) continue;
    const Walk& producer = walks_[token.edge->from.value()];
    const Duration there = token.edge->whole ? producer.end : producer.done_at(needed - 1);
    token.decided |= there > own;
    at = std::max(at, there);
  }
  return at;
}

void Recurrence::walk(std::size_t t, std::int64_t block) {
  const Task& task = program_.tasks[t];
  Walk& walk = walks_[t];
  std::move(walk.done.begin() + task.iterations, walk.done.end(), walk.done.begin());
  walk.first += task.iterations;
  for (Token& token : walk.tokens) token.decided = false;
  for (std::int64_t i = block * task.iterations; i < (block + 1) * task.iterations; ++i) {
    Flight flight;
    flight.arrive = entry(task, walk, i);
    if (i == 0) walk.start = flight.arrive;
    for (std::size_t hop = 0; hop < walk.stages.size(); ++hop) {
      if (task.op.path[hop].varies) walk.stages[hop] = stage(program_, task.op, hop, draws_.beats(t, hop, i));
      walk.free[hop] = flight.enter(walk.free[hop], walk.stages[hop].item * task.items(i), walk.stages[hop]);
    }
    walk.done[static_cast<std::size_t>(i - walk.first)] = flight.tail;
  }
  walk.end = walk.done.back();
}

void Recurrence::append_state(std::size_t task, std::vector<std::int64_t>& state) const {
  const Walk& walk = walks_[task];
  for (const Duration free : walk.free) state.push_back(free.fs() - walk.end.fs());
  for (auto done = walk.done.end() - walk.kept; done != walk.done.end(); ++done)
    state.push_back(done->fs() - walk.end.fs());
}

}  // namespace cimera::cost
