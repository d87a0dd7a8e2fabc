#include "models/cost/evaluate.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "models/cost/path.h"
#include "models/cost/recurrence.h"
#include "models/cost/repeats.h"
#include "models/ops/op_events.h"

namespace cimera::cost {
namespace {

using ops::Program;
using ops::Task;
using ops::TimingResult;

/// Starts, ends and ends of blocks; what repeats is not walked through.
void walk(const Program& program, const ops::BeatDraws& draws, bool skip_periods, TimingResult& result) {
  Recurrence recurrence(program, draws);
  Repeats repeats(program, recurrence);
  std::optional<Repeat> repeat;
  std::int64_t blocks = 0, block = 0;
  for (const Task& task : program.tasks) blocks = std::max(blocks, task.blocks);
  for (; block < blocks && !repeat; ++block) {
    recurrence.walk(block);
    Duration end;
    for (std::size_t t = 0; t < program.tasks.size(); ++t)
      if (block < program.tasks[t].blocks) end = std::max(end, recurrence.end(t));
    result.block_end.push_back(end);
    if (skip_periods && block + 1 < blocks) repeat = repeats.after(block);
  }
  if (repeat) repeat->append_block_ends(block, blocks, result.block_end);
  result.skipped_blocks = blocks - block;
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    result.task_start.push_back(recurrence.start(t));
    const bool jumped = repeat && program.tasks[t].blocks > 1;
    result.task_end.push_back(jumped ? repeat->end(t, blocks - 1) : recurrence.end(t));
  }
}

/// Events and busy time of one hop of a task.
Duration count_hop(const Program& program, const ops::BeatDraws& draws, std::size_t t, std::size_t hop,
                   ops::Counts& counts) {
  const Task& task = program.tasks[t];
  if (task.op.path[hop].varies) {
    std::int64_t beats = 0;
    for (std::int64_t i = 0; i < task.total(); ++i) {
      const std::int64_t drawn = draws.beats(t, hop, i);
      add_events(program, task, hop, i, counts, drawn);
      beats += drawn;
    }
    return program.unit(task.op.path[hop].unit).beat * beats;
  }
  // All blocks are alike.
  ops::Counts block;
  for (std::int64_t i = 0; i < task.iterations; ++i) add_events(program, task, hop, i, block);
  counts.add(block, task.blocks);
  return stage(program, task.op, hop).item * (task.block_items() * task.blocks);
}

void count(const Program& program, const ops::BeatDraws& draws, TimingResult& result) {
  for (std::size_t t = 0; t < program.tasks.size(); ++t)
    for (std::size_t hop = 0; hop < program.tasks[t].op.path.size(); ++hop)
      result.task_busy[t].push_back(
          count_hop(program, draws, t, hop, result.layer_counts[program.tasks[t].layer.value()]));
}

/// How long each unit works; the rest of its time, until `makespan`, is filled in later.
void sum_units(const Program& program, TimingResult& result) {
  result.unit_times.resize(program.units.size());
  for (std::size_t t = 0; t < program.tasks.size(); ++t)
    for (std::size_t hop = 0; hop < result.task_busy[t].size(); ++hop)
      result.unit_times[program.tasks[t].op.path[hop].unit.value()][ops::UnitState::kBusy] += result.task_busy[t][hop];
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

TimingResult evaluate(const Program& program, bool skip_periods, const ops::BeatTables& beats) {
  const ops::BeatDraws draws(program, beats);
  TimingResult result;
  result.drawn = draws.any();
  result.task_busy.resize(program.tasks.size());
  result.layer_counts.resize(program.layer_names.size());
  walk(program, draws, skip_periods && !draws.any(), result);
  count(program, draws, result);
  sum_units(program, result);
  // The busiest unit cannot be shared out: its total work bounds the makespan from below.
  for (const ops::StateTimes& times : result.unit_times) result.makespan = std::max(result.makespan, times.sum());
  for (const Duration end : result.task_end) result.makespan = std::max(result.makespan, end);
  for (ops::StateTimes& times : result.unit_times) times.fill(result.makespan);
  return result;
}

}  // namespace cimera::cost
