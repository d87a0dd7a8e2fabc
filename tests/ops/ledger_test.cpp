// The ledger: a run priced by hand, sums that close, and what may not be priced at zero.

#include "models/ops/ledger.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/error_text.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"

namespace cimera::ops {
namespace {

using namespace literals;

constexpr std::int64_t kUs = 1'000'000'000;  ///< fs

Component priced(const std::string& per, std::vector<Event> events, Joules energy) {
  Component c;
  c.per = per, c.events = std::move(events), c.energy = energy;
  c.power = Watts(), c.area = SquareMetres();
  return c;
}

Component powered(const std::string& per, Charge charge, Watts power) {
  Component c;
  c.per = per, c.charge = charge, c.power = power, c.area = SquareMetres();
  return c;
}

/// Two layers of 10 us: layer 0 converts 100 times, layer 1 converts 50 times, moves 1,000 bits and keeps the cores at
/// work for 2 us.
struct Example {
  Program program;
  TimingResult result;
  ComponentTable table;
  LevelCounts levels{{"tile", 2}, {"chip", 1}};

  Example() {
    Sketch s;
    s.program.layer_names = {"first", "second"};
    const UnitId adc = s.unit("adc", Duration::fs(10)), cores = s.unit("cores", Duration::fs(10));
    s.task("convert", {{adc}}, 1);
    s.at(s.task("compute", {{adc}, {cores}}, 1)).layer = LayerIndex(1);
    program = s.program;
    result.makespan = Duration::fs(10 * kUs);
    result.layer_counts.resize(2);
    result.layer_counts[0][Event::kAdcConversions] = 100;
    result.layer_counts[1][Event::kAdcConversions] = 50;
    result.layer_counts[1][Event::kRouterBits] = 1000;
    result.task_busy = {{Duration::fs(3 * kUs)}, {Duration::fs(kUs), Duration::fs(2 * kUs)}};
    table["adc"] = priced("tile", {Event::kAdcConversions}, 2_pJ);
    table["router"] = priced("tile", {Event::kRouterBits}, 0.5_pJ);
    table["wires"] = priced("tile", {Event::kRouterBits}, 0.1_pJ);
    table["leakage"] = powered("tile", Charge::kAlways, 3_mW);
    table["cores"] = powered("chip", while_in(UnitState::kBusy), 5_W);
  }

