// How many beats the items of variable hops take: what data showed, drawn again for a Program of any length.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/ops/histogram.h"
#include "models/ops/program.h"

namespace cimera::ops {

/// What the functional reading saw.
struct BeatTables {
  std::uint64_t seed = 0;
  std::vector<Histogram> tasks;  ///< by TaskId: beats of an item; empty (also as a whole): every item takes Hop::beats
};

/// The n iterations of a task, in an order that looks random: a permutation of 0..n-1, the same for the same key
/// everywhere. A Feistel network of eight rounds over the next power of four, walked until it lands below n (Black and
/// Rogaway, Ciphers with Arbitrary Finite Domains, CT-RSA 2002).
class Shuffle {
 public:
  static constexpr std::size_t kRounds = 8;

  /// 1 <= n <= 2^62.
  Shuffle(std::int64_t n, const std::array<std::uint32_t, kRounds>& keys);

  /// 0 <= i < n.
  std::int64_t operator()(std::int64_t i) const;

 private:
  std::uint64_t n_;
  int half_bits_ = 1;
  std::array<std::uint32_t, kRounds> keys_;
};

/// Gives every iteration its beats; the closed form and the timing reading use the same. Iteration i of n gets the
/// number that stands at place (p(i) + 1/2) / n of the task's sorted histogram, where p is a Shuffle by seed and task.
/// So each number occurs as often as in the histogram, scaled to n iterations, up to one; exactly as often where the
/// histogram has n entries. `program` must outlive it.
class BeatDraws {
 public:
  /// Throws Error(kRun) for tables of another Program: of other tasks, or with more beats than a hop can take.
  BeatDraws(const Program& program, const BeatTables& tables);

  /// Whether some iterations of a task differ: then no block repeats another.
  bool any() const { return any_; }
  /// Beats of an item of `task` at hop `hop` in flat iteration i: drawn where that varies, else those of the hop.
  std::int64_t beats(std::size_t task, std::size_t hop, std::int64_t i) const {
    const Hop& at = program_.tasks[task].op.path[hop];
    return at.varies && task < drawn_.size() && !drawn_[task].ends.empty() ? draw(drawn_[task], i) : at.beats;
  }

 private:
  struct Drawn {
    std::vector<std::int64_t> ends;    ///< of runs of equal numbers in the sorted histogram; empty: not drawn
    std::vector<std::int64_t> values;  ///< of these runs
    std::int64_t n = 0;
    Shuffle shuffle{1, {}};
  };

  static std::int64_t draw(const Drawn& drawn, std::int64_t i);

  const Program& program_;
  std::vector<Drawn> drawn_;  ///< by TaskId
  bool any_ = false;
};

}  // namespace cimera::ops
