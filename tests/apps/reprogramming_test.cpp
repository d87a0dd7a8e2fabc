// Networks that do not fit, end to end: refused, or written into the cells again for every batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace cimera::apps {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Reprogramming : public ProgramTest {
 protected:
  /// The default network on a chip of one tile of five arrays; it needs eight.
  static std::vector<std::string> small(std::vector<std::string> arguments) {
    for (const char* key :
         {"organisation.tiles_x=1", "organisation.tiles_y=1", "organisation.tiles_per_router=1",
          "organisation.imas_per_tile=1", "organisation.arrays_per_ima=5", "components.router.holds_for={}"}) {
      arguments.push_back("--set");
      arguments.push_back("isaac:" + std::string(key));
    }
    return arguments;
  }
};

TEST_F(Reprogramming, ARefusalNamesBothWaysOut) {
  const std::string message = refusal(small({"run", "--machine", "isaac"}));
  EXPECT_THAT(message, HasSubstr("use --set isaac:organisation.chips=4, or --set isaac:weights=reprogrammed"));
  EXPECT_EQ(run(small({"run", "--machine", "isaac", "--samples", "1", "--set", "isaac:weights=reprogrammed"})).code, 0);
}

TEST_F(Reprogramming, WhatItTakesIsInTheBatchAndIsToldApart) {
  const json isaac = run_json(small({"run", "--machine", "isaac", "--samples", "20", "--batch", "4", "--set",
                                     "isaac:weights=reprogrammed", "--set", "isaac:cell.endurance=1e6"}))["results"][0];
  const json& again = isaac["reprogramming"];
  const std::int64_t loads = again["loads"];
  EXPECT_GE(loads, 4);  // a unit holds one layer
  EXPECT_EQ(again["writes_per_cell"], loads);
  EXPECT_EQ(isaac["mapping"]["tiles"], 1);
  // Every weight in 8 cells, once for the batch of 4; 80 pJ each.
  EXPECT_EQ(isaac["counts"]["cell_writes"], 11'912 * 8);
  EXPECT_NEAR(isaac["energy_breakdown_J"]["cell_write"], 11'912 * 8 * 80e-12, 1e-15);
  EXPECT_GT(again["energy_J"], isaac["energy_breakdown_J"]["cell_write"]);
  EXPECT_LT(again["latency_s"], isaac["latency_s"]);
  EXPECT_GE(again["latency_s"], static_cast<double>(loads) * 128 * 40e-9);
  EXPECT_EQ(again["cell_endurance_writes"], 1e6);
  const double batches = again["batches_until_worn"];
  EXPECT_DOUBLE_EQ(batches, 1e6 / static_cast<double>(loads));
  EXPECT_DOUBLE_EQ(again["time_until_worn_s"], batches * isaac["latency_s"].get<double>());
  EXPECT_EQ(isaac["weight_load"]["energy_J"], 0.0);
  EXPECT_EQ(isaac["throughput_basis"], "batch");
  EXPECT_DOUBLE_EQ(isaac["throughput_per_s"], 4.0 / isaac["latency_s"].get<double>());
  // Ideal cells: the exact integers, so nothing is lost to the machine.
  EXPECT_EQ(isaac["accuracy"]["device"], isaac["accuracy"]["quantized"]);
  EXPECT_EQ(isaac["output_sqnr_dB"], isaac["accuracy"]["quantized_sqnr_dB"]);
  double sum = 0.0;
  for (const auto& [component, joules] : isaac["energy_breakdown_J"].items()) sum += joules.get<double>();
  EXPECT_NEAR(sum / isaac["energy_J"].get<double>(), 1.0, 1e-9);
}

TEST_F(Reprogramming, UnknownEnduranceIsSaid) {
  const std::vector<std::string> arguments =
      small({"run", "--machine", "isaac", "--samples", "1", "--set", "isaac:weights=reprogrammed"});
  const json document = run_json(arguments);
  EXPECT_TRUE(document["results"][0]["reprogramming"]["time_until_worn_s"].is_null());
  EXPECT_THAT(run(arguments).out,
              AllOf(HasSubstr("its weights do not fit, and are written in"), HasSubstr("endurance of reram_isaac")));
  EXPECT_TRUE(run_json({"run", "--machine", "isaac", "--samples", "1"})["results"][0]["reprogramming"].is_null());
}

TEST_F(Reprogramming, AnUnknownTimeToWriteIsRefused) {
  EXPECT_THAT(refusal(small({"run", "--machine", "isaac", "--samples", "1", "--set", "isaac:weights=reprogrammed",
                             "--set", "isaac:cell=reram_prime", "--set", "isaac:cell.sigma_program=0"})),
              HasSubstr("the time to write a row of cells"));
}

}  // namespace
}  // namespace cimera::apps
