// ISAAC's static pipeline (Shafiee et al., ISCA 2016, figure 4b), and makespans worked out by hand. Times that the
// paper does not give come from models/catalog/isaac.yaml and cpu_ddr4.yaml and are typed here, not computed:
//   memory: 64 B bursts, one every 914,746 fs (76.8 GB/s x 0.911), latency 95 ns
//   chip link: 32 B packets, one every 1.25 ns (25.6 GB/s), latency 5 ns;  router: 4 B flits of 1 ns, latency 3 ns
//   tile: stages of 100 ns; 1 KiB a stage into the buffer and out of it
#include <gtest/gtest.h>

#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using test::isaac;
using test::ns;
using test::Overrides;
using test::Sketch;
using test::task_named;

/// The SystemC reading of a mapped network, by the names of its tasks.
struct Read {
  explicit Read(const Mapped& mapped) : program(mapped.run), timing(test::play(program)) {}
  Duration start(const std::string& task) const { return timing.task_start[task_named(program, task).value()]; }
  Duration end(const std::string& task) const { return timing.task_end[task_named(program, task).value()]; }

  const ops::Program& program;
  ops::TimingResult timing;
};

/// Where no two tasks want a unit at the same time, the closed form gives the same times.
void expect_closed_form(const Read& read) {
  const ops::TimingResult cost = cost::evaluate(read.program);
  EXPECT_EQ(cost.task_start, read.timing.task_start);
  EXPECT_EQ(cost.task_end, read.timing.task_end);
  EXPECT_EQ(cost.makespan, read.timing.makespan);
}

/// One layer of 128 rows x 16 outputs on one array, and a consumer in the same tile.
workloads::Network one_array_then_four() {
  Sketch s({1, 128});
  return s.finish(s.dense(s.relu(s.dense(s.x, 16)), 4));
}

TEST(IsaacPipeline, FirstResultIsInTheConsumersBufferAfter22Cycles) {
  const Mapped mapped = test::map(one_array_then_four(), isaac());
  ASSERT_EQ(mapped.used_tiles, 1);
  ASSERT_EQ(mapped.parts[0].last - mapped.parts[0].first, 1);
  const Read read(mapped);
  expect_closed_form(read);
  // 1 fetch, 16 reads (one per input bit), 3 to drain (last conversion, shift-and-add, output register).
  EXPECT_EQ(read.end("dense1 products") - read.start("dense1 products"), ns(20 * 100));
  EXPECT_EQ(read.end("dense1 activation") - read.start("dense1 products"), ns(21 * 100));
  EXPECT_EQ(read.end("dense3 input") - read.start("dense1 products"), ns(22 * 100));
}

/// A convolution of 8 channels x 4 x 4 = 128 rows to 16 outputs at `n` positions, and a consumer in the same tile.
workloads::Network positions(std::int64_t n) {
  Sketch s({1, 8, 4, n + 3});
  return s.finish(s.conv(s.relu(s.conv(s.x, 16, 4, 4)), 4, 1, 1));
}

TEST(IsaacPipeline, PositionsFollowEvery16Cycles) {
  for (const std::int64_t n : {1, 2, 3, 30, 200}) {
    const Mapped mapped = test::map(positions(n), isaac());
    const Read read(mapped);
    expect_closed_form(read);
    EXPECT_EQ(read.end("conv3 input") - read.start("conv1 products"), ns(2200 + (n - 1) * 1600)) << n << " positions";
  }
}

/// The same with other numbers of reads and stages of other lengths.
struct Variant {
  Overrides overrides;
  std::int64_t reads, stage_ns;
};

TEST(IsaacPipeline, ReadsAndStagesFollowTheMachine) {
  const std::vector<Variant> variants = {
      {{"precision.input_bits=8"}, 8, 100},
      {{"precision.dac_bits=2"}, 8, 100},
      {{"precision.input_bits=5", "precision.dac_bits=2"}, 3, 100},  // the last read takes the fifth bit alone
      {{"organisation.adcs_per_ima=2"}, 16, 400},                    // 1,024 columns / 2 at 1.28 GHz
      {{"pipeline.adc_rate=640 MHz"}, 16, 200},
      {{"pipeline.array_read=150 ns"}, 16, 150},
      {{"pipeline.adc_rate=12.8 GHz"}, 16, 100},  // then the array itself is the slowest
  };
  for (const Variant& v : variants) {
    const std::int64_t n = 5;
    const Mapped mapped = test::map(positions(n), isaac(v.overrides));
    const Read read(mapped);
    EXPECT_EQ(read.end("conv3 input") - read.start("conv1 products"), ns((6 + n * v.reads) * v.stage_ns))
        << v.overrides[0];
  }
}

