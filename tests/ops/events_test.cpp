// add_events: the shares of all iterations sum to what a block does, exactly, and counts never wrap.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/op_events.h"
#include "tests/core/error_text.h"
#include "tests/ops/sketch.h"

namespace cimera::ops {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// Counts of one iteration of `work` on a path of one unit of each kind.
Counts counts_of(const Work& work, const std::vector<UnitKind>& kinds, std::int64_t iterations, std::int64_t iteration,
                 std::int64_t items = 1, std::int64_t items_last = 1) {
  Sketch s;
  std::vector<Hop> path;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    path.push_back({s.unit("u" + std::to_string(i), Duration::fs(10), {}, kinds[i])});
  Task& task = s.at(s.task("task", path, iterations, 1, work));
  task.op.items = items, task.op.items_last = items_last;
  Counts counts;
  for (std::size_t hop = 0; hop < path.size(); ++hop) add_events(s.program, task, hop, iteration, counts);
  return counts;
}

Counts block_of(const Work& work, const std::vector<UnitKind>& kinds, std::int64_t iterations, std::int64_t items = 1,
                std::int64_t items_last = 1) {
  Counts sum;
  for (std::int64_t i = 0; i < iterations; ++i) sum += counts_of(work, kinds, iterations, i, items, items_last);
  return sum;
}

/// The counts that are not zero, by name.
std::vector<std::pair<std::string, std::int64_t>> nonzero(const Counts& counts) {
  std::vector<std::pair<std::string, std::int64_t>> rows;
  for (const EventInfo& row : event_table())
    if (counts[row.event] != 0) rows.emplace_back(row.name, counts[row.event]);
  return rows;
}

using Rows = std::vector<std::pair<std::string, std::int64_t>>;

TEST(Events, SharesOfATransferSumToItsBits) {
  const std::vector<UnitKind> path{UnitKind::kMemory, UnitKind::kChipLink, UnitKind::kRouterLink, UnitKind::kBuffer};
  for (const std::int64_t elements : {1, 7, 100, 101, 999})
    for (const std::int64_t iterations : {1, 3, 7, 64, 100}) {
      const Transfer work{.begin = 5, .end = 5 + elements, .element_bits = 13, .images = 2};
      const std::int64_t bits = elements * 13 * 2;
      EXPECT_EQ(nonzero(block_of(work, path, iterations)), (Rows{{"edram_write_bits", bits},
                                                                 {"bus_bits", bits},
                                                                 {"router_bits", bits},
                                                                 {"chip_link_bits", bits},
                                                                 {"memory_read_bits", bits}}));
    }
}

TEST(Events, SharesDifferByOneElementAtMost) {
  for (std::int64_t i = 0; i < 64; ++i) {
    const Counts share =
        counts_of(Transfer{.begin = 0, .end = 100, .element_bits = 16}, {UnitKind::kRouterLink}, 64, i);
    EXPECT_TRUE(share[Event::kRouterBits] == 16 || share[Event::kRouterBits] == 32) << share[Event::kRouterBits];
  }
}

TEST(Events, AMemoryIsReadAtTheStartOfAPathAndWrittenBehindIt) {
  const Transfer work{.begin = 0, .end = 10, .element_bits = 8};
  EXPECT_EQ(nonzero(block_of(work, {UnitKind::kMemory}, 3)), (Rows{{"memory_read_bits", 80}}));
  EXPECT_EQ(nonzero(block_of(work, {UnitKind::kCache, UnitKind::kMemory}, 3)),
            (Rows{{"host_cache_bits", 80}, {"memory_write_bits", 80}}));
}

TEST(Events, ProductsCountByPosition) {
  // 5 iterations of 3 positions and a last one of 2: 17 positions, each of 16 steps on 2 arrays, one of which is read
  // twice.
  const Mvm work{.first = 4,
                 .last = 6,
                 .steps = 16,
                 .reads = 3,
                 .driven_rows = 200,
                 .used_columns = 48,
                 .row_sums = 2,
                 .merges = 3,
                 .fetch_bits = 400,
                 .register_bits = 3200,
                 .result_bits = 96};
  EXPECT_EQ(nonzero(block_of(work, {UnitKind::kBuffer, UnitKind::kMvmUnit}, 6, 3, 2)),
            (Rows{{"array_reads", 17 * 16 * 3},
                  {"row_drives", 17 * 16 * 200},
                  {"sample_holds", 17 * 16 * 48},
                  {"adc_conversions", 17 * 16 * 48},
                  {"shift_adds", 17 * 16 * 50},
                  {"input_register_bits", 17 * 3200},
                  {"output_register_bits", 17 * 96},
                  {"edram_read_bits", 17 * 400},
                  {"bus_bits", 17 * 400},
                  {"tile_shift_adds", 17 * 3}}));
}

TEST(Events, DigitalWorkCountsByElement) {
  const auto digital = [](Digital::Function function) {
    return nonzero(
        block_of(Digital{.function = function, .begin = 3, .end = 50, .element_bits = 16}, {UnitKind::kDigital}, 5));
  };
  EXPECT_EQ(digital(Digital::Function::kMerge), (Rows{{"tile_shift_adds", 47}}));
  EXPECT_EQ(digital(Digital::Function::kAdd), (Rows{{"tile_shift_adds", 47}}));
  EXPECT_EQ(digital(Digital::Function::kActivate), (Rows{{"tile_register_bits", 47 * 16}, {"activations", 47}}));
  EXPECT_EQ(digital(Digital::Function::kPool), (Rows{{"pool_outputs", 47}}));
}

TEST(Events, HostWorkAndWrittenCellsSumToTheirTotals) {
  const HostCompute host{.flops = 1'000'003, .cache_bits = 777};
  EXPECT_EQ(nonzero(block_of(host, {UnitKind::kCache, UnitKind::kCores}, 10)),
            (Rows{{"host_flops", 1'000'003}, {"host_cache_bits", 777}}));
  EXPECT_EQ(nonzero(block_of(WriteCells{.cells = 1001}, {UnitKind::kMvmUnit}, 10)), (Rows{{"cell_writes", 1001}}));
}

TEST(Events, LargeTotalsAreSharedWithoutOverflow) {
  // total x iterations does not fit in 64 bits.
  const HostCompute work{.flops = kMost - 5};
  EXPECT_EQ(block_of(work, {UnitKind::kCores}, 1000)[Event::kHostFlops], kMost - 5);
}

TEST(Events, APathThatCannotDoTheWorkIsRefused) {
  const Transfer move{.begin = 0, .end = 1, .element_bits = 1};
  EXPECT_EQ(error_text([&] { counts_of(move, {UnitKind::kMvmUnit}, 1, 0); }),
            "[run] program: a transfer cannot pass through a mvm_unit");
  EXPECT_EQ(error_text([&] { counts_of(Mvm{}, {UnitKind::kChipLink}, 1, 0); }),
            "[run] program: a matrix-vector product cannot run on a chip_link");
}

TEST(Events, CountsThatLeave64BitsAreAnError) {
  const std::string one = "[run] a count of events does not fit in 64 bits";
  EXPECT_EQ(error_text([&] {
              counts_of(Transfer{.begin = 0, .end = kMost / 4, .element_bits = 8}, {UnitKind::kRouterLink}, 1, 0);
            }),
            one);
  EXPECT_EQ(error_text([&] { counts_of(Mvm{.steps = 16, .driven_rows = kMost / 8}, {UnitKind::kMvmUnit}, 1, 0); }),
            one);
  Counts counts;
  counts[Event::kHostFlops] = kMost - 1;
  counts.add(Event::kHostFlops, 1);
  EXPECT_EQ(counts[Event::kHostFlops], kMost);
  const std::string flops = "[run] the count of host_flops does not fit in 64 bits";
  EXPECT_EQ(error_text([&] { counts.add(Event::kHostFlops, 1); }), flops);
  EXPECT_EQ(error_text([&] { Counts().add(counts, 2); }), flops);
  EXPECT_EQ(error_text([&] { counts += counts; }), flops);
}

TEST(Events, TheTableIsInOrderAndNamesAreFound) {
  for (std::size_t i = 0; i < kEventCount; ++i) {
    const EventInfo& row = event_table()[i];
    EXPECT_EQ(static_cast<std::size_t>(row.event), i);
    EXPECT_EQ(event_named(row.name), row.event);
    EXPECT_FALSE(row.meaning.empty());
  }
  EXPECT_THAT(error_text([] { event_named("adc_conversion"); }),
              ::testing::StartsWith("unknown event 'adc_conversion'; did you mean 'adc_conversions'?"));
}

TEST(Events, ProgramOperationsLeaveOutDerivedEvents) {
  Counts counts;
  counts[Event::kAdcConversions] = 5;
  counts[Event::kClippedConversions] = 2;
  EXPECT_EQ(nonzero(program_operations(counts)), (Rows{{"adc_conversions", 5}}));
}

}  // namespace
}  // namespace cimera::ops
