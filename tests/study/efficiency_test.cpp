// Energy x latency, operations per second, per joule and per area, in table and JSON, by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "study/inputs.h"
#include "study/json.h"
#include "study/table_parts.h"

namespace cimera::study {
namespace {

using ::testing::ContainsRegex;
using ::testing::Not;

/// A batch of 4 images of 0.5 G multiply-accumulates each: 4 G operations.
Report two_machines() {
  Experiment experiment;
  experiment.network.network = "lenet5";
  experiment.machines = {"isaac", "cpu_ddr4"};
  experiment.batches = {4};
  Report report;
  report.inputs = load(experiment);
  Result known;
  known.machine = "isaac";
  known.batch = 4;
  known.operations = 4e9;
  known.latency = Duration::fs(2'000'000'000'000);  // 2 ms
  known.bound = known.latency;
  known.energy = Joules::si(3e-3);
  known.area = SquareMetres::si(5e-6);  // 5 mm2
  Result unknown = known;
  unknown.machine = "cpu_ddr4";
  unknown.energy = std::nullopt;
  unknown.area = std::nullopt;
  report.results = {known, unknown};
  return report;
}

TEST(Efficiency, JsonByHand) {
  const nlohmann::json document = nlohmann::json::parse(to_json(two_machines()));
  const nlohmann::json &known = document["results"][0], &unknown = document["results"][1];
  EXPECT_DOUBLE_EQ(known["edp_Js"], 3e-3 * 2e-3);
  EXPECT_DOUBLE_EQ(known["tops"], 2.0);            // 4e9 / 2 ms
  EXPECT_DOUBLE_EQ(known["tops_per_W"], 4.0 / 3);  // 4e9 / 3 mJ; also 2 TOPS / 1.5 W
  EXPECT_DOUBLE_EQ(known["tops_per_mm2"], 2.0 / 5.0);
  EXPECT_DOUBLE_EQ(known["power_W"], 1.5);
  EXPECT_DOUBLE_EQ(known["area_mm2"], 5.0);
  EXPECT_DOUBLE_EQ(unknown["tops"], 2.0);
  for (const char* key : {"edp_Js", "tops_per_W", "tops_per_mm2", "power_W", "area_mm2"})
    EXPECT_TRUE(unknown.at(key).is_null()) << key;
}

TEST(Efficiency, TableByHand) {
  const std::string table = efficiency_table(two_machines());
  EXPECT_THAT(table, ContainsRegex("machine +batch +area +energy x latency +speed +per power +per area"));
  EXPECT_THAT(table, ContainsRegex("isaac +4 +5 mm\\^2 +6 uJs +2 TOPS\\*? +1.333 TOPS/W +400 GOPS/mm2")) << table;
  EXPECT_THAT(table, ContainsRegex("cpu_ddr4 +4 +unknown +unknown +2 TOPS\\*? +unknown +unknown")) << table;
  // Alone among those that are known, a figure is no best one.
  EXPECT_THAT(table, Not(ContainsRegex("TOPS/W\\*"))) << table;
}

}  // namespace
}  // namespace cimera::study
