// The token recurrence: when every iteration of every task ends at the earliest, block after block.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cost/path.h"
#include "models/ops/beats.h"

namespace cimera::cost {

/// Walks through a Program's blocks. Of the times at which iterations are done it keeps those of the block at work and
/// the earlier ones that an edge or `in_flight` can still ask for, so memory does not grow with the blocks.
/// `program` and `draws` must outlive it.
class Recurrence {
 public:
  /// An edge as its consumer sees it.
  struct Token {
    const ops::Edge* edge;
    bool decided = false;  ///< in the last block, an iteration started when this edge's token came, and not before
  };

  Recurrence(const ops::Program& program, const ops::BeatDraws& draws);

  /// Walks those of `tasks` that have block `block`; blocks come in order from 0. `tasks`: a stage of the Program
  /// (ops::stages); of earlier ones all blocks must have been walked, or their ends told.
  void walk(const std::vector<std::size_t>& tasks, std::int64_t block);
  /// Tells when the last iteration of a task ends of which not all blocks were walked.
  void tell_end(std::size_t task, Duration end) { walks_[task].end = end; }

  std::size_t tasks() const { return walks_.size(); }
  Duration start(std::size_t task) const { return walks_[task].start; }  ///< of its first iteration
  Duration end(std::size_t task) const { return walks_[task].end; }      ///< of its last iteration so far
  const std::vector<Token>& tokens(std::size_t task) const { return walks_[task].tokens; }
  /// Appends all that decides when later iterations of a task end, relative to end(task): when its units are free and
  /// when its latest iterations were done. Complete when the task has done iterations_kept() iterations.
  void append_state(std::size_t task, std::vector<std::int64_t>& state) const;
  std::int64_t iterations_kept(std::size_t task) const { return walks_[task].kept; }

 private:
  struct Walk {
    std::vector<Stage> stages;
    std::vector<Duration> free;  ///< by hop: when this task's previous iteration has left the unit
    std::vector<Token> tokens;
    std::int64_t in_flight = 0;  ///< 0: no iteration waits for an earlier one to be done
    std::int64_t kept = 0;       ///< iterations before the block at work that can be asked for
    std::int64_t first = 0;      ///< flat iteration of done[0]
    std::vector<Duration> done;  ///< `kept` iterations, and those of the block at work
    Duration start, end;

    Duration done_at(std::int64_t i) const { return done[static_cast<std::size_t>(i - first)]; }
  };

  void walk(std::size_t task, std::int64_t block);
  Duration entry(const ops::Task& task, Walk& walk, std::int64_t i) const;

  const ops::Program& program_;
  const ops::BeatDraws& draws_;
  std::vector<Walk> walks_;
};

}  // namespace cimera::cost