TEST(IsaacPipeline, ConsumersOfEqualRateNeverHoldTheirProducerBack) {
  // The first layer is as slow as the second, whose buffer must therefore take every result at once.
  struct Consumer {
    std::int64_t kernel_h, kernel_w, height, width;
    Sketch::Conv more;
  };
  const std::vector<Consumer> consumers = {
      {1, 1, 6, 16, {}},
      {3, 3, 6, 16, {.pad = 1}},
      {3, 3, 7, 16, {}},
      {3, 3, 8, 16, {.stride = 2, .pad = 1}},
      {2, 2, 8, 16, {.stride = 2}},
      {3, 1, 40, 1, {}},
      {5, 5, 8, 9, {}},
  };
  for (const int bits : {16, 4, 3, 2})
    for (const Consumer& c : consumers) {
      Sketch s({1, 8, c.height, c.width});
      const workloads::Network network = s.finish(s.conv(s.conv(s.x, 16, 1, 1), 16, c.kernel_h, c.kernel_w, c.more));
      const Mapped mapped = test::map(network, isaac({"precision.input_bits=" + std::to_string(bits)}));
      const Read read(mapped);
      const std::int64_t n = c.height * c.width;
      EXPECT_EQ(read.end("conv1 products") - read.start("conv1 products"), ns((1 + n * bits + 3) * 100))
          << bits << " reads, kernel " << c.kernel_h << " x " << c.kernel_w << ", width " << c.width;
    }
}