  Ledger ledger(bool with_always = true) const {
    PriceList prices;
    prices.add(table, levels, "", with_always);
    return settle(program, result, prices);
  }
};

void expect_joules(Joules ours, Joules by_hand) { EXPECT_NEAR(ours.si() / by_hand.si(), 1.0, 1e-12) << format(ours); }

TEST(Ledger, AgreesWithTheSumByHand) {
  const Ledger ledger = Example().ledger();
  EXPECT_TRUE(ledger.unknown.empty());
  expect_joules(ledger.by_component.at("adc"), 300_pJ);     // 150 x 2 pJ
  expect_joules(ledger.by_component.at("router"), 500_pJ);  // 1,000 x 0.5 pJ
  expect_joules(ledger.by_component.at("wires"), 100_pJ);   // 1,000 x 0.1 pJ
  expect_joules(ledger.by_component.at("leakage"), 60_nJ);  // 2 tiles x 3 mW x 10 us
  expect_joules(ledger.by_component.at("cores"), 10_uJ);    // 5 W x 2 us
  EXPECT_EQ(ledger.by_component.size(), 5u);
  expect_joules(ledger.by_layer[0], 200_pJ);                  // 100 x 2 pJ
  expect_joules(ledger.by_layer[1], Joules::si(10.0007e-6));  // 100 pJ + 500 pJ + 100 pJ + 10 uJ
  expect_joules(ledger.standing, 60_nJ);
  expect_joules(ledger.total.value(), Joules::si(10.0609e-6));
  expect_joules(ledger.cells.at("adc")[1], 100_pJ);
  expect_joules(ledger.cells.at("cores")[1], 10_uJ);
  EXPECT_EQ(ledger.cells.at("router")[0], Joules());
  expect_joules(ledger.standing_by_component.at("leakage"), 60_nJ);
  EXPECT_FALSE(ledger.cells.contains("leakage"));
  EXPECT_EQ(ledger.counts[Event::kAdcConversions], 150);
  EXPECT_EQ(ledger.counts[Event::kRouterBits], 1000);
}

TEST(Ledger, AHostOfAnotherMachineBringsNoStandingPower) {
  const Ledger ledger = Example().ledger(false);
  EXPECT_FALSE(ledger.by_component.contains("leakage"));
  EXPECT_EQ(ledger.standing, Joules());
  expect_joules(ledger.total.value(), Joules::si(10.0009e-6));
}

TEST(Ledger, PrefixesKeepTwoMachinesApart) {
  Example example;
  PriceList prices;
  prices.add(example.table, example.levels, "", true);
  prices.add({{"adc", priced("tile", {Event::kHostFlops}, 7_pJ)}}, example.levels, "host.", true);
  example.result.layer_counts[0][Event::kHostFlops] = 10;
  const Ledger ledger = settle(example.program, example.result, prices);
  expect_joules(ledger.by_component.at("adc"), 300_pJ);
  expect_joules(ledger.by_component.at("host.adc"), 70_pJ);
}

TEST(Ledger, SumsCloseOnRandomRuns) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Dice dice(seed);
    Program program = random_program(seed, {.shared_units = true});
    TimingResult result;
    result.makespan = Duration::fs(dice.between(1, 1'000'000) * kUs);
    for (const Task& task : program.tasks) {
      result.task_busy.emplace_back();
      for (std::size_t hop = 0; hop < task.op.path.size(); ++hop)
        result.task_busy.back().push_back(Duration::fs(dice.between(0, 1000) * kUs));
    }
    result.layer_counts.resize(program.layer_names.size());
    PriceList prices;
    for (const EventInfo& row : event_table()) {
      for (Counts& counts : result.layer_counts)
        counts[row.event] = dice.between(0, 1) * dice.between(0, 1'000'000'000);
      for (std::int64_t n = dice.between(1, 3); n > 0; --n)
        prices.events.push_back({row.event, "component" + std::to_string(dice.between(0, 9)),
                                 Joules::si(static_cast<double>(dice.word()) * 1e-18)});
    }
    for (const Unit& unit : program.units)
      prices.states.push_back(
          {unit.component, UnitState::kBusy, unit.component, Watts::si(static_cast<double>(dice.word()) * 1e-10)});
    prices.states.push_back({"leakage", std::nullopt, "", Watts::si(static_cast<double>(dice.word()) * 1e-12)});

    const Ledger ledger = settle(program, result, prices);
    ASSERT_TRUE(ledger.total) << seed;
    Joules components, layers = ledger.standing;
    for (const auto& [name, joules] : ledger.by_component) components += joules;
    for (const Joules joules : ledger.by_layer) layers += joules;
    EXPECT_GT(ledger.total->si(), 0) << seed;
    EXPECT_LT(std::abs(components.si() / ledger.total->si() - 1), 1e-9) << seed;
    EXPECT_LT(std::abs(layers.si() / ledger.total->si() - 1), 1e-9) << seed;
  }
}

TEST(Ledger, AnEventThatNobodyIsChargedForIsAnError) {
  Example example;
  example.result.layer_counts[0][Event::kPoolOutputs] = 1;
  EXPECT_EQ(error_text([&] { example.ledger(); }),
            "the machine counts pool_outputs but none of its components is charged for them; list the event under "
            "'events' of a component (with 'energy: unknown' when nobody has published it)");
  example.result.layer_counts[0][Event::kPoolOutputs] = 0;
  example.result.layer_counts[0][Event::kClippedConversions] = 5;
  EXPECT_EQ(error_text([&] { example.ledger(); }), "no error") << "derived events cost nothing by themselves";
}

TEST(Ledger, AnUnknownPriceLeavesTheTotalOut) {
  Example example;
  example.table["wires"].energy.reset();
  Ledger ledger = example.ledger();
  EXPECT_FALSE(ledger.total);
  EXPECT_EQ(ledger.unknown, (std::vector<std::string>{"wires"}));
  expect_joules(ledger.by_component.at("router"), 500_pJ);
  EXPECT_FALSE(ledger.by_component.contains("wires"));

  example.table["leakage"].power.reset();
  example.table["cores"].power.reset();
  EXPECT_EQ(example.ledger().unknown, (std::vector<std::string>{"wires", "cores", "leakage"}));
}

TEST(Ledger, AnUnknownPriceThatIsNotNeededDoesNotMatter) {
  Example example;
  example.table["pool"] = priced("tile", {Event::kPoolOutputs}, Joules());
  example.table["pool"].energy.reset();
  EXPECT_TRUE(example.ledger().total);
}

TEST(Ledger, PowerByTimeCoversTheEventsItLists) {
  Example example;
  example.result.layer_counts[0][Event::kHostFlops] = 1000;
  example.table["cores"].events = {Event::kHostFlops};
  expect_joules(example.ledger().by_component.at("cores"), 10_uJ);
}

TEST(Ledger, AStateIsPricedByTheTimeThatUnitsSpendInIt) {
  Example example;
  example.table["cores_idle"] = powered("chip", while_in(UnitState::kIdle), 2_W);
  example.table["cores_idle"].units = "cores";
  EXPECT_EQ(error_text([&] { example.ledger(); }),
            "[run] component 'cores_idle' is charged while idle, but the reading does not say how long its units were");
  example.result.unit_times.resize(2);
  example.result.unit_times[1][UnitState::kBusy] = Duration::fs(2 * kUs);
  for (StateTimes& times : example.result.unit_times) times.fill(example.result.makespan);
  const Ledger ledger = example.ledger();
  expect_joules(ledger.by_component.at("cores_idle"), 16_uJ);  // 2 W x (10 us - 2 us)
  expect_joules(ledger.standing, 60_nJ + 16_uJ);
  expect_joules(ledger.total.value(), Joules::si(26.0609e-6));
  EXPECT_FALSE(example.ledger(false).by_component.contains("cores_idle")) << "standing power of a host";
}

TEST(Ledger, APartChargedWhileBusyMustBeAUnitOfTheProgram) {
  Example example;
  example.table["leakage"].charge = while_in(UnitState::kBusy);  // no unit has this name
  EXPECT_EQ(
      error_text([&] { example.ledger(); }),
      "component 'leakage' is charged while busy, but no unit of the program is one; charge it always, or for its "
      "events");
  example.table["leakage"].events = {Event::kHostFlops};  // none happened
  EXPECT_FALSE(example.ledger().by_component.contains("leakage"));
  example.result.layer_counts[0][Event::kHostFlops] = 1;
  EXPECT_THROW(example.ledger(), Error);
}

}  // namespace
}  // namespace cimera::ops
