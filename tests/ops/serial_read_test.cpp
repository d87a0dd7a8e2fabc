// Reads that integrate the bits of an input one after another: counts and times of NeuRRAM by hand.
#include "models/ops/serial_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/machine.h"
#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

TEST(SerialRead, LongInputsAreDrivenInTwoPhases) {
  EXPECT_EQ(phase_bits(1, 3), 3);
  EXPECT_EQ(phase_bits(3, 3), 3);
  EXPECT_EQ(phase_bits(4, 3), 2);
  EXPECT_EQ(phase_bits(7, 3), 4);
}

/// Bits of results and of inputs without their sign, and what a product takes.
struct Case {
  int result_bits, input_bits;
  std::int64_t phases, planes, integrations, decisions, ns;
};

class Neurram : public ::testing::TestWithParam<Case> {
 protected:
  CrossbarMachine machine(const Case& c) const {
    const std::string overrides[] = {"precision.adc_bits=" + std::to_string(c.result_bits),
                                     "precision.input_bits=" + std::to_string(c.input_bits)};
    return *load_machine("wan_nature_2022", overrides).crossbar();
  }
};

TEST_P(Neurram, CountsAndTimesByHand) {
  const Case& c = GetParam();
  const CrossbarMachine m = machine(c);
  const SerialCounts n = m.serial(m.config());
  EXPECT_EQ(n.phases, c.phases);
  EXPECT_EQ(n.planes, c.planes);
  EXPECT_EQ(n.integrations, c.integrations);
  EXPECT_EQ(n.decisions, c.decisions);
  EXPECT_EQ(m.config().steps(), c.phases);
  EXPECT_EQ(m.step(), Duration::fs(30'000'000));  // the greatest time of which 270 and 300 ns are multiples
  EXPECT_EQ(m.product_time(m.config()), Duration::fs(c.ns * 1'000'000));

  const Counts tile = full_tile_events(m);
  EXPECT_EQ(tile[Event::kRowDrives], 128 * c.phases);
  EXPECT_EQ(tile[Event::kRowPlanes], 128 * c.planes);
  EXPECT_EQ(tile[Event::kColumnPlanes], 256 * c.planes);
  EXPECT_EQ(tile[Event::kAdcConversions], 256 * c.phases);
  EXPECT_EQ(tile[Event::kAdcDecisions], 256 * c.decisions);
}

// Time: 270 ns an integration, 300 ns a decision, 300 ns a phase. Two phases of 3 bits: 2 x 7 integrations, 9 decisions
// and then 9 - 3.
INSTANTIATE_TEST_SUITE_P(Rows, Neurram,
                         ::testing::Values(Case{3, 1, 1, 1, 1, 3, 1470}, Case{5, 2, 1, 2, 3, 5, 2610},
                                           Case{6, 3, 1, 3, 7, 6, 3990}, Case{7, 4, 2, 4, 6, 12, 5820},
                                           Case{9, 6, 2, 6, 14, 15, 8880}, Case{10, 7, 2, 7, 22, 16, 11340}),
                         [](const auto& info) { return "bits_" + std::to_string(info.param.input_bits); });

TEST(SerialRead, ASignTakesAStepOfItsOwnAndEveryPhaseADecision) {
  const CrossbarMachine m = *load_machine("wan_nature_2022").crossbar();
  const SerialCounts n = serial_counts(m.config(4, 7, true));  // 3 + 3 bits and the sign
  EXPECT_EQ(n.phases, 3);
  EXPECT_EQ(n.planes, 7);
  EXPECT_EQ(n.integrations, 15);
  EXPECT_EQ(n.decisions, 10 + 7 + 4);
  const SerialCounts few = serial_counts({.input_bits = 6, .dac_bits = 3, .adc_bits = 2});
  EXPECT_EQ(few.decisions, 2 + 1);
}

TEST(SerialRead, OtherMachinesCountNoneOfIt) {
  const CrossbarMachine isaac = *load_machine("isaac").crossbar();
  EXPECT_EQ(isaac.beats(isaac.config()), 16);
  EXPECT_EQ(isaac.serial(isaac.config()).planes, 0);
  const Counts tile = full_tile_events(isaac);
  for (const Event event : {Event::kRowPlanes, Event::kColumnPlanes, Event::kAdcDecisions}) EXPECT_EQ(tile[event], 0);
}

TEST(SerialRead, StepsWithoutInputsAreNotSkipped) {
  EXPECT_THAT(error_text([] {
                const std::string overrides[] = {"pipeline.zero_steps=skipped"};
                load_machine("wan_nature_2022", overrides);
              }),
              testing::HasSubstr("`serial` goes with `zero_steps: driven`"));
}

}  // namespace
}  // namespace cimera::ops