TEST(IsaacPipeline, WholeMakespanOfTwoDenseLayersByHand) {
  const Mapped mapped = test::map(one_array_then_four(), isaac());
  const Read read(mapped);
  expect_closed_form(read);
  // 128 x 16 bits from the host: 4 bursts, 8 packets, 64 flits, one stage of writing.
  //   memory   head leaves at 0.914746 + 95 = 95.914746
  //   link     arrives 95.914746 + 1.25 + 5 = 102.164746
  //   router   arrives 102.164746 + 1 + 3 = 106.164746; the last of 64 flits at 102.164746 + 64 + 3 = 169.164746
  //   write    one stage after the last flit: 269.164746
  const Duration in = Duration::fs(269'164'746);
  EXPECT_EQ(read.start("dense1 input"), Duration());
  EXPECT_EQ(read.end("dense1 input"), in);
  EXPECT_EQ(read.start("dense1 products"), in);
  // Twice fetch + 16 reads + 3 to drain + activation, and the write between the layers.
  const Duration out = in + ns(2100 + 100 + 2100);
  EXPECT_EQ(read.start("output of tile 0 to the host"), out);
  // 4 x 16 bits to the host: 2 flits, 1 packet, 1 burst.
  //   router   the last flit arrives at 2 + 3 = 5;  link: 5 + 1.25 + 5 = 11.25;  memory: 11.25 + 0.914746 + 95
  EXPECT_EQ(read.timing.makespan, out + Duration::fs(107'164'746));
  EXPECT_EQ(read.timing.makespan, Duration::fs(4'676'329'492));
}

TEST(IsaacPipeline, WholeMakespanOfTwoConvolutionsByHand) {
  // 8 x 5 x 7 -> (4 x 4) -> 16 x 2 x 4 -> (1 x 2) -> 8 x 2 x 3; both layers in one tile.
  Sketch s({1, 8, 5, 7});
  const workloads::Network network = s.finish(s.conv(s.relu(s.conv(s.x, 16, 4, 4)), 8, 1, 2));
  const Mapped mapped = test::map(network, isaac());
  const Read read(mapped);
  expect_closed_form(read);
  // A row of the image is 7 x 8 x 16 bits: 2 bursts, 4 packets, 28 flits. Alone it takes
  //   memory 0.914746 + 95, link + 1.25 + 5, router + 28 + 3, write + 100 = 233.164746
  // and two rows are under way at a time:
  //   row 0  0 .. 233.164746
  //   row 1  writes behind row 0: .. 333.164746
  //   row 2  sent when row 0 is done: 233.164746 + 233.164746 = 466.329492
  //   row 3  sent when row 1 is done; its last flit is there at 333.164746 + 133.164746 = 466.329492, just when the
  //          write of row 2 ends: .. 566.329492
  //   row 4  sent when row 2 is done: 466.329492 + 233.164746 = 699.494238
  EXPECT_EQ(read.end("conv1 input"), Duration::fs(699'494'238));
  // The first window needs rows 0..3; row 4 is there long before the fifth position needs it.
  const Duration first = Duration::fs(566'329'492);
  EXPECT_EQ(read.start("conv1 products"), first);
  EXPECT_EQ(read.end("conv1 products"), first + ns(100 + 8 * 1600 + 300));
  // The second layer's first window needs positions 0 and 1, its last the eighth.
  EXPECT_EQ(read.start("conv3 products"), first + ns(2200 + 1600));
  const Duration last_in = first + ns(2200 + 7 * 1600);
  EXPECT_EQ(read.end("conv3 input"), last_in);
  EXPECT_EQ(read.end("conv3 activation"), last_in + ns(100 + 1600 + 300 + 100));
  // 8 x 16 bits: 4 flits, 1 packet, 1 burst: 4 + 3, + 1.25 + 5, + 0.914746 + 95.
  EXPECT_EQ(read.timing.makespan, last_in + ns(2100) + Duration::fs(109'164'746));
  EXPECT_EQ(read.timing.makespan, Duration::fs(16'175'494'238));
}

TEST(IsaacPipeline, PartialSumsOfATileAreJoinedWithoutAStageOfTheirOwn) {
  // 1,000 rows in 8 row blocks on one unit: 16,000 bits are fetched in two stages, all else is as with one array.
  Sketch s({1, 1000});
  const Mapped mapped = test::map(s.finish(s.dense(s.dense(s.x, 16), 4)), isaac());
  ASSERT_EQ(mapped.parts[0].last, 8);
  const Read read(mapped);
  EXPECT_EQ(read.end("dense2 input") - read.start("dense1 products"), ns((2 + 16 + 3 + 1 + 1) * 100));
}

TEST(IsaacPipeline, PartialSumsFromAnotherTileTakeTheirWayAndAreAdded) {
  // One array per tile, so the second row block lies in tile 1, which shares the router of tile 0.
  const Overrides tiny = {"organisation.imas_per_tile=1", "organisation.arrays_per_ima=1",
                          "organisation.adcs_per_ima=1"};
  Sketch s({1, 256});
  const Mapped mapped = test::map(s.finish(s.dense(s.x, 16)), isaac(tiny));
  ASSERT_EQ(mapped.parts.size(), 2u);
  const Read read(mapped);
  // 16 sums of 16 + 16 + 7 bits over one row block: 624 bits are 20 flits through one router (20 + 3 ns), then one
  // stage of adding.
  const Duration moved = read.end("products in tile 1") + ns(23);
  EXPECT_EQ(read.end("partial sums to tile 0"), moved);
  EXPECT_EQ(read.end("partial sums added in tile 0"), moved + ns(100));
  EXPECT_EQ(read.start("activation in tile 0"), moved + ns(100));
}

TEST(IsaacPipeline, PartialSumsOfSeveralRowBlocksAreWider) {
  // 640 rows are 5 blocks of 128; units of 2 arrays hold blocks 0-1, 2-3 and 4 of the one column of arrays.
  Sketch s({1, 640});
  const Mapped mapped = test::map(
      s.finish(s.dense(s.x, 16)),
      isaac({"organisation.imas_per_tile=1", "organisation.arrays_per_ima=2", "organisation.adcs_per_ima=2"}));
  std::vector<std::int64_t> bits;
  for (const ops::Task& task : mapped.run.tasks)
    if (const auto* move = std::get_if<ops::Transfer>(&task.op.work);
        move && move->what == ops::Transfer::What::kPartialSums)
      bits.push_back(move->element_bits);
  EXPECT_EQ(bits, (std::vector<std::int64_t>{16 + 16 + 7 + 1, 16 + 16 + 7}));
}

TEST(IsaacPipeline, PoolingReadsItsWindowsFromTheTileBuffer) {
  // 16 channels x 6 x 8 -> (2 x 2) -> 3 x 4; the convolution before it is as fast as any: one pixel in 1.6 us.
  Sketch s({1, 8, 6, 8});
  const Mapped mapped = test::map(s.finish(s.max_pool(s.relu(s.conv(s.x, 16, 1, 1)), 2)), isaac());
  const Read read(mapped);
  const ops::Counts& counts = read.timing.layer_counts[2];
  EXPECT_EQ(counts[ops::Event::kEdramWriteBits], 16 * 48 * 16);  // every result of the convolution
  EXPECT_EQ(counts[ops::Event::kEdramReadBits], 16 * 48 * 16);   // once, since the windows do not overlap
  EXPECT_EQ(counts[ops::Event::kPoolOutputs], 16 * 12);
  // The last window needs the last pixel: activation, write, fetch, pool.
  EXPECT_EQ(read.end("pool3 input"), read.end("activation in tile 0") + ns(100));
  EXPECT_EQ(read.end("pooling"), read.end("activation in tile 0") + ns(300));
}

TEST(IsaacPipeline, OverlappingWindowsAreReadAgain) {
  // 3 x 3 windows, stride 1, padding 1 on 4 x 5 pixels: rows are seen 2 + 3 + 3 + 2 times, columns 2 + 3 + 3 + 3 + 2.
  Sketch s({1, 8, 4, 5});
  workloads::Pool2d op{.kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};
  const Mapped mapped = test::map(s.finish(s.add("pool", op, {s.conv(s.x, 16, 1, 1)}, {})), isaac());
  const ops::Counts counts = cost::evaluate(mapped.run).layer_counts[1];
  EXPECT_EQ(counts[ops::Event::kEdramReadBits], 16 * 10 * 13 * 16);
  EXPECT_EQ(counts[ops::Event::kEdramWriteBits], 16 * 20 * 16);
}

/// x -> conv -> relu = a; a -> conv 3 x 3 -> relu -> conv 3 x 3 = b; a + b. 16 channels, 10 x 12 pixels.
workloads::Network residual() {
  Sketch s({1, 8, 10, 12});
  const auto a = s.relu(s.conv(s.x, 16, 1, 1));
  const auto b = s.conv(s.relu(s.conv(a, 16, 3, 3, {.pad = 1})), 16, 3, 3, {.pad = 1});
  return s.finish(s.sum(b, a));
}

TEST(IsaacPipeline, OperandsOfAnAdditionWaitInTheTileBuffer) {
  const Mapped mapped = test::map(residual(), isaac());
  std::vector<std::int64_t> held;
  for (const ops::Edge& edge : mapped.run.edges)
    if (edge.to == task_named(mapped.run, "addition")) held.push_back(edge.capacity);
  // b is two windows of 3 x 3 behind a: two rows of 12 and two pixels; three positions under way in each of two layers;
  // and two pixels for each.
  EXPECT_EQ(held, (std::vector<std::int64_t>{2, 2 * 12 + 2 + 2 * 3 + 2}));
  const Read read(mapped);
  const ops::Counts& counts = read.timing.layer_counts[5];
  EXPECT_EQ(counts[ops::Event::kEdramWriteBits], 2 * 16 * 120 * 16);
  EXPECT_EQ(counts[ops::Event::kEdramReadBits], 2 * 16 * 120 * 16);
  EXPECT_EQ(counts[ops::Event::kTileShiftAdds], 16 * 120);
}

TEST(IsaacPipeline, BuffersOfAnAdditionHoldNobodyBack) {
  // With any room in the buffer before the addition, nothing would happen earlier.
  const Mapped mapped = test::map(residual(), isaac());
  Mapped free = mapped;
  for (ops::Edge& edge : free.run.edges)
    if (edge.to == task_named(free.run, "addition")) edge.capacity = 0;
  EXPECT_EQ(test::play(mapped.run).task_end, test::play(free.run).task_end);
  // Two rows less, and the first operand has to wait.
  for (ops::Edge& edge : free.run.edges)
    if (edge.to == task_named(free.run, "addition")) edge.capacity = 10;
  EXPECT_NE(test::play(mapped.run).task_end, test::play(free.run).task_end);
}

TEST(IsaacPipeline, AdditionsStayInTilesBehindAnOperandOfTheHost) {
  // The skip connection goes through an average that only the host computes.
  Sketch s({1, 8, 6, 6});
  const auto a = s.relu(s.conv(s.x, 16, 1, 1));
  const auto skip = s.pool(a, workloads::Pool2d::Kind::kAverage, 1, 2);
  const auto sum = s.relu(s.sum(skip, s.conv(a, 16, 1, 1, {.stride = 2})));
  const auto next = s.relu(s.sum(s.conv(sum, 16, 1, 1), sum));
  const Mapped mapped = test::map(s.finish(next), isaac());
  EXPECT_EQ(mapped.host_layers, std::vector<std::string>{"pool3"});
  const Read read(mapped);
  EXPECT_GE(read.start("add5 addition"), read.end("pool3 on host.cores"));
}

}  // namespace
}  // namespace cimera::mapping
