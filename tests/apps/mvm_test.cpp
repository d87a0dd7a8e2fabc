// `cimera mvm`, and the same call in the library.
#include <cmath>
#include <filesystem>
#include <limits>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "study/mvm_text.h"
#include "study/run.h"
#include "tests/apps/program.h"
#include "workloads/data/npy.h"

namespace cimera::apps {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kOutputs = 40, kInputs = 150, kVectors = 30;

study::Product product() {
  study::Product product{kOutputs, kInputs, kVectors, {}, {}};
  for (int i = 0; i < kOutputs * kInputs; ++i) product.matrix.push_back(static_cast<float>(std::sin(1.7 * i)));
  for (int i = 0; i < kVectors * kInputs; ++i) product.vectors.push_back(static_cast<float>(std::cos(0.3 * i * i)));
  return product;
}

/// W.npy, X.npy and x.npy (one vector) in a folder of the test's own.
class Mvm : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    const study::Product p = product();
    workloads::save_npy<float>(at("W.npy"), {kOutputs, kInputs}, p.matrix);
    workloads::save_npy<float>(at("X.npy"), {kVectors, kInputs}, p.vectors);
    workloads::save_npy<float>(at("x.npy"), {kInputs}, std::span(p.vectors).first(kInputs));
  }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
};

TEST_F(Mvm, GivesTheProductToTheResolutionOfItsCodes) {
  const Ran ran = run({"mvm", "--matrix", at("W.npy"), "--input", at("X.npy"), "--output", at("Y.npy")});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("40 x 150 matrix"));
  const workloads::NpyArray y = workloads::NpyArray::load(at("Y.npy"));
  ASSERT_EQ(y.shape(), (workloads::Shape{kVectors, kOutputs}));
  const std::vector<double> values = y.doubles();
  const study::Product p = product();
  // 16-bit codes of values up to 1: each of 150 terms is off by at most 2^-15, by rounding of either factor.
  for (int v = 0; v < kVectors; ++v)
    for (int o = 0; o < kOutputs; ++o) {
      double exact = 0.0;
      for (int i = 0; i < kInputs; ++i)
        exact += static_cast<double>(p.matrix[static_cast<std::size_t>(o * kInputs + i)]) *
                 static_cast<double>(p.vectors[static_cast<std::size_t>(v * kInputs + i)]);
      EXPECT_NEAR(values[static_cast<std::size_t>(v * kOutputs + o)], exact, kInputs * std::ldexp(1.0, -15));
    }
}

TEST_F(Mvm, IsTheSameCallInTheLibrary) {
  const Ran ran = run({"mvm", "--matrix", at("W.npy"), "--input", at("X.npy"), "--set", "cell.sigma_program=0.05",
                       "--seed", "3", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  study::Experiment experiment;
  experiment.product = product();
  experiment.machines = {"isaac"}, experiment.overrides = {"cell.sigma_program=0.05"}, experiment.seed = 3;
  experiment.keep_outputs = true;
  const study::Report report = study::run(experiment);
  const study::ProductError error = study::product_error(*report.results.at(0).outputs);
  const auto json = nlohmann::json::parse(ran.out)["results"][0];
  EXPECT_EQ(json["output_error"]["rms"], error.rms);
  EXPECT_EQ(json["output_error"]["largest"], error.largest);
  EXPECT_EQ(json["latency_s"], report.results.at(0).latency.seconds().si());
  EXPECT_GT(error.rms, 0.01);
}

TEST_F(Mvm, OneVectorAndSeveralDevices) {
  const Ran ran = run({"mvm", "--matrix", at("W.npy"), "--input", at("x.npy"), "--device",
                       "reram_isaac,reram_isaac_cimloop", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto results = nlohmann::json::parse(ran.out)["results"];
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0]["machine"], "isaac/reram_isaac");
  EXPECT_EQ(results[0]["accuracy"]["samples"], 1);
}

TEST_F(Mvm, RefusesWhatDoesNotFit) {
  const auto message = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "mvm");
    return refusal(words);
  };
  EXPECT_THAT(message({"--input", at("X.npy")}), HasSubstr("--matrix: it is missing"));
  EXPECT_THAT(message({"--matrix", at("x.npy"), "--input", at("X.npy")}), HasSubstr("a matrix has two dimensions"));
  const std::vector<float> short_vector(kOutputs, 1.0f);
  workloads::save_npy<float>(at("short.npy"), {kOutputs}, short_vector);
  EXPECT_THAT(message({"--matrix", at("W.npy"), "--input", at("short.npy")}), HasSubstr("is the matrix transposed?"));
  const std::vector<float> nan(kInputs, std::numeric_limits<float>::quiet_NaN());
  workloads::save_npy<float>(at("nan.npy"), {kInputs}, nan);
  EXPECT_THAT(message({"--matrix", at("W.npy"), "--input", at("nan.npy")}), HasSubstr("is not finite"));
  EXPECT_THAT(message({"--matrix", at("W.npy"), "--input", at("X.npy"), "--output", at("Y.npy"), "--device",
                       "reram_isaac,reram_isaac_cimloop"}),
              HasSubstr("--output"));
  EXPECT_FALSE(std::filesystem::exists(at("Y.npy")));
}

}  // namespace
}  // namespace cimera::apps
