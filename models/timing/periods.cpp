#include "models/timing/periods.h"

#include <algorithm>

#include "models/timing/sc_duration.h"

namespace cimera::timing {
namespace {

/// Delta cycles after which nothing more happens in an instant: a grant comes at most 4 after its request, and what it
/// wakes settles within the same number again.
constexpr int kSettle = 16;

/// Bytes of states that are remembered; when there are more, periods are looked for afresh.
constexpr std::size_t kMemory = std::size_t{64} << 20;

void put(std::string& out, std::int64_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }

std::vector<ops::Counts> difference(const std::vector<ops::Counts>& later, const std::vector<ops::Counts>& earlier) {
  std::vector<ops::Counts> result;
  for (std::size_t i = 0; i < later.size(); ++i) result.push_back(later[i] - earlier[i]);
  return result;
}

}  // namespace

Periods::Periods(sc_core::sc_module_name name, Machine& machine, bool skip)
    : sc_module(name), machine_(machine), skip_(skip) {
  for (const auto& sequencer : machine.sequencers()) {
    blocks_ = std::max(blocks_, sequencer->task().blocks);
    looping_ += sequencer->task().blocks > 1;
    sequencer->on_block = [this](const Sequencer& s) { block_done(s); };
  }
  for (const ops::Edge& edge : machine.program().edges) longest_lag_ = std::max(longest_lag_, edge.lag);
  tasks_done_.resize(static_cast<std::size_t>(blocks_));
  block_end_.resize(static_cast<std::size_t>(blocks_));
  SC_METHOD(look);
  sensitive << look_;
  dont_initialize();
}

void Periods::block_done(const Sequencer& sequencer) {
  const auto block = static_cast<std::size_t>(sequencer.done() / sequencer.task().iterations - 1);
  block_end_[block] = std::max(block_end_[block], now());
  if (sequencer.task().blocks == 1 || ++tasks_done_[block] != looping_) return;
  ++done_;
  if (!skip_ || skipped_ > 0) return;
  settle_ = 0;
  look_.notify(sc_core::SC_ZERO_TIME);
}

std::string Periods::state() const {
  const std::int64_t t = now().fs();
  std::string s;
  for (const auto& q : machine_.sequencers()) {
    const std::int64_t base = q->task().blocks == 1 ? 0 : done_ * q->task().iterations;
    put(s, q->issued() - base);
    put(s, q->done() - base);
    put(s, static_cast<std::int64_t>(q->completions().size()));
    for (const Duration at : q->completions()) put(s, at.fs() - t);
    put(s, static_cast<std::int64_t>(q->waits_for()));
  }
  for (std::size_t task = 0; task < machine_.released().size(); ++task) {
    if (machine_.sequencers()[task]->finished()) continue;
    for (const Duration at : machine_.released()[task]) put(s, at.fs() - t);
  }
  for (const auto& station : machine_.stations()) {
    put(s, std::max<std::int64_t>(station->free().fs() - t, 0));
    put(s, static_cast<std::int64_t>(station->waiting().size()));
    for (const FlightState& f : station->waiting()) {
      const ops::Task& task = machine_.program().tasks[f.task];
      put(s, f.task);
      put(s, f.iteration - (task.blocks == 1 ? 0 : done_ * task.iterations));
      put(s, static_cast<std::int64_t>(f.hop));
      put(s, f.path.arrive.fs() - t);
      put(s, f.path.entered ? f.path.tail.fs() - t : 0);
      put(s, f.issued.fs() - t);
      put(s, static_cast<std::int64_t>(f.held_by));
    }
  }
  return s;
}

void Periods::look() {
  if (settle_++ < kSettle) return next_trigger(sc_core::SC_ZERO_TIME);
  if (done_ <= longest_lag_ || skipped_ > 0) return;
  std::string state = this->state();
  remembered_ += state.size();
  if (remembered_ > kMemory) seen_.clear(), remembered_ = state.size();
  const Snapshot here{done_,
                      now(),
                      machine_.tally().layer_counts,
                      machine_.tally().task_busy,
                      machine_.tally().task_waits,
                      machine_.unit_times()};
  const auto [found, fresh] = seen_.try_emplace(std::move(state), here);
  if (!fresh) jump(found->second, here);
}

void Periods::jump(const Snapshot& earlier, const Snapshot& later) {
  const std::int64_t period = later.block - earlier.block;
  std::int64_t times = blocks_;
  for (const auto& q : machine_.sequencers())
    if (q->task().blocks > 1) times = std::min(times, (q->total() - q->issued()) / (q->task().iterations * period));
  if (times <= 0) return;
  for (const auto& q : machine_.sequencers())
    if (q->task().blocks > 1) q->shorten(times * period * q->task().iterations);

  skipped_ = times * period;
  period_ = period;
  period_time_ = later.time - earlier.time;
  shift_ = period_time_ * times;
  jump_time_ = now();
  jump_block_ = later.block;
  extra_counts_ = difference(later.counts, earlier.counts);
  for (ops::Counts& counts : extra_counts_) {
    const ops::Counts once = counts;
    counts.add(once, times - 1);
  }
  for (std::size_t u = 0; u < later.units.size(); ++u)
    extra_units_.push_back((later.units[u] - earlier.units[u]) * times);
  extra_busy_ = later.busy;
  extra_waits_ = later.waits;
  for (std::size_t task = 0; task < extra_busy_.size(); ++task)
    for (std::size_t hop = 0; hop < extra_busy_[task].size(); ++hop) {
      extra_busy_[task][hop] = (later.busy[task][hop] - earlier.busy[task][hop]) * times;
      extra_waits_[task][hop] = ops::WaitTimes::repeated(earlier.waits[task][hop], later.waits[task][hop], times);
    }
}

void Periods::finish(ops::TimingResult& result) const {
  result.skipped_blocks = skipped_;
  for (const auto& q : machine_.sequencers()) {
    // Of a looping task the jump left out the blocks before the last, even where it had nothing left to do after it.
    const bool later = q->task().blocks > 1 || q->last_done() > jump_time_;
    result.task_end.push_back(later ? q->last_done() + shift_ : q->last_done());
    result.makespan = std::max(result.makespan, result.task_end.back());
  }
  result.block_end = block_end_;
  result.unit_times = machine_.unit_times();
  for (std::size_t u = 0; u < extra_units_.size(); ++u) result.unit_times[u] += extra_units_[u];
  for (ops::StateTimes& times : result.unit_times) times.fill(result.makespan);
  if (skipped_ == 0) return;
  // Blocks after the jump were played under numbers `skipped_` too low and `shift_` too early; those jumped over repeat
  // the period before.
  for (std::int64_t b = jump_block_; b < blocks_; ++b) {
    const std::int64_t j = b - jump_block_;
    Duration& end = result.block_end[static_cast<std::size_t>(b)];
    if (j < skipped_)
      end =
          block_end_[static_cast<std::size_t>(jump_block_ - period_ + j % period_)] + period_time_ * (j / period_ + 1);
    else end = block_end_[static_cast<std::size_t>(b - skipped_)] + shift_;
  }
  for (std::size_t i = 0; i < result.layer_counts.size(); ++i) result.layer_counts[i] += extra_counts_[i];
  for (std::size_t task = 0; task < result.task_busy.size(); ++task)
    for (std::size_t hop = 0; hop < result.task_busy[task].size(); ++hop) {
      result.task_busy[task][hop] += extra_busy_[task][hop];
      result.task_waits[task][hop] += extra_waits_[task][hop];
    }
}

}  // namespace cimera::timing
