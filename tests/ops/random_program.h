// Random small Programs from an addressed stream: the same seed gives the same Program everywhere.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ops/beats.h"
#include "models/ops/program.h"

namespace cimera::ops {

/// Whole numbers drawn one after another from the stream of one seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}

  std::uint32_t word();
  /// Uniform in [low, high], up to a bias of 2^-32 times the range.
  std::int64_t between(std::int64_t low, std::int64_t high);
  bool chance(int percent) { return between(1, 100) <= percent; }
  /// One of `values`.
  template <class T>
  T one_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(values.size()) - 1))];
  }

 private:
  std::uint64_t seed_;
  std::vector<std::uint32_t> words_;
  std::size_t used_ = 0;
  std::uint32_t line_ = 0;
};

/// What may occur in the Program. The edges between tasks, lagging ones aside, form a tree, so that a bounded buffer
/// can make a task wait but never two tasks for each other.
struct Shape {
  bool shared_units = false;  ///< hops draw from a small pool of units; else each has its own
  bool bounded = false;       ///< most buffers hold little more than the window needs
  bool varies = false;        ///< the beats of some hops vary
  bool lags = false;          ///< some edges look back, and some tasks wait for later tasks' earlier blocks
  bool wholes = false;        ///< some edges wait for all blocks, also for a task with one; not with `lags`
  bool once = true;           ///< some tasks have one block whatever the others have
  std::int64_t blocks = 4;    ///< at most
  std::int64_t tasks = 6;     ///< at most
};

/// A valid Program that finishes.
Program random_program(std::uint64_t seed, const Shape& shape);

/// What data might have shown of its variable hops.
BeatTables random_beats(std::uint64_t seed, const Program& program);

}  // namespace cimera::ops
