// `cimera validate`: every published figure within its tolerance, and fits that are what the files say they are.
#include "study/validation.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "models/ops/machine.h"

namespace cimera::study {
namespace {

const Validation& all() {
  static const Validation validation = validate({});
  return validation;
}

const ValidationRow& row(const std::string& machine, const std::string& id) {
  for (const ValidationRow& r : all().rows)
    if (r.machine == machine && r.id == id) return r;
  fail_run("no row " + machine + ": " + id);
}

TEST(Validation, EveryFigureIsInsideItsTolerance) {
  EXPECT_THAT(all().outside(), testing::IsEmpty());
  EXPECT_GE(all().rows.size(), 70u);
  for (const ValidationRow& r : all().rows) EXPECT_FALSE(r.source.empty()) << r.id;
}

TEST(Validation, WhatNothingWasFittedToIsPredicted) {
  const Validation::Spread spread = all().held_out();
  EXPECT_GE(spread.rows, 35);
  EXPECT_LE(spread.mean, 0.08);
  EXPECT_LE(spread.largest, 0.20);
}

// The chips that must be reproduced: within 5 % at both voltages with at most two fitted parameters; within 10 % in all
// three published precisions.
TEST(Validation, TheChipsAreReproduced) {
  for (const char* id : {"0.85 V rate", "0.85 V", "1.2 V rate", "1.2 V"})
    EXPECT_LE(std::abs(row("jia_jssc_2020", id).error()), 0.05) << id;
  for (const std::string bits : {"o3 i1", "o5 i3", "o9 i7"})
    for (const char* figure : {" rate", " efficiency", " wordlines", " neurons", " inputs"})
      EXPECT_LE(std::abs(row("wan_nature_2022", bits + figure).error()), 0.10) << bits << figure;
  std::map<std::string, std::size_t> fitted;
  for (const ValidationFile& file : all().files) fitted[file.machine] = file.fitted.size();
  EXPECT_LE(fitted.at("jia_jssc_2020"), 2u);
  EXPECT_EQ(fitted.at("isaac"), 0u);
}

TEST(Validation, AFigureOutsideItsToleranceIsNamed) {
  Validation validation = all();
  validation.rows[0].ours *= 1.02;
  EXPECT_THAT(validation.outside(), testing::ElementsAre("isaac: 12 units power"));
  validation.rows[0].standing = Standing::kUnverified;
  EXPECT_THAT(validation.outside(), testing::IsEmpty()) << "no gate";
}

double parameter(const std::string& machine, const std::string& path) {
  for (const FieldInfo& field : ops::load_machine(machine).fields)
    if (field.path == path) return field.number.value();
  fail_run("no parameter " + path);
}

// The fits again, from the published rows alone. A core does 2 x 128 x 256 operations a product: 256 a column, 512 a
// row. One bit of inputs takes 1 phase, 1 plane, 3 decisions; three take 1, 2 and 5.
TEST(Validation, NeurramIsFittedAsItsFileSays) {
  const auto fj = [](const char* id) { return row("wan_nature_2022", id).published; };
  const auto expect = [](const std::string& component, double femtojoules) {
    EXPECT_NEAR(parameter("wan_nature_2022", "components." + component + ".energy") / (femtojoules * 1e-15), 1, 1e-3)
        << component;
  };
  const double wordlines = fj("o5 i3 wordlines") - fj("o3 i1 wordlines");
  expect("wordline_plane", 256 * wordlines);
  expect("wordline_phase", 256 * (fj("o3 i1 wordlines") - wordlines));
  const double decision = 2 * fj("o3 i1 neurons") - fj("o5 i3 neurons");
  expect("neuron_decision", 256 * decision);
  expect("neuron_plane", 256 * (fj("o3 i1 neurons") - 3 * decision));
  // Least squares of a / y1 - 1 and of 2 a / y2 - 1.
  const double x1 = 1 / fj("o3 i1 inputs"), x2 = 2 / fj("o5 i3 inputs");
  expect("input_pulse", 512 * (x1 + x2) / (x1 * x1 + x2 * x2));
}

TEST(Validation, JiasThresholdIsFittedAsItsFileSays) {
  const double threshold = parameter("jia_jssc_2020", "supply.threshold"),
               alpha = parameter("jia_jssc_2020", "supply.alpha");
  const double faster = std::pow((1.2 - threshold) / (0.85 - threshold), alpha) * 0.85 / 1.2;
  EXPECT_NEAR(faster, 100.0 / 40.0, 1e-4);
}

TEST(Validation, JsonHasTheKeysOfTheContract) {
  const auto json = nlohmann::json::parse(validation_json(validate({"jia_jssc_2020"})));
  ASSERT_EQ(json["rows"].size(), 15u);
  for (const auto& r : json["rows"]) {
    for (const char* key : {"id", "machine", "quantity", "status", "source", "note"}) EXPECT_TRUE(r[key].is_string());
    for (const char* key : {"published", "ours", "error", "tolerance"}) EXPECT_TRUE(r[key].is_number()) << key;
    EXPECT_THAT((std::vector<std::string>{"input", "fitted", "held_out", "unverified"}),
                testing::Contains(r["status"].get<std::string>()));
  }
  EXPECT_EQ(json["rows"][0]["id"], "jia_jssc_2020: 0.85 V rate");
  EXPECT_EQ(json["fitted"][0]["parameter"], "supply.threshold");
  EXPECT_EQ(json["fitted"][0]["rows"][0], "1.2 V rate");
}

}  // namespace
}  // namespace cimera::study
