// Energies that depend on data: sums that are exact, what a component may be charged, and what the ledger makes of it.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/ledger.h"
#include "models/ops/machine.h"
#include "tests/core/error_text.h"
#include "tests/ops/sketch.h"

namespace cimera::ops {
namespace {

using namespace literals;
using ::testing::HasSubstr;

// The exact sum.

TEST(JouleSum, IsExactWhereDoublesRound) {
  const JouleSum large(900_uJ), small(Joules::si(0x1p-90));
  double rounded = 900e-6;
  JouleSum up = large;
  for (int i = 0; i < 1000; ++i) up.add(small, 1 << 20), rounded += 0x1p-70;
  EXPECT_EQ(rounded, 900e-6);
  JouleSum down;
  for (int i = 0; i < 1000; ++i) down.add(small, 1 << 20);
  down += large;
  EXPECT_EQ(up, down);
  EXPECT_NEAR(up.joules().si() - large.joules().si(), 1000 * 0x1p-70, 0x1p-62);  // a rounding of 900 uJ as a double
}

TEST(JouleSum, KeepsATermToItsStep) {
  for (const double joules : {0.0, 3e-20, 1.234567e-12, 0x1p-10})
    EXPECT_NEAR(JouleSum(Joules::si(joules)).joules().si(), joules, joules * 0x1p-52 + 0x1p-111);
}

TEST(JouleSum, RefusesWhatIsNoEnergyOrTooMuch) {
  EXPECT_EQ(error_text([] { JouleSum(2_mJ); }), "[run] a term of a sum of energies is 2 mJ: must be in 0 .. 1 mJ");
  EXPECT_THAT(error_text([] { JouleSum(-1_pJ); }), HasSubstr("must be in 0 .. 1 mJ"));
  EXPECT_THAT(error_text([] { JouleSum(Joules::si(std::nan(""))); }), HasSubstr("must be in 0 .. 1 mJ"));
  JouleSum sum;
  EXPECT_EQ(error_text([&] {
              for (;;) sum.add(JouleSum(976_uJ), 1 << 26);
            }),
            "[run] a sum of energies passes 1e5 J");
  EXPECT_NEAR(sum.joules().si(), 0x1p17, 0x1p16);
}

// Which measures there are, and who may be charged one.

TEST(Measure, TableIsInOrderAndNamesProgramOperations) {
  for (std::size_t i = 0; i < kMeasureCount; ++i) {
    const MeasureInfo& row = measure_table()[i];
    EXPECT_EQ(row.measure, Measure(i));
    EXPECT_EQ(info(row.event).kind, EventClass::kProgram);
    EXPECT_FALSE(row.name.empty() || row.meaning.empty());
  }
}

std::string refusal(std::vector<std::string> overrides) {
  return error_text([&] { load_machine("isaac", overrides); });
}

TEST(Measure, IsacsArraysCanBeChargedIt) {
  const std::string overrides[] = {"components.array.charge=measured", "components.array.measure=cell_read"};
  const MachineSpec isaac = load_machine("isaac", overrides);
  EXPECT_TRUE(charges(isaac.components(), Measure::kCellRead));
  EXPECT_FALSE(charges(load_machine("isaac").components(), Measure::kCellRead));
  // Its peak is still that of the table of powers.
  EXPECT_EQ(peak(*isaac.crossbar()).power, peak(*load_machine("isaac").crossbar()).power);
}

TEST(Measure, AComponentThatLacksSomethingIsRefused) {
  EXPECT_THAT(refusal({"components.array.charge=measured"}),
              HasSubstr("`charge: measured` and `measure` go together; measures: cell_read of array_reads ("));
  EXPECT_THAT(refusal({"components.array.measure=cell_read"}), HasSubstr("go together"));
  EXPECT_THAT(refusal({"components.array.charge=measured", "components.array.measure=cell_reads"}),
              HasSubstr("did you mean 'cell_read'?"));
  EXPECT_THAT(refusal({"components.adc.charge=measured", "components.adc.measure=cell_read"}),
              HasSubstr("a measured component lists the event of its measure and no other: cell_read of array_reads"));
  EXPECT_THAT(refusal({"components.array.charge=measured", "components.array.measure=cell_read",
                       "components.array.energy=1 pJ"}),
              HasSubstr("`energy` goes with it alone"));
}

// The ledger.

Component measured_component() {
  Component c;
  c.per = "tile", c.charge = Charge::kMeasured, c.measure = Measure::kCellRead;
  c.events = {Event::kArrayReads};
  c.power = 1_W, c.area = SquareMetres();
  return c;
}

Component priced(std::vector<Event> events, Joules energy) {
  Component c;
  c.per = "tile", c.events = std::move(events), c.energy = energy;
  return c;
}

/// Two layers on arrays and one that has none. The functional reading saw half as many images as are run.
struct Example {
  Program program = Sketch().program;
  TimingResult result;
  ComponentTable table{{"array", measured_component()}, {"adc", priced({Event::kAdcConversions}, 2_pJ)}};
  OpStats stats{3};

