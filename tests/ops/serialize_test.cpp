// Programs and results as bytes: nothing is lost, and bytes that were not written so are refused.

#include "models/ops/serialize.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/error_text.h"
#include "tests/ops/random_program.h"

namespace cimera::ops {
namespace {

using ::testing::StartsWith;
using Bytes = std::vector<std::uint8_t>;

TimingRequest random_request(std::uint64_t seed) {
  const Shape shape{.shared_units = seed % 2 == 0,
                    .bounded = seed % 3 == 0,
                    .varies = seed % 2 == 1,
                    .lags = seed % 5 == 0,
                    .wholes = seed % 5 == 1};
  const Program program = random_program(seed, shape);
  return {program, seed % 7 != 0, random_beats(seed, program), static_cast<std::int64_t>(seed) * 1'000'000};
}

TimingResult random_result(std::uint64_t seed) {
  Dice dice(seed);
  const auto time = [&] { return Duration::fs(dice.between(0, std::int64_t{1} << 40)); };
  TimingResult r;
  r.makespan = Duration::fs(std::numeric_limits<std::int64_t>::max());
  r.finished = dice.chance(50), r.drawn = dice.chance(50);
  r.skipped_blocks = dice.between(0, 9);
  for (std::int64_t t = dice.between(0, 5); t > 0; --t) {
    r.task_start.push_back(time());
    r.task_end.push_back(time());
    r.task_busy.emplace_back();
    r.task_waits.emplace_back();
    for (std::int64_t hop = dice.between(0, 3); hop > 0; --hop) {
      r.task_busy.back().push_back(time());
      WaitTimes& waits = r.task_waits.back().emplace_back();
      for (const WaitInfo& row : wait_table()) waits[row.wait] = time();
    }
    r.block_end.push_back(time());
    StateTimes& times = r.unit_times.emplace_back();
    for (const UnitStateInfo& row : unit_state_table()) times[row.state] = time();
    Counts& counts = r.layer_counts.emplace_back();
    for (const EventInfo& row : event_table()) counts[row.event] = dice.between(0, std::int64_t{1} << 50);
  }
  return r;
}

void expect_equal(const Unit& a, const Unit& b) {
  EXPECT_EQ(std::tie(a.name, a.kind, a.component, a.beat, a.beat_bits, a.latency, a.enters, a.leaves),
            std::tie(b.name, b.kind, b.component, b.beat, b.beat_bits, b.latency, b.enters, b.leaves));
}

void expect_equal(const Rate& a, const Rate& b) {
  EXPECT_EQ(std::tie(a.a, a.d, a.last, a.first), std::tie(b.a, b.d, b.last, b.first));
}

void expect_equal(const Work& a, const Work& b) {
  ASSERT_EQ(a.index(), b.index());
  if (const auto* x = std::get_if<Mvm>(&a)) {
    const auto& y = std::get<Mvm>(b);
    EXPECT_EQ(std::tie(x->first, x->last, x->steps, x->reads, x->driven_rows, x->used_columns, x->row_sums, x->merges,
                       x->fetch_bits, x->register_bits, x->result_bits),
              std::tie(y.first, y.last, y.steps, y.reads, y.driven_rows, y.used_columns, y.row_sums, y.merges,
                       y.fetch_bits, y.register_bits, y.result_bits));
  } else if (const auto* move = std::get_if<Transfer>(&a)) {
    const auto& y = std::get<Transfer>(b);
    EXPECT_EQ(std::tie(move->what, move->tensor, move->begin, move->end, move->element_bits, move->images),
              std::tie(y.what, y.tensor, y.begin, y.end, y.element_bits, y.images));
  } else if (const auto* digital = std::get_if<Digital>(&a)) {
    const auto& y = std::get<Digital>(b);
    EXPECT_EQ(std::tie(digital->function, digital->layer, digital->begin, digital->end, digital->element_bits),
              std::tie(y.function, y.layer, y.begin, y.end, y.element_bits));
  } else if (const auto* host = std::get_if<HostCompute>(&a)) {
    const auto& y = std::get<HostCompute>(b);
    EXPECT_EQ(std::tie(host->layer, host->flops, host->cache_bits), std::tie(y.layer, y.flops, y.cache_bits));
  } else {
    const auto &x = std::get<WriteCells>(a), &y = std::get<WriteCells>(b);
    EXPECT_EQ(std::tie(x.first, x.last, x.cells), std::tie(y.first, y.last, y.cells));
  }
}

void expect_equal(const Task& a, const Task& b) {
  EXPECT_EQ(std::tie(a.name, a.layer, a.blocks, a.iterations, a.in_flight, a.op.items, a.op.items_last),
            std::tie(b.name, b.layer, b.blocks, b.iterations, b.in_flight, b.op.items, b.op.items_last));
  expect_equal(a.op.work, b.op.work);
  ASSERT_EQ(a.op.path.size(), b.op.path.size());
  for (std::size_t i = 0; i < a.op.path.size(); ++i) {
    const Hop &x = a.op.path[i], &y = b.op.path[i];
    EXPECT_EQ(std::tie(x.unit, x.beats, x.head, x.varies), std::tie(y.unit, y.beats, y.head, y.varies));
  }
}

void expect_equal(const Edge& a, const Edge& b) {
  EXPECT_EQ(std::tie(a.from, a.to, a.from_columns, a.to_columns, a.lag, a.capacity, a.whole),
            std::tie(b.from, b.to, b.from_columns, b.to_columns, b.lag, b.capacity, b.whole));
  expect_equal(a.row, b.row);
  expect_equal(a.column, b.column);
}

template <class T>
void expect_equal(const std::vector<T>& a, const std::vector<T>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) expect_equal(a[i], b[i]);
}

TEST(Serialize, RequestsComeBackAsTheyWere) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const TimingRequest sent = random_request(seed);
    const TimingRequest got = timing_request(to_bytes(sent));
    EXPECT_EQ(got.skip_periods, sent.skip_periods);
    EXPECT_EQ(got.passages, sent.passages);
    EXPECT_EQ(got.beats.seed, sent.beats.seed);
    EXPECT_EQ(got.beats.tasks, sent.beats.tasks);
    EXPECT_EQ(got.program.machine, sent.program.machine);
    EXPECT_EQ(got.program.layer_names, sent.program.layer_names);
    expect_equal(got.program.units, sent.program.units);
    expect_equal(got.program.tasks, sent.program.tasks);
    expect_equal(got.program.edges, sent.program.edges);
    EXPECT_EQ(to_bytes(got), to_bytes(sent));
  }
}

