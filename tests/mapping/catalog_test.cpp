// Networks of the catalog on whole machines: jumping over images, images under way at once, what the default fidelity
// allows, and how large a Program gets.
#include <gtest/gtest.h>

#include "models/ops/serialize.h"
#include "study/networks.h"
#include "study/reading.h"
#include "tests/ops/compare.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using study::Fidelity;
using study::least_passages;
using study::Periods;
using test::isaac;
using test::ns;
using test::Overrides;
using workloads::Network;
using workloads::Phase;

Network catalog(const std::string& name, const workloads::TransformerUse& use = {}) {
  return study::load_network({.network = name, .layer = {}, .use = use}).network;
}

ops::MachineSpec machine_named(const std::string& name, const Overrides& overrides) {
  return ops::load_machine(name, overrides);
}

/// A network of the catalog, a machine, and the images of a batch.
struct Case {
  const char *name, *network, *machine;
  Overrides overrides;
  workloads::TransformerUse use;
  std::int64_t batch;
  bool jumps;  ///< whether images come to repeat earlier ones exactly

  Mapped map(std::int64_t images) const {
    return test::map(catalog(network, use), machine_named(machine, overrides), images);
  }
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

std::string name_of_case(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

class CatalogPeriods : public ::testing::TestWithParam<Case> {};

TEST_P(CatalogPeriods, SkippingAgreesWithPlayingInTimesCountsAndJoules) {
  const Case& c = GetParam();
  const Mapped mapped = c.map(c.batch);
  const ops::TimingResult played = test::play(mapped.run, false), skipped = test::play(mapped.run, true);
  EXPECT_EQ(ops::difference(mapped.run, played, skipped), "");
  EXPECT_EQ(played.skipped_blocks, 0);
  EXPECT_EQ(skipped.skipped_blocks > 0, c.jumps);
  const ops::TimingResult whole = cost::evaluate(mapped.run, false), jumped = cost::evaluate(mapped.run, true);
  EXPECT_EQ(ops::difference(mapped.run, whole, jumped), "");
  for (const auto& [a, b] : {std::pair(played, skipped), std::pair(whole, jumped)}) {
    const ops::Ledger all = ops::settle(mapped.run, a, mapped.prices), some = ops::settle(mapped.run, b, mapped.prices);
    EXPECT_EQ(all.total, some.total);
    EXPECT_EQ(all.by_component, some.by_component);
    EXPECT_EQ(all.by_layer, some.by_layer);
    EXPECT_EQ(all.counts, some.counts);
  }
  // The closed form is a lower bound, and counts the same operations.
  EXPECT_LE(whole.makespan, played.makespan);
  for (std::size_t layer = 0; layer < whole.layer_counts.size(); ++layer)
    EXPECT_EQ(ops::program_operations(whole.layer_counts[layer]), ops::program_operations(played.layer_counts[layer]));
}

const Case kLenet{"lenet5", "lenet5", "isaac", {}, {}, 8, true};
const Case kResnet18{"resnet18", "resnet18", "isaac", {}, {}, 6, true};
const Case kResnet50{"resnet50", "resnet50", "isaac", {}, {}, 5, true};
// Its pipeline fills for five images, and no two of the next ones find all shared units alike.
const Case kMobilenet{"mobilenetv2", "mobilenetv2", "isaac", {}, {}, 6, false};

INSTANTIATE_TEST_SUITE_P(
    Networks, CatalogPeriods,
    ::testing::Values(kLenet, kResnet18, kResnet50, kMobilenet,
                      Case{"lenet5_layered", "lenet5", "isaac", {"schedule=layered"}, {}, 8, true},
                      Case{"resnet18_layered", "resnet18", "isaac", {"schedule=layered"}, {}, 6, true},
                      // Activations meet in the host, which has no buffers that hold the arrays back: nothing repeats.
                      Case{
                          "bert_base", "bert_base", "isaac", {"organisation.chips=6"}, {Phase::kPrefill, 16}, 6, false},
                      Case{"resnet50_cpu", "resnet50", "cpu_ddr4", {}, {}, 16, false},
                      Case{"bert_base_cpu", "bert_base", "cpu_ddr4", {}, {}, 8, false}),
    name_of_case);

/// What the slowest layer of each takes: positions of its output x 1.6 us. What the closed form does not know, waits
/// for shared units, moves an end by at most `moved` positions: one, or more where activations go to the host.
struct Pipelined {
  Case run;
  std::int64_t positions, moved = 1;
};

void PrintTo(const Pipelined& p, std::ostream* os) { *os << p.run.name; }

class CatalogPipeline : public ::testing::TestWithParam<Pipelined> {};

TEST_P(CatalogPipeline, ImagesFollowAtTheRateOfTheSlowestLayer) {
  const auto& [c, positions, moved] = GetParam();
  const Mapped many = c.map(c.batch);
  const ops::TimingResult timing = test::play(many.run), cost = cost::evaluate(many.run);
  const Duration period = ns(positions * 1600), first = timing.block_end[0];
  ASSERT_EQ(timing.block_end.size(), static_cast<std::size_t>(c.batch));
  for (std::size_t b = 1; b < timing.block_end.size(); ++b) {
    EXPECT_EQ(cost.block_end[b] - cost.block_end[b - 1], period) << "image " << b;
    // The last image has none behind it, and may end sooner after the one before.
    EXPECT_GE(timing.block_end[b] - timing.block_end[b - 1], period - ns(1600) * moved) << "image " << b;
    EXPECT_LE(timing.block_end[b] - timing.block_end[b - 1], period + ns(1600) * moved) << "image " << b;
  }
  EXPECT_EQ(timing.block_end.back(), timing.makespan);
  EXPECT_EQ(cost.makespan, cost.block_end[0] + period * (c.batch - 1));
  // Images one after the other take their whole latency each, and longer still layer by layer.
  Case layered = c;
  layered.overrides.push_back("schedule=layered");
  const Duration alone = test::play(c.map(1).run).makespan, by_layer = test::play(layered.map(1).run).makespan;
  EXPECT_LT(timing.makespan, alone * c.batch);
  EXPECT_LT(alone, by_layer);
  // What runs together with the second image moves the first one's end by less than that, too.
  EXPECT_GE(first, alone);
  EXPECT_LE(first, alone + ns(1600) * moved * (c.batch - 1));
}

INSTANTIATE_TEST_SUITE_P(Networks, CatalogPipeline,
                         ::testing::Values(Pipelined{kLenet, 28 * 28}, Pipelined{kResnet18, 112 * 112},
                                           Pipelined{kResnet50, 112 * 112}, Pipelined{kMobilenet, 112 * 112, 64}),
                         [](const auto& info) { return std::string(info.param.run.name); });

/// Whether SystemC is done with at most `most` passages.
bool finishes(const ops::Program& program, bool skip, double most) {
  return study::time_in_worker({program, skip, {}, static_cast<std::int64_t>(most)}).finished;
}

TEST(CatalogFidelity, PassagesThatAutoExpectsAreThosePlayed) {
  for (const Case& c : {kLenet, kResnet18}) {
    SCOPED_TRACE(c.name);
    const Mapped mapped = c.map(c.batch);
    const double all = least_passages(mapped.run, false), one = all / static_cast<double>(c.batch);
    EXPECT_TRUE(finishes(mapped.run, false, all));
    EXPECT_FALSE(finishes(mapped.run, false, all - 1));
    // Where images repeat, two are expected; those that fill the pipeline come to that.
    const double expected = least_passages(mapped.run, true);
    const auto skipped = static_cast<double>(test::play(mapped.run, true).skipped_blocks);
    EXPECT_EQ(expected, 2 * one);
    EXPECT_FALSE(finishes(mapped.run, true, expected - 1));
    EXPECT_TRUE(finishes(mapped.run, true, all - skipped * one));
    EXPECT_LE(all - skipped * one, 2 * expected);
  }
}

TEST(CatalogFidelity, AutoPlaysUpToItsBudget) {
  // 419,000 passages an image: 20 million are 47 images, or any number where images that repeat are jumped over.
  const double image = least_passages(kResnet18.map(1).run, false);
  const auto fit = static_cast<std::int64_t>(double{study::kMostPassages} / image);
  const Mapped within = kResnet18.map(fit), beyond = kResnet18.map(fit + 1);
  EXPECT_LE(least_passages(within.run, false), double{study::kMostPassages});
  EXPECT_GT(least_passages(beyond.run, false), double{study::kMostPassages});
  EXPECT_EQ(study::read_program(beyond.run, Fidelity::kAuto, Periods::kPlay).evaluator, study::Evaluator::kCost);
  const study::Reading reading = study::read_program(beyond.run, Fidelity::kAuto, Periods::kSkip);
  EXPECT_EQ(reading.evaluator, study::Evaluator::kTiming);
  EXPECT_GT(reading.result.skipped_blocks, fit / 2);
  EXPECT_GE(reading.gap(), 0.0);
}

std::size_t bytes(const ops::Program& program) { return ops::to_bytes(ops::TimingRequest{.program = program}).size(); }

/// A network, the machine that it needs, and what its Program may take: about a third more than when this was written.
struct Size {
  const char *name, *network, *machine;
  Overrides overrides;
  workloads::TransformerUse use, longer;
  std::size_t tasks;  ///< at most
};

void PrintTo(const Size& s, std::ostream* os) { *os << s.name; }

class CatalogSize : public ::testing::TestWithParam<Size> {};

TEST_P(CatalogSize, GrowsNeitherWithTheBatchNorWithTheTokens) {
  const Size& s = GetParam();
  const ops::MachineSpec machine = machine_named(s.machine, s.overrides);
  const Mapped two = test::map(catalog(s.network, s.use), machine, 2);
  const std::int64_t batch = machine.crossbar() ? 16 : 4;  // caches are played longer for a large one
  const Mapped many = test::map(catalog(s.network, s.use), machine, batch);
  const Mapped more = test::map(catalog(s.network, s.use), machine, 4 * batch);
  EXPECT_LE(many.run.tasks.size(), s.tasks);
  EXPECT_LE(bytes(many.run), 1200 * many.run.tasks.size());
  EXPECT_EQ(more.run.tasks.size(), many.run.tasks.size());
  EXPECT_EQ(more.run.edges.size(), many.run.edges.size());
  EXPECT_EQ(bytes(more.load), bytes(two.load));
  EXPECT_EQ(many.run.tasks.size(), two.run.tasks.size());
  if (!s.use.asked()) return;
  const Mapped longer = test::map(catalog(s.network, s.longer), machine, 2);
  EXPECT_LE(longer.run.tasks.size(), s.tasks);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, CatalogSize,
    ::testing::Values(Size{"resnet50", "resnet50", "isaac", {}, {}, {}, 1800},
                      Size{"vgg16", "vgg16", "isaac", {"organisation.chips=5"}, {}, {}, 41'000},
                      Size{"alexnet", "alexnet", "isaac", {"organisation.chips=5"}, {}, {}, 28'000},
                      Size{"bert_base",
                           "bert_base",
                           "isaac",
                           {"organisation.chips=6"},
                           {Phase::kPrefill, 16},
                           {Phase::kPrefill, 128},
                           2600},
                      Size{"gpt2_xl",
                           "gpt2_xl",
                           "isaac",
                           {"organisation.chips=50"},
                           {Phase::kDecode, 16},
                           {Phase::kDecode, 1000},
                           75'000},
                      Size{"resnet50_cpu", "resnet50", "cpu_ddr4", {}, {}, {}, 600},
                      Size{
                          "gpt3_cpu", "gpt3_175b", "cpu_ddr4", {}, {Phase::kDecode, 16}, {Phase::kDecode, 2048}, 9500}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace cimera::mapping
