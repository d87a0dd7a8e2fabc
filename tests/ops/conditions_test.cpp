// Figures that were published for one value of a parameter do not hold for another one.

#include "models/ops/conditions.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/machine.h"
#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

using ::testing::HasSubstr;

MachineSpec isaac(const std::vector<std::string>& overrides = {}) { return load_machine("isaac", overrides); }

std::vector<std::string> components(const MachineSpec& spec) {
  std::vector<std::string> names;
  for (const Withdrawn& row : spec.withdrawn) names.push_back(row.component);
  return names;
}

TEST(Conditions, HoldInEveryFileOfTheCatalog) {
  for (const std::string& name : machine_names()) EXPECT_TRUE(load_machine(name).withdrawn.empty()) << name;
}

TEST(Conditions, WithdrawWhatWasPublishedForAnotherValue) {
  const MachineSpec spec = isaac({"precision.adc_bits=6"});
  const Component& adc = spec.components().at("adc");
  EXPECT_FALSE(adc.power);
  EXPECT_FALSE(adc.area);
  EXPECT_FALSE(adc.event_energy());
  EXPECT_FALSE(spec.area());
  EXPECT_TRUE(spec.components().at("dac").event_energy());
  ASSERT_EQ(spec.withdrawn.size(), 1U);
  EXPECT_EQ(spec.withdrawn[0].why,
            "power and area of adc were published for precision.adc_bits = 8 (it is 6): unknown until given with --set "
            "'isaac:components.adc.power=... W' --set 'isaac:components.adc.area=... mm^2'");
  for (const FieldInfo& field : spec.fields)
    if (field.path == "components.adc.power") {
      EXPECT_EQ(field.value, "unknown");
      EXPECT_EQ(field.source, "published for precision.adc_bits = 8 (it is 6)");
    }
}

TEST(Conditions, NameEveryParameterThatDiffers) {
  EXPECT_EQ(components(isaac({"organisation.rows=64"})), std::vector<std::string>{"array"});
  EXPECT_EQ(components(isaac({"precision.dac_bits=2"})), std::vector<std::string>{"dac"});
  const MachineSpec both = isaac({"organisation.rows=64", "precision.cell_bits=1"});
  ASSERT_EQ(both.withdrawn.size(), 1U);
  EXPECT_THAT(both.withdrawn[0].why,
              HasSubstr("for organisation.rows = 128 (it is 64), precision.cell_bits = 2 (it is 1): unknown"));
}

TEST(Conditions, WhatTheUserSetsIsKnown) {
  const MachineSpec power = isaac({"precision.adc_bits=6", "components.adc.power=4 mW"});
  EXPECT_NEAR(power.components().at("adc").event_energy()->si(), 4e-3 / 10.24e9, 1e-20);
  EXPECT_FALSE(power.components().at("adc").area);
  const MachineSpec both =
      isaac({"precision.adc_bits=6", "components.adc.power=4 mW", "components.adc.area=0.004 mm^2"});
  EXPECT_TRUE(both.withdrawn.empty());
  EXPECT_TRUE(both.area());
}

TEST(Conditions, AProcessorHasThemToo) {
  const std::string overrides[] = {"cores.count=9"};
  EXPECT_EQ(components(load_machine("cpu_ddr4", overrides)), std::vector<std::string>{"package"});
}

std::string refusal(const std::string& condition) {
  return error_text([&] { isaac({"components.adc.holds_for=" + condition}); });
}

TEST(Conditions, AParameterThatIsNoneIsRefused) {
  EXPECT_THAT(
      refusal("{precision.adc_bit: 8}"),
      HasSubstr("components.adc.holds_for: no parameter 'precision.adc_bit'; did you mean 'precision.adc_bits'?"));
  EXPECT_THAT(refusal("{adc_bits: 8}"), HasSubstr("no parameter 'adc_bits'; did you mean 'precision.adc_bits'?"));
  EXPECT_THAT(refusal("{components.dac.count: 8}"), HasSubstr("no parameter 'components.dac.count'"));
  EXPECT_THAT(refusal("{pipeline.adc_rate: 1.28 ns}"),
              HasSubstr("components.adc.holds_for.pipeline.adc_rate = 1.28 ns: expected a frequency"));
  EXPECT_EQ(refusal("{}"), "no error");
}