TEST(Serialize, ResultsComeBackAsTheyWere) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const TimingResult sent = random_result(seed);
    const TimingResult got = timing_result(to_bytes(sent));
    EXPECT_EQ(std::tie(got.finished, got.makespan, got.task_start, got.task_end, got.block_end, got.task_busy,
                       got.task_waits, got.unit_times, got.drawn, got.layer_counts, got.skipped_blocks),
              std::tie(sent.finished, sent.makespan, sent.task_start, sent.task_end, sent.block_end, sent.task_busy,
                       sent.task_waits, sent.unit_times, sent.drawn, sent.layer_counts, sent.skipped_blocks))
        << seed;
  }
}

/// Every damaged copy must be refused, with a message that says what could not be read.
void expect_refused(const Bytes& bytes, const std::string& what) {
  const std::string request = error_text([&] { timing_request(bytes); });
  const std::string result = error_text([&] { timing_result(bytes); });
  ASSERT_THAT(request, StartsWith("[run] cannot read a timing request: ")) << what;
  ASSERT_THAT(result, StartsWith("[run] cannot read a timing result: ")) << what;
}

TEST(Serialize, RefusesWhatIsCutShort) {
  const Bytes whole = to_bytes(random_request(3));
  for (std::size_t n = 0; n < whole.size(); ++n)
    expect_refused(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)), std::to_string(n) + " bytes");
  Bytes longer = whole;
  longer.push_back(0);
  expect_refused(longer, "one byte more");
}

TEST(Serialize, RefusesEveryChangedByte) {
  const Bytes whole = to_bytes(random_request(5));
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const int flip : {0x01, 0x80, 0xff}) {
      Bytes changed = whole;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ flip);
      expect_refused(changed, "byte " + std::to_string(i));
    }
}

TEST(Serialize, RefusesRandomDamageAndGarbage) {
  Dice dice(99);
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes;
    if (round % 2 == 0) {
      bytes = to_bytes(random_request(static_cast<std::uint64_t>(round % 20)));
      for (std::int64_t n = dice.between(1, 20); n > 0; --n) {
        const auto at = static_cast<std::size_t>(dice.between(0, static_cast<std::int64_t>(bytes.size()) - 1));
        bytes[at] = static_cast<std::uint8_t>(bytes[at] + dice.between(1, 255));
      }
    } else {
      bytes.resize(static_cast<std::size_t>(dice.between(0, 300)));
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(dice.word());
    }
    expect_refused(bytes, "round " + std::to_string(round));
  }
  expect_refused(Bytes(1'000'000, 0x81), "a million nested lists");
}

TEST(Serialize, DoesNotTakeAResultForARequest) {
  EXPECT_THAT(error_text([] { timing_request(to_bytes(random_result(1))); }),
              StartsWith("[run] cannot read a timing request"));
  EXPECT_THAT(error_text([] { timing_result(to_bytes(random_request(1))); }),
              StartsWith("[run] cannot read a timing result"));
}

}  // namespace
}  // namespace cimera::ops
