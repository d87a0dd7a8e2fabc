// Finds the block from which on a recurrence repeats itself exactly, each task at a pace of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "models/cost/recurrence.h"

namespace cimera::cost {

/// What all later blocks are like: task t ends block b + length `step[t]` later than block b.
struct Repeat {
  std::int64_t begin = 0;                   ///< the first block of one period
  std::vector<std::vector<Duration>> ends;  ///< by block of the period, by task; 0 for a task without it
  std::vector<Duration> step;               ///< by task; 0 for a task with one block

  std::int64_t length() const { return static_cast<std::int64_t>(ends.size()); }
  /// End of a task's block b >= begin.
  Duration end(std::size_t task, std::int64_t b) const;
  /// Largest end of all tasks with blocks, by block of [from, to), from >= begin.
  void append_block_ends(std::int64_t from, std::int64_t to, std::vector<Duration>& ends) const;
};

/// Watches the tasks of a recurrence's stage, which loop over the same number of blocks, or have one. What tasks of
/// earlier stages have done stands still.
///
/// Exact, by induction over blocks: suppose that after block b and after block b + p each task's state, relative to its
/// own end, is the same; let step[t] be the time between those ends. If in these p blocks no token of a producer with a
/// smaller step decided when an iteration started, and no producer has a larger step, then in the next p blocks every
/// maximum is taken by the same term, moved by step[t].
class Repeats {
 public:
  Repeats(const ops::Program& program, const Recurrence& recurrence, const std::vector<std::size_t>& stage);

  /// Call after every block, in order. Periods of up to 64 blocks are found.
  std::optional<Repeat> after(std::int64_t block);

 private:
  struct Snapshot {
    std::uint64_t hash = 0;
    std::vector<std::int64_t> state;  ///< of all looping tasks
    std::vector<Duration> ends;       ///< by task
    std::vector<bool> decided;        ///< by task and token, of this block
  };

  Snapshot take() const;
  bool repeats(std::size_t earlier) const;

  const ops::Program& program_;
  const Recurrence& recurrence_;
  const std::vector<std::size_t>& stage_;
  bool possible_ = true;
  std::int64_t first_ = 0;  ///< the first block after which a state is complete
  std::deque<Snapshot> seen_;
};

}  // namespace cimera::cost
