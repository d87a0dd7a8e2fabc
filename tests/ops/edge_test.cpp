// Edge::needed and Edge::freed against a brute-force oracle that lists, for every consumer iteration, the producer
// iterations that its window touches.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/ops/program.h"
#include "tests/ops/sketch.h"

namespace cimera::ops {
namespace {

/// A window along one axis: output y reads inputs y * stride - padding + j * dilation, j < kernel.
struct Axis {
  std::int64_t inputs, kernel, stride, padding, dilation;

  std::int64_t reach() const { return dilation * (kernel - 1) + 1; }
  std::int64_t outputs() const { return (inputs + 2 * padding - reach()) / stride + 1; }
  Rate rate() const { return {.a = stride, .last = reach() - 1 - padding, .first = -padding}; }
  /// First and last input that output y spans; a line buffer holds what lies between the taps too.
  std::int64_t begin(std::int64_t y) const { return std::max<std::int64_t>(y * stride - padding, 0); }
  std::int64_t end(std::int64_t y) const { return std::min(y * stride - padding + reach(), inputs); }
};

std::string text(const Axis& a) {
  return std::to_string(a.inputs) + " inputs, kernel " + std::to_string(a.kernel) + ", stride " +
         std::to_string(a.stride) + ", padding " + std::to_string(a.padding) + ", dilation " +
         std::to_string(a.dilation);
}

/// All windows with padding below the kernel that fit on a few inputs.
std::vector<Axis> axes() {
  std::vector<Axis> all;
  for (const std::int64_t inputs : {1, 2, 5, 8})
    for (std::int64_t kernel = 1; kernel <= 5; ++kernel)
      for (std::int64_t stride = 1; stride <= 3; ++stride)
        for (std::int64_t padding = 0; padding < kernel; ++padding)
          for (std::int64_t dilation = 1; dilation <= (kernel > 1 ? 2 : 1); ++dilation) {
            const Axis axis{inputs, kernel, stride, padding, dilation};
            if (inputs + 2 * padding >= axis.reach()) all.push_back(axis);
          }
  return all;
}

/// Two tasks whose loops are the inputs and outputs of a window over rows and columns, and the edge between them.
struct Windows {
  Axis rows, columns;
  Task producer, consumer;
  Edge edge;

  Windows(const Axis& row_axis, const Axis& column_axis, std::int64_t blocks, std::int64_t lag)
      : rows(row_axis), columns(column_axis) {
    producer.iterations = rows.inputs * columns.inputs;
    consumer.iterations = rows.outputs() * columns.outputs();
    producer.blocks = consumer.blocks = blocks;
    edge.row = rows.rate(), edge.column = columns.rate();
    edge.from_columns = columns.inputs, edge.to_columns = columns.outputs();
    edge.lag = lag;
  }

  /// Flat producer iterations [begin, end) between the first and the last that flat consumer iteration i spans; both 0
  /// in a block that reads none.
  std::pair<std::int64_t, std::int64_t> span(std::int64_t i) const {
    const std::int64_t block = i / consumer.iterations - edge.lag;
    if (block < 0) return {0, 0};
    const std::int64_t y = i % consumer.iterations / columns.outputs(), x = i % columns.outputs();
    const std::int64_t base = block * producer.iterations;
    return {base + rows.begin(y) * columns.inputs + columns.begin(x),
            base + (rows.end(y) - 1) * columns.inputs + columns.end(x)};
  }