TEST(Conditions, NumbersAreComparedAsNumbers) {
  EXPECT_TRUE(isaac({"pipeline.adc_rate=1280 MHz", "pipeline.buffer=65536 B"}).withdrawn.empty());
  EXPECT_TRUE(isaac({"components.adc.holds_for={pipeline.adc_rate: 1280 MHz}"}).withdrawn.empty());
  EXPECT_TRUE(isaac({"components.adc.holds_for={pipeline.adc_rate: 1.28 GHz..2 GHz}"}).withdrawn.empty());
  EXPECT_TRUE(isaac({"components.adc.holds_for={pipeline.adc_rate: 1 GHz..1.28 GHz}"}).withdrawn.empty());
  EXPECT_FALSE(isaac({"components.adc.holds_for={pipeline.adc_rate: 1.29 GHz..2 GHz}"}).withdrawn.empty());
  EXPECT_THAT(refusal("{pipeline.adc_rate: 2 GHz..1 GHz}"), HasSubstr("the lower end comes first"));
  const MachineSpec near = isaac({"pipeline.adc_rate=1.28001 GHz"});
  ASSERT_EQ(components(near), (std::vector<std::string>{"adc", "shift_add"})) << "the same four digits";
  EXPECT_THAT(near.withdrawn[0].why, HasSubstr("pipeline.adc_rate = 1.28 GHz (it is near it, but another)"));
}

TEST(Conditions, OneOfThemCanBeSet) {
  EXPECT_TRUE(isaac({"precision.adc_bits=6", "components.adc.holds_for.precision.adc_bits=6"}).withdrawn.empty());
}

TEST(Conditions, WhatTheCellGivesIsOfTheMachineAtHand) {
  const MachineSpec spec = isaac({"components.array.area=unknown", "feature_size=16 nm"});
  EXPECT_TRUE(spec.components().at("array").area);
  EXPECT_FALSE(spec.components().at("array").power);
}

using Names = std::vector<std::string>;

TEST(Conditions, FastPartsAndWideOnesHaveNoPrice) {
  EXPECT_EQ(components(isaac({"pipeline.array_read=10 ns", "pipeline.adc_rate=12.8 GHz"})),
            (Names{"adc", "array", "dac", "sample_hold", "shift_add"}));
  EXPECT_EQ(components(isaac({"pipeline.buffer=1 MiB"})), Names{"edram"});
  EXPECT_EQ(components(isaac({"pipeline.fetch_bits=16384"})), (Names{"bus", "edram"}));
  EXPECT_EQ(components(isaac({"network.chip_link=256 GB/s"})), Names{"chip_link"});
  EXPECT_EQ(components(isaac({"network.flit=64 bit"})), Names{"router"});
  const MachineSpec node = isaac({"feature_size=16 nm"});
  EXPECT_EQ(node.withdrawn.size(), node.components().size() - 1) << "all but cell_write, which the cell prices";
  const auto cpu = [](const std::string& override_text) {
    const std::string overrides[] = {override_text};
    return components(load_machine("cpu_ddr4", overrides));
  };
  EXPECT_EQ(cpu("cores.flops_per_cycle=64"), (Names{"cores", "cores_awake", "package"}));
  EXPECT_EQ(cpu("cores.clock=3 GHz"), (Names{"cores", "cores_awake"}));
  EXPECT_EQ(cpu("memory.transfers=3.2 GHz"), (Names{"memory", "memory_idle"}));
  EXPECT_EQ(cpu("memory.channels=8"), Names{"package"}) << "the modules are priced by the channel";
}