  Example() {
    program.layer_names = {"first", "relu", "second"};
    result.layer_counts.resize(3);
    result.layer_counts[0][Event::kArrayReads] = 1000;
    result.layer_counts[0][Event::kAdcConversions] = 700;
    result.layer_counts[2][Event::kArrayReads] = 60;
    stats.layer_measured[0][Measure::kCellRead] = {500, JouleSum(40_pJ)};
    stats.layer_measured[2][Measure::kCellRead] = {30, JouleSum(7_pJ)};
  }

  PriceList prices() const {
    PriceList prices;
    prices.add(table, {{"tile", 5}}, "", true);
    return prices;
  }
  Ledger ledger() const { return settle(program, result, prices(), &stats); }
};

TEST(MeasuredLedger, ScalesToTheEventsOfTheRun) {
  const Ledger ledger = Example().ledger();
  EXPECT_NEAR(ledger.by_component.at("array").in(1_pJ), 80 + 14, 1e-9);
  EXPECT_NEAR(ledger.by_layer[0].in(1_pJ), 80 + 1400, 1e-9);
  EXPECT_NEAR(ledger.by_layer[2].in(1_pJ), 14, 1e-9);
  EXPECT_EQ(ledger.by_layer[1], Joules());
  EXPECT_NEAR(ledger.total.value().in(1_pJ), 1494, 1e-9);
}

TEST(MeasuredLedger, NeedsDataOnlyForWhatIsCounted) {
  Example e;
  const std::string text =
      "component 'array' is charged cell_read, which is measured on data, and there are none: give data, or charge it "
      "for events";
  EXPECT_EQ(error_text([&] { settle(e.program, e.result, e.prices()); }), text);
  EXPECT_EQ(error_text([&] { check_priced(e.result, e.prices(), false); }), text);
  EXPECT_EQ(error_text([&] { check_priced(e.result, e.prices(), true); }), "no error");
  e.result.layer_counts[0][Event::kArrayReads] = e.result.layer_counts[2][Event::kArrayReads] = 0;
  EXPECT_NEAR(settle(e.program, e.result, e.prices()).total.value().in(1_pJ), 1400, 1e-9);
}

TEST(MeasuredLedger, WhatWasNotMeasuredIsNotFree) {
  Example e;
  e.stats.layer_measured[2][Measure::kCellRead] = {};
  EXPECT_EQ(error_text([&] { e.ledger(); }),
            "[run] component 'array' is charged cell_read, which the functional reading did not measure in layer 2");
  e.stats = OpStats();
  EXPECT_THAT(error_text([&] { e.ledger(); }), HasSubstr("did not measure in layer 0"));
}

/// Inputs that drive no row are measured, and take nothing.
TEST(MeasuredLedger, NoEnergyIsAMeasurement) {
  Example e;
  e.stats.layer_measured[2][Measure::kCellRead] = {30, JouleSum()};
  EXPECT_NEAR(e.ledger().by_component.at("array").in(1_pJ), 80, 1e-9);
}

TEST(MeasuredLedger, OneComponentIsChargedAllOfAMeasure) {
  Example e;
  e.table["cells"] = measured_component();
  EXPECT_EQ(error_text([&] { e.prices(); }),
            "components 'array' and 'cells' are both charged cell_read, which is all of that energy: charge it to one "
            "of them");
}

TEST(OpStats, AddUpLayerByLayer) {
  OpStats a(2), b(2), sum;
  a.layer_counts[0][Event::kArrayReads] = 3, b.layer_counts[0][Event::kArrayReads] = 4;
  a.layer_measured[1][Measure::kCellRead] = {5, JouleSum(1_pJ)};
  b.layer_measured[1][Measure::kCellRead] = {6, JouleSum(2_pJ)};
  sum += a, sum += b, sum += OpStats();
  EXPECT_EQ(sum.layer_counts[0][Event::kArrayReads], 7);
  EXPECT_EQ(sum.layer_measured[1][Measure::kCellRead].events, 11);
  EXPECT_NEAR(sum.layer_measured[1][Measure::kCellRead].energy.joules().in(1_pJ), 3, 1e-12);
  EXPECT_EQ(error_text([&] { sum += OpStats(3); }), "[run] statistics of 2 and of 3 layers cannot be added up");
}

}  // namespace
}  // namespace cimera::ops
