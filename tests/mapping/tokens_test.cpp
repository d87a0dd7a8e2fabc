// Tokens against windows counted pixel by pixel: an iteration waits for all that it reads, for nothing more, and
// nothing that is still to be read is given free.
#include <algorithm>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using ops::Edge;
using ops::Task;
using test::isaac;
using test::Sketch;
using workloads::Network;

/// A sliding window over an image.
struct Window {
  std::int64_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left, height, width;

  /// Calls visit(pixel) for every pixel of the image that output (y, x) reads.
  template <class F>
  void each(std::int64_t y, std::int64_t x, F visit) const {
    for (std::int64_t i = 0; i < kernel_h; ++i)
      for (std::int64_t j = 0; j < kernel_w; ++j) {
        const std::int64_t row = y * stride_h + i * dilation_h - pad_top;
        const std::int64_t column = x * stride_w + j * dilation_w - pad_left;
        if (row >= 0 && row < height && column >= 0 && column < width) visit(row, column);
      }
  }
};

/// The edges from a producer that makes pixels (or rows, when `by_rows`) to a consumer with this window.
void expect_exact(const Edge& edge, const Task& producer, const Task& consumer, const Window& w, bool by_rows) {
  const std::int64_t outputs = consumer.iterations, columns = edge.to_columns;
  std::vector<std::int64_t> last(static_cast<std::size_t>(outputs), -1), first(last.size(), producer.iterations);
  for (std::int64_t i = 0; i < outputs; ++i)
    w.each(i / columns, i % columns, [&](std::int64_t row, std::int64_t column) {
      const std::int64_t at = by_rows ? row : row * w.width + column;
      last[static_cast<std::size_t>(i)] = std::max(last[static_cast<std::size_t>(i)], at);
      first[static_cast<std::size_t>(i)] = std::min(first[static_cast<std::size_t>(i)], at);
    });
  std::int64_t oldest = producer.iterations;  // that this or a later iteration reads
  for (std::int64_t i = outputs; i-- > 0;) {
    // A whole block is free when its last iteration is done; before, what is still to be read must stay.
    const std::int64_t freed = edge.freed(producer, consumer, i);
    EXPECT_LE(freed, oldest) << "iteration " << i;
    if (i + 1 == outputs) {
      EXPECT_EQ(freed, producer.iterations);
    }
    oldest = std::min(oldest, first[static_cast<std::size_t>(i)]);
    const std::int64_t needed = edge.needed(producer, consumer, i);
    EXPECT_GE(needed, last[static_cast<std::size_t>(i)] + 1) << "iteration " << i << " starts before its inputs";
    // The gaps of a dilated window may lie on the image's edge; any other window waits for its last pixel only.
    if (w.dilation_h == 1 && w.dilation_w == 1) {
      EXPECT_EQ(needed, last[static_cast<std::size_t>(i)] + 1) << "iteration " << i << " waits for too much";
    }
  }
}

/// Whole numbers for the choice of a case.
class Dice {
 public:
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    std::uint32_t bits = 0;
    Stream({.seed = 5, .purpose = "dice"}).bits({0, 0, next_++}, {&bits, 1});
    return low + static_cast<std::int64_t>(bits % static_cast<std::uint32_t>(high - low + 1));
  }

 private:
  std::uint64_t next_ = 0;
};

Window random_window(Dice& dice) {
  Window w{};
  w.kernel_h = dice.roll(1, 4), w.kernel_w = dice.roll(1, 4);
  w.stride_h = dice.roll(1, 3), w.stride_w = dice.roll(1, 3);
  w.dilation_h = dice.roll(1, 2), w.dilation_w = dice.roll(1, 2);
  w.pad_top = dice.roll(0, w.dilation_h * (w.kernel_h - 1)), w.pad_left = dice.roll(0, w.dilation_w * (w.kernel_w - 1));
  w.height = dice.roll(7, 13), w.width = dice.roll(7, 13);
  return w;
}

/// A Conv2d or Pool2d with this window, padded on all sides alike.
template <class Op>
Op operator_of(const Window& w) {
  Op op;
  op.kernel_h = w.kernel_h, op.kernel_w = w.kernel_w, op.stride_h = w.stride_h, op.stride_w = w.stride_w;
  op.dilation_h = w.dilation_h, op.dilation_w = w.dilation_w;
  op.pad_top = op.pad_bottom = w.pad_top, op.pad_left = op.pad_right = w.pad_left;
  return op;
}

Sketch::Id windowed_conv(Sketch& s, Sketch::Id from, const Window& w) {
  auto op = operator_of<workloads::Conv2d>(w);
  op.in_channels = 3, op.out_channels = 4;
  return s.add("windowed", op, {from}, {.weights = s.constant({4, 3, w.kernel_h, w.kernel_w})});
}

/// Checks the edge into the only task whose name contains `consumer`.
void check(const Network& network, const std::string& consumer, const Window& w, bool by_rows) {
  const ops::Program program = test::map(network, isaac()).run;
  const ops::TaskId to = test::task_named(program, consumer);
  const Edge& edge = *std::ranges::find(program.edges, to, &Edge::to);
  expect_exact(edge, program.task(edge.from), program.task(to), w, by_rows);
}