/// Parameters that touch no price, and why.
const std::map<std::string, std::string> kTouchNoPrice{
    {"organisation.chips", "a count that the tables scale"},
    {"organisation.tiles_x", "a count that the tables scale"},
    {"organisation.tiles_y", "a count that the tables scale"},
    {"organisation.imas_per_tile", "a count that the tables scale"},
    {"organisation.arrays_per_ima", "what a unit has of converters, drivers and registers scales: fit_components()"},
    {"organisation.adcs_per_ima", "converters and what serves them scale: fit_components()"},
    {"precision.weight_bits", "what is asked of the machine, not what it is made of"},
    {"precision.input_bits", "what is asked of the machine, not what it is made of"},
    {"supply.times_at", "voltages only: how times and energies go with them is the machine's law, not a price"},
    {"supply.threshold", "a parameter of the law of time"},
    {"supply.alpha", "a parameter of the law of time"},
    {"pipeline.drain_stages", "stages of latency; their registers have no row of their own"},
    {"pipeline.cell_write", "a time; the cell prices its write"},
    {"network.hop_latency", "a latency of our choice; the router was priced without one"},
    {"network.chip_link_latency", "a latency of our choice; the links were priced without one"},
    {"network.chip_packet", "how a rate is cut; the links are priced by their rate"},
    {"cores.gemm_efficiency", "what software reaches on the same hardware"},
    {"cores.simple_rate", "what software reaches on the same hardware"},
    {"cores.divide_rate", "what software reaches on the same hardware"},
    {"cores.exponential_rate", "what software reaches on the same hardware"},
    {"cores.fill_buffers", "a small part of a core, whose energy nobody tells apart"},
    {"cores.queue", "a small part of a core, whose energy nobody tells apart"},
    {"prefetch.pages", "a small part of a core, whose energy nobody tells apart"},
    {"prefetch.page", "a small part of a core, whose energy nobody tells apart"},
    {"prefetch.ahead", "a small part of a core, whose energy nobody tells apart"},
    {"memory.efficiency", "what software reaches on the same hardware"},
    {"organisation.active_rows", "a condition of rows that all drive at once, told by their events"},
    {"adc.mismatch_sigma", "errors that a price does not tell"},
    {"adc.offset_sigma", "errors that a price does not tell"},
    {"adc.gain_sigma", "errors that a price does not tell"},
    {"adc.noise_sigma", "errors that a price does not tell"},
    {"precision.adc_percentile", "the step of a converter's codes, set by a gain before it"},
    {"wires.row_per_cell", "what wires do to currents; no published price tells it"},
    {"wires.column_per_cell", "what wires do to currents; no published price tells it"},
    {"wires.row_driver", "what wires do to currents; no published price tells it"},
    {"wires.column_sense", "what wires do to currents; no published price tells it"},
    {"wires.row_far", "what wires do to currents; no published price tells it"},
    {"wires.column_far", "what wires do to currents; no published price tells it"},
    {"memory.burst", "the granule of traffic that is priced by the bit"},
    {"memory.latency", "what is measured on the same hardware"},
    {"dispatch", "what software takes on the same hardware"},
};

TEST(Conditions, EveryNumberOfAMachineHasAConditionOrAReason) {
  std::set<std::string> all;
  for (const std::string& name : machine_names()) {
    const MachineSpec spec = load_machine(name);
    for (const FieldInfo& field : spec.fields) {
      const bool figure = field.number.has_value() || field.range != "";
      if (!figure || field.path.starts_with("components.")) continue;
      all.insert(field.path);
      const bool priced = !priced_for(spec.components(), field.path).empty();
      EXPECT_NE(priced, kTouchNoPrice.contains(field.path))
          << name << ": " << field.path << " must be in a holds_for or in the list above, and not in both";
    }
  }
  for (const auto& [path, why] : kTouchNoPrice) EXPECT_TRUE(all.contains(path)) << path << " is no parameter";
}

}  // namespace
}  // namespace cimera::ops