  /// Nothing before this is touched by an iteration after i of the same block.
  std::int64_t free_after(std::int64_t i) const {
    const std::int64_t block = i / consumer.iterations;
    if (block < edge.lag) return 0;
    std::int64_t least = (block - edge.lag + 1) * producer.iterations;
    for (std::int64_t j = i + 1; j < (block + 1) * consumer.iterations; ++j) least = std::min(least, span(j).first);
    return least;
  }
};

TEST(Edge, AgreesWithTheOracleOnEveryWindowOfOneAxis) {
  for (const Axis& axis : axes()) {
    SCOPED_TRACE(text(axis));
    const Windows w(axis, {1, 1, 1, 0, 1}, 2, 0);
    std::int64_t before = 0;
    for (std::int64_t i = 0; i < w.consumer.total(); ++i) {
      ASSERT_EQ(w.edge.needed(w.producer, w.consumer, i), w.span(i).second) << i;
      ASSERT_EQ(w.edge.freed(w.producer, w.consumer, i), w.free_after(i)) << i;
      ASSERT_GE(w.edge.needed(w.producer, w.consumer, i), before) << "along one axis the need never falls";
      before = w.edge.needed(w.producer, w.consumer, i);
    }
  }
}

TEST(Edge, AgreesWithTheOracleOnWindowsOfRowsAndColumns) {
  const std::vector<Axis> all = axes();
  int compared = 0;
  for (std::size_t r = 0; r < all.size(); r += 3)
    for (std::size_t c = r % 7; c < all.size(); c += 7)
      for (const std::int64_t lag : {0, 1, 2}) {
        const Windows w(all[r], all[c], 3, lag);
        SCOPED_TRACE("rows: " + text(all[r]) + "; columns: " + text(all[c]) + "; lag " + std::to_string(lag));
        std::int64_t before = 0;
        for (std::int64_t i = 0; i < w.consumer.total(); ++i, ++compared) {
          ASSERT_EQ(w.edge.needed(w.producer, w.consumer, i), w.span(i).second) << i;
          ASSERT_EQ(w.edge.freed(w.producer, w.consumer, i), w.free_after(i)) << i;
          ASSERT_GE(w.edge.freed(w.producer, w.consumer, i), before) << "room that was freed stays free";
          before = w.edge.freed(w.producer, w.consumer, i);
        }
      }
  EXPECT_GT(compared, 50000);
}

TEST(Edge, FreesNothingThatTheNextRowStillNeeds) {
  // 3 x 3, padding 1, stride 1 on 4 x 4: rows 0 and 1 of the outputs both reach back to row 0 of the inputs.
  const Windows w({4, 3, 1, 1, 1}, {4, 3, 1, 1, 1}, 1, 0);
  const std::vector<std::int64_t> row0{0, 0, 0, 0}, row1{0, 1, 2, 4}, row2{4, 5, 6, 8}, row3{8, 9, 10, 16};
  std::vector<std::int64_t> freed;
  for (std::int64_t i = 0; i < 16; ++i) freed.push_back(w.edge.freed(w.producer, w.consumer, i));
  std::vector<std::int64_t> expected;
  for (const auto& row : {row0, row1, row2, row3}) expected.insert(expected.end(), row.begin(), row.end());
  EXPECT_EQ(freed, expected);
}

TEST(Edge, BarrierNeedsTheWholeBlockAndFreesItAtTheEnd) {
  Sketch s;
  const TaskId from = s.task("from", {}, 6, 3), to = s.task("to", {}, 4, 3);
  const Edge edge = s.barrier(from, to);
  for (std::int64_t i = 0; i < 12; ++i) {
    EXPECT_EQ(edge.needed(s.at(from), s.at(to), i), 6 * (i / 4 + 1));
    EXPECT_EQ(edge.freed(s.at(from), s.at(to), i), 6 * (i / 4 + (i % 4 == 3)));
  }
}

TEST(Edge, NearestUpsamplingReadsEveryInputTwice) {
  Sketch s;
  const TaskId from = s.task("from", {}, 5), to = s.task("to", {}, 10);
  Edge edge = s.edge(from, to);
  edge.row = {.a = 1, .d = 2, .last = -1, .first = -1};  // output y reads input floor(y / 2)
  for (std::int64_t y = 0; y < 10; ++y) {
    EXPECT_EQ(edge.needed(s.at(from), s.at(to), y), y / 2 + 1);
    EXPECT_EQ(edge.freed(s.at(from), s.at(to), y), (y + 1) / 2);
  }
}

TEST(Edge, OneBlockOfAProducerServesAllBlocksAndStays) {
  Sketch s;
  const TaskId from = s.task("once", {}, 4), to = s.task("to", {}, 4, 3);
  const Edge edge = s.edge(from, to);
  for (std::int64_t i = 0; i < 12; ++i) {
    EXPECT_EQ(edge.needed(s.at(from), s.at(to), i), i % 4 + 1);
    EXPECT_EQ(edge.freed(s.at(from), s.at(to), i), 0);
  }
}

TEST(Edge, LagLooksBackThatManyBlocksAndAtNothingBeforeTheFirst) {
  Sketch s;
  const TaskId from = s.task("from", {}, 2, 4), to = s.task("to", {}, 2, 4);
  const TaskId once = s.task("once", {}, 2), single = s.task("single", {}, 2);
  Edge edge = s.edge(from, to);
  edge.lag = 2;
  std::vector<std::int64_t> needed, freed;
  for (std::int64_t i = 0; i < 8; ++i) {
    needed.push_back(edge.needed(s.at(from), s.at(to), i));
    freed.push_back(edge.freed(s.at(from), s.at(to), i));
  }
  EXPECT_EQ(needed, (std::vector<std::int64_t>{0, 0, 0, 0, 1, 2, 3, 4}));
  EXPECT_EQ(freed, (std::vector<std::int64_t>{0, 0, 0, 0, 1, 2, 3, 4}));
  // With one block in all (a batch of one image) there is no earlier block to wait for.
  EXPECT_EQ(edge.needed(s.at(once), s.at(single), 1), 0);
  // A producer with one block is looked at from block `lag` on.
  EXPECT_EQ(edge.needed(s.at(once), s.at(to), 3), 0);
  EXPECT_EQ(edge.needed(s.at(once), s.at(to), 4), 1);
  EXPECT_EQ(edge.needed(s.at(once), s.at(to), 7), 2);
}

}  // namespace
}  // namespace cimera::ops