constexpr int kRounds = 60;

TEST(Tokens, OfAConvolutionThatTheHostFeedsRowByRow) {
  Dice dice;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Window w = random_window(dice);
    Sketch s({1, 3, w.height, w.width});
    check(s.finish(windowed_conv(s, s.x, w)), "products", w, true);
  }
}

TEST(Tokens, OfAConvolutionThatATileFeedsPixelByPixel) {
  Dice dice;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Window w = random_window(dice);
    Sketch s({1, 3, w.height, w.width});
    check(s.finish(windowed_conv(s, s.conv(s.x, 3, 1, 1), w)), "windowed2 products", w, false);
  }
}

TEST(Tokens, OfAPooling) {
  Dice dice;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const Window w = random_window(dice);
    Sketch s({1, 3, w.height, w.width});
    const auto pooled = s.add("pool", operator_of<workloads::Pool2d>(w), {s.conv(s.x, 3, 1, 1)}, {});
    check(s.finish(pooled), "pooling", w, false);
  }
}

/// When the last inputs of a task have come and when it starts, in the closed form.
void expect_starts_after(const Network& network, const std::string& producer, const std::string& consumer) {
  const ops::Program program = test::map(network, isaac()).run;
  const ops::TimingResult cost = cost::evaluate(program);
  EXPECT_GE(cost.task_start[test::task_named(program, consumer).value()],
            cost.task_end[test::task_named(program, producer).value()]);
}

TEST(Tokens, AReshapeThatBreaksTheOrderOfPixelsWaitsForAllOfThem) {
  {
    Sketch s({1, 4, 8, 8});  // channels and pixels mix
    expect_starts_after(s.finish(s.conv(s.reshape(s.conv(s.x, 8, 1, 1), {1, 32, 4, 4}), 4, 3, 3)), "conv3 input",
                        "conv3 products");
  }
  {
    Sketch s({1, 4, 8, 8});  // height stays, width does not
    expect_starts_after(s.finish(s.conv(s.reshape(s.conv(s.x, 8, 1, 1), {1, 4, 8, 16}), 4, 3, 3)), "conv3 input",
                        "conv3 products");
  }
  {
    Sketch s({1, 4, 8, 8});  // an activation function in between keeps the broken order
    const auto relu = s.relu(s.reshape(s.conv(s.x, 8, 1, 1), {1, 32, 4, 4}));
    expect_starts_after(s.finish(s.conv(relu, 4, 3, 3)), "conv4 input", "conv4 products");
  }
  {
    Sketch s({1, 4, 4, 4});  // one operand of an addition comes by pixels, the other at once
    const auto pixels = s.flatten(s.conv(s.x, 4, 1, 1));
    expect_starts_after(s.finish(s.sum(s.dense(s.flatten(s.x), 64), pixels)), "conv1 activation", "addition");
  }
}

TEST(Tokens, AReshapeThatKeepsTheImageStreams) {
  Sketch s({1, 4, 8, 8});
  const auto flat = s.reshape(s.reshape(s.conv(s.x, 8, 1, 1), {1, 8, 8, 8}), {1, 8, 8, 8});
  const ops::Program program = test::map(s.finish(s.conv(flat, 4, 3, 3)), isaac()).run;
  const ops::TimingResult cost = cost::evaluate(program);
  EXPECT_LT(cost.task_start[test::task_named(program, "conv4 products").value()],
            cost.task_end[test::task_named(program, "conv1 products").value()]);
}

TEST(Tokens, WhatTilesCannotDoGoesToTheHost) {
  // An addition that broadcasts, a pooling behind a reshape, and a function that the machine lacks.
  std::vector<Network> networks;
  {
    Sketch s({1, 4, 6, 6});
    const auto a = s.conv(s.x, 8, 1, 1);
    networks.push_back(s.finish(s.sum(a, s.conv(a, 8, 6, 6))));
  }
  {
    Sketch s({1, 4, 8, 8});
    networks.push_back(s.finish(s.max_pool(s.reshape(s.conv(s.x, 8, 1, 1), {1, 2, 16, 16}), 2)));
  }
  {
    Sketch s({1, 4, 8, 8});
    networks.push_back(s.finish(s.unary(s.conv(s.x, 8, 1, 1), workloads::UnaryKind::kSigmoid)));
  }
  const ops::MachineSpec machine = isaac({"tile_functions=[relu, max_pool, add]"});
  for (const Network& network : networks) {
    const Mapped mapped = test::map(network, machine);
    ASSERT_EQ(mapped.host_layers.size(), 1u);
    const ops::TimingResult timing = test::play(mapped.run);
    const std::size_t task = test::task_named(mapped.run, "on host.cores").value();
    // Operands come from memory, 95 ns away, and the cores work for a clock or more.
    EXPECT_GE(timing.task_end[task] - timing.task_start[task], test::ns(95));
    EXPECT_EQ(timing.makespan, timing.task_end[task]);
  }
}

}  // namespace
}  // namespace cimera::mapping
