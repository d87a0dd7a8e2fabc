#include "models/ops/beats.h"

#include <algorithm>

#include "core/error.h"
#include "core/stream.h"

namespace cimera::ops {
namespace {

/// The finaliser of MurmurHash3 (Appleby), 32 bits: every bit of the input moves every bit of the output.
std::uint32_t mix(std::uint32_t x) {
  x = (x ^ x >> 16) * 0x85ebca6b;
  x = (x ^ x >> 13) * 0xc2b2ae35;
  return x ^ x >> 16;
}

std::array<std::uint32_t, Shuffle::kRounds> keys(std::uint64_t seed, std::size_t task) {
  std::array<std::uint32_t, Shuffle::kRounds> words{};
  Stream({.seed = seed, .purpose = "beats"}).bits({.unit = static_cast<std::uint32_t>(task)}, words);
  return words;
}

}  // namespace

Shuffle::Shuffle(std::int64_t n, const std::array<std::uint32_t, Shuffle::kRounds>& keys)
    : n_(static_cast<std::uint64_t>(n)), keys_(keys) {
  while (half_bits_ < 31 && n_ > std::uint64_t{1} << 2 * half_bits_) ++half_bits_;
}

std::int64_t Shuffle::operator()(std::int64_t i) const {
  const std::uint32_t mask = (std::uint32_t{1} << half_bits_) - 1;
  auto at = static_cast<std::uint64_t>(i);
  do {
    auto left = static_cast<std::uint32_t>(at >> half_bits_), right = static_cast<std::uint32_t>(at) & mask;
    for (const std::uint32_t key : keys_) {
      const std::uint32_t next = left ^ (mix(right ^ key) & mask);
      left = right, right = next;
    }
    at = std::uint64_t{left} << half_bits_ | right;
  } while (at >= n_);
  return static_cast<std::int64_t>(at);
}

BeatDraws::BeatDraws(const Program& program, const BeatTables& tables) : program_(program) {
  if (!tables.tasks.empty() && tables.tasks.size() != program.tasks.size())
    fail_run("beats of " + std::to_string(tables.tasks.size()) + " tasks for a program of " +
             std::to_string(program.tasks.size()));
  drawn_.resize(tables.tasks.size());
  for (std::size_t t = 0; t < tables.tasks.size(); ++t) {
    const Histogram& table = tables.tasks[t];
    if (table.empty()) continue;
    const Task& task = program.tasks[t];
    std::int64_t most = -1;
    for (const Hop& hop : task.op.path)
      if (hop.varies) most = most < 0 ? hop.beats : std::min(most, hop.beats);
    if (table.largest() > most)
      fail_run("program: '" + task.name + "': data showed an item of " + std::to_string(table.largest()) + " beats, " +
               (most < 0 ? "but none of its hops varies" : "its hop takes at most " + std::to_string(most)));
    Drawn& drawn = drawn_[t];
    for (std::size_t v = 0; v < table.counts().size(); ++v) {
      if (table.counts()[v] == 0) continue;
      drawn.values.push_back(static_cast<std::int64_t>(v));
      drawn.ends.push_back((drawn.ends.empty() ? 0 : drawn.ends.back()) + table.counts()[v]);
    }
    drawn.n = task.total();
    drawn.shuffle = Shuffle(drawn.n, keys(tables.seed, t));
    any_ |= !table.constant();
  }
}

std::int64_t BeatDraws::draw(const Drawn& drawn, std::int64_t i) {
  __extension__ using Wide = __int128;
  if (drawn.values.size() == 1) return drawn.values[0];
  const Wide place = (2 * Wide{drawn.shuffle(i)} + 1) * drawn.ends.back() / (2 * Wide{drawn.n});
  const auto run = std::upper_bound(drawn.ends.begin(), drawn.ends.end(), static_cast<std::int64_t>(place));
  return drawn.values[static_cast<std::size_t>(run - drawn.ends.begin())];
}

}  // namespace cimera::ops
