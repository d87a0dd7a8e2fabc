#include "models/cost/repeats.h"

#include <algorithm>

#include "core/integers.h"

namespace cimera::cost {
namespace {

constexpr std::size_t kLongest = 64;  ///< blocks of a period

using ops::Task;

std::uint64_t hash(const std::vector<std::int64_t>& words) {
  std::uint64_t h = 0;
  for (const std::int64_t word : words) h = (h ^ static_cast<std::uint64_t>(word)) * 0x9e3779b97f4a7c15, h ^= h >> 29;
  return h;
}

}  // namespace

Duration Repeat::end(std::size_t task, std::int64_t b) const {
  const std::int64_t at = b - begin;
  return ends[static_cast<std::size_t>(at % length())][task] + step[task] * (at / length());
}

void Repeat::append_block_ends(std::int64_t from, std::int64_t to, std::vector<Duration>& block_ends) const {
  // By block of the period: the tasks that end last in it now or may do so later, those with the largest steps first.
  std::vector<std::vector<std::size_t>> last(ends.size());
  std::vector<std::size_t> by_step(step.size());
  for (std::size_t t = 0; t < by_step.size(); ++t) by_step[t] = t;
  std::ranges::stable_sort(by_step, std::ranges::greater{}, [&](std::size_t t) { return step[t]; });
  for (std::size_t b = 0; b < ends.size(); ++b)
    for (const std::size_t t : by_step)
      if (step[t] > Duration() && (last[b].empty() || ends[b][t] > ends[b][last[b].back()])) last[b].push_back(t);
  for (std::int64_t b = from; b < to; ++b) {
    Duration latest;
    for (const std::size_t t : last[static_cast<std::size_t>((b - begin) % length())])
      latest = std::max(latest, end(t, b));
    block_ends.push_back(latest);
  }
}

Repeats::Repeats(const ops::Program& program, const Recurrence& recurrence, const std::vector<std::size_t>& stage)
    : program_(program), recurrence_(recurrence), stage_(stage) {
  std::int64_t blocks = 1;
  for (const std::size_t t : stage) {
    const Task& task = program.tasks[t];
    if (task.blocks == 1) continue;
    possible_ &= blocks == 1 || blocks == task.blocks;
    blocks = task.blocks;
    first_ = std::max(first_, ceil_div(recurrence.iterations_kept(t), task.iterations) - 1);
  }
  // Until an edge's consumers have passed its lag they wait for nothing.
  for (const ops::Edge& edge : program.edges) first_ = std::max(first_, edge.lag);
}

Repeats::Snapshot Repeats::take() const {
  Snapshot s;
  for (std::size_t t = 0; t < recurrence_.tasks(); ++t) s.ends.push_back(recurrence_.end(t));
  for (const std::size_t t : stage_) {
    for (const Recurrence::Token& token : recurrence_.tokens(t)) s.decided.push_back(token.decided);
    if (program_.tasks[t].blocks > 1) recurrence_.append_state(t, s.state);
  }
  s.hash = hash(s.state);
  return s;
}

bool Repeats::repeats(std::size_t earlier) const {
  const Snapshot &a = seen_[earlier], &b = seen_.back();
  if (a.hash != b.hash || a.state != b.state) return false;
  const auto step = [&](std::size_t task) { return b.ends[task] - a.ends[task]; };
  std::size_t at = 0;
  for (const std::size_t t : stage_)
    for (const Recurrence::Token& token : recurrence_.tokens(t)) {
      const std::size_t k = at++;
      if (program_.tasks[t].blocks == 1) continue;
      const Duration producer = step(token.edge->from.value()), own = step(t);
      if (producer > own) return false;
      const bool decided = std::any_of(seen_.begin() + static_cast<std::ptrdiff_t>(earlier) + 1, seen_.end(),
                                       [&](const Snapshot& s) { return s.decided[k]; });
      if (producer < own && decided) return false;
    }
  return true;
}

std::optional<Repeat> Repeats::after(std::int64_t block) {
  if (!possible_ || block < first_) return std::nullopt;
  seen_.push_back(take());
  if (seen_.size() > kLongest + 1) seen_.pop_front();
  for (std::size_t earlier = seen_.size() - 1; earlier-- > 0;) {
    if (!repeats(earlier)) continue;
    Repeat repeat;
    repeat.begin = block - static_cast<std::int64_t>(seen_.size() - earlier - 1) + 1;
    for (std::size_t k = earlier + 1; k < seen_.size(); ++k) repeat.ends.push_back(seen_[k].ends);
    for (std::size_t t = 0; t < recurrence_.tasks(); ++t)
      repeat.step.push_back(seen_.back().ends[t] - seen_[earlier].ends[t]);
    return repeat;
  }
  return std::nullopt;
}

}  // namespace cimera::cost
