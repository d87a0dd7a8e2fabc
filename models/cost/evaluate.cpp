#include "models/cost/evaluate.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "models/cost/path.h"
#include "models/cost/recurrence.h"
#include "models/cost/repeats.h"
#include "models/ops/op_events.h"
#include "models/ops/stages.h"

namespace cimera::cost {
namespace {

using ops::Program;
using ops::Task;
using ops::TimingResult;

/// Walks through the blocks of a stage; what repeats is jumped over. Blocks end when all stages have done them.
void walk(const Program& program, const std::vector<std::size_t>& stage, bool skip_periods, Recurrence& recurrence,
          TimingResult& result) {
  Repeats repeats(program, recurrence, stage);
  std::optional<Repeat> repeat;
  std::int64_t blocks = 0, block = 0;
  for (const std::size_t t : stage) blocks = std::max(blocks, program.tasks[t].blocks);
  std::vector<Duration> ends;  // of blocks
  for (; block < blocks && !repeat; ++block) {
    recurrence.walk(stage, block);
    Duration& end = ends.emplace_back();
    for (const std::size_t t : stage)
      if (block < program.tasks[t].blocks) end = std::max(end, recurrence.end(t));
    if (skip_periods && block + 1 < blocks) repeat = repeats.after(block);
  }
  result.skipped_blocks = std::max(result.skipped_blocks, blocks - block);
  if (repeat) repeat->append_block_ends(block, blocks, ends);
  for (const std::size_t t : stage)
    if (repeat && program.tasks[t].blocks > 1) recurrence.tell_end(t, repeat->end(t, blocks - 1));
  result.block_end.resize(std::max(result.block_end.size(), ends.size()));
  for (std::size_t b = 0; b < ends.size(); ++b) result.block_end[b] = std::max(result.block_end[b], ends[b]);
}

/// Starts, ends and ends of blocks.
void walk(const Program& program, const ops::BeatDraws& draws, bool skip_periods, TimingResult& result) {
  Recurrence recurrence(program, draws);
  const std::vector<std::vector<std::size_t>> stages = ops::stages(program);
  for (const std::vector<std::size_t>& stage : stages) walk(program, stage, skip_periods, recurrence, result);
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    result.task_start.push_back(recurrence.start(t));
    result.task_end.push_back(recurrence.end(t));
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
