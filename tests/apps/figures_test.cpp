// The figures of the JSON agree with each other, and say what they are.
#include <algorithm>
#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/data/npy.h"
#include "workloads/synthetic/digits.h"

namespace cimera::apps {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

double sum(const json& object) {
  double total = 0.0;
  for (const json& value : object) total += value.get<double>();
  return total;
}

class Figures : public ProgramTest {
 protected:
  json compare() const { return run_json({"compare", "--baseline", "cpu_ddr4", "--batch", "1,4", "--samples", "60"}); }
};

TEST_F(Figures, AgreeWithEachOther) {
  const json report = compare();
  for (const json& r : report["results"]) {
    const double latency = r["latency_s"], energy = r["energy_J"], batch = r["batch"], area = r["area_mm2"];
    EXPECT_NEAR(sum(r["energy_breakdown_J"]), energy, 1e-9 * energy);
    EXPECT_NEAR(sum(r["latency_breakdown_s"]), latency, 1e-9 * latency);
    double layers = r["standing_energy_J"], macs = 0;
    for (const json& layer : r["layers"])
      layers += layer["energy_J"].get<double>(), macs += layer["macs"].get<double>();
    EXPECT_NEAR(layers, energy, 1e-9 * energy);
    const double tops = 2 * macs * batch / latency / 1e12;
    EXPECT_DOUBLE_EQ(r["tops"], tops);
    EXPECT_NEAR(r["tops_per_W"], 2 * macs * batch / energy / 1e12, 1e-12 * tops);
    EXPECT_DOUBLE_EQ(r["tops_per_mm2"], tops / area);
    EXPECT_DOUBLE_EQ(r["power_W"], energy / latency);
    EXPECT_DOUBLE_EQ(r["edp_Js"], energy * latency);
    EXPECT_EQ(r["evaluator"], "timing");
    EXPECT_GE(r["gap"], 0.0);
    EXPECT_NEAR(r["gap"], (latency - r["latency_bound_s"].get<double>()) / latency, 1e-12);
    const json& a = r["accuracy"];
    EXPECT_DOUBLE_EQ(a["loss"], a["reference"].get<double>() - a["device"].get<double>());
    EXPECT_LE(a["loss_ci95"][0], a["loss"]);
    EXPECT_GE(a["loss_ci95"][1], a["loss"]);
  }
}

TEST_F(Figures, LayersSumToTheCountsOfTheResult) {
  const json report = compare();
  for (const json& r : report["results"]) {
    std::map<std::string, std::int64_t> sums;
    for (const json& layer : r["layers"])
      for (const auto& [event, n] : layer["counts"].items()) sums[event] += n.get<std::int64_t>();
    EXPECT_EQ(json(sums), json(r["counts"].get<std::map<std::string, std::int64_t>>()));
  }
}

TEST_F(Figures, ThroughputSaysWhatItIs) {
  const json results = compare()["results"];
  for (const json& r : results) {
    const double whole = r["batch"].get<double>() / r["latency_s"].get<double>();
    if (r["throughput_basis"] == "batch") EXPECT_DOUBLE_EQ(r["throughput_per_s"], whole);
    else EXPECT_GT(r["throughput_per_s"], whole);
  }
  EXPECT_EQ(results[0]["throughput_basis"], "batch");
  EXPECT_EQ(results[1]["throughput_basis"], "pipeline");
  EXPECT_EQ(results[3]["throughput_basis"], "batch");
}

TEST_F(Figures, ClippedInputsAreCountedByLayer) {
  // Calibrated on dark pictures: what is bright is clipped.
  std::vector<float> dark = workloads::digits(7, 0, 20).values;
  for (float& value : dark) value *= 0.25F;
  workloads::save_npy<float>((folder_ / "dark.npy").string(), {20, 1, 28, 28}, dark);
  const std::vector<std::string> command{"run", "--samples", "30", "--calibrate", "npy:dark.npy"};
  const json result = run_json(command)["results"][0];
  const json& first = result["layers"][0];
  EXPECT_EQ(first["quantized_inputs"], 30 * 28 * 28);
  std::int64_t bright = 0;
  const float limit = *std::ranges::max_element(dark);
  const std::vector<float> evaluated = workloads::digits(workloads::kDigitsEvaluationSeed, 0, 30).values;
  for (const float value : evaluated) bright += std::nearbyint(value / limit * 65535.0F) > 65535.0F ? 1 : 0;
  EXPECT_EQ(first["clipped_inputs"], bright);
  EXPECT_GT(bright, 1000);
  EXPECT_EQ(result["layers"][1]["clipped_inputs"], nullptr) << "a ReLU quantises nothing";
  std::int64_t sum = 0;
  for (const json& layer : result["layers"])
    sum += layer["clipped_inputs"].is_null() ? 0 : layer["clipped_inputs"].get<int>();
  EXPECT_EQ(result["accuracy"]["clipped_inputs"], sum);
  EXPECT_THAT(run(command).out, HasSubstr("lay beyond the calibrated ranges and were clipped"));
}

TEST_F(Figures, BaselineIsTheRatioAtTheSameBatch) {
  const json results = compare()["results"];
  for (std::size_t i = 0; i < 4; ++i) {
    const json &own = results[i], &base = results[2 + i % 2];
    EXPECT_EQ(own["baseline"]["machine"], "cpu_ddr4");
    EXPECT_DOUBLE_EQ(own["baseline"]["speedup"], base["latency_s"].get<double>() / own["latency_s"].get<double>());
    EXPECT_DOUBLE_EQ(own["baseline"]["energy_ratio"], base["energy_J"].get<double>() / own["energy_J"].get<double>());
  }
}

TEST_F(Figures, WithoutBaselineThereIsNone) {
  EXPECT_EQ(run_json({"run", "--samples", "20"})["results"][0]["baseline"], nullptr);
}

TEST_F(Figures, UnknownEnergyIsNullAndNamed) {
  changed_machine("cpu_ddr4", "energy: 22.5 pJ @ traffic", "energy: unknown, full_rate: 153.6 GHz @ traffic");
  const json result = run_json({"compare", "--machines", "cpu_ddr4.yaml", "--samples", "20"})["results"][0];
  for (const char* key : {"energy_J", "power_W", "edp_Js", "tops_per_W"}) EXPECT_EQ(result[key], nullptr) << key;
  EXPECT_EQ(result["unknown"], json::array({"memory"}));
  EXPECT_GT(result["latency_s"], 0.0);
  EXPECT_GT(result["energy_breakdown_J"]["cores"], 0.0);
}

TEST_F(Figures, HostComputesTheReference) {
  const json a = run_json({"run", "--machine", "cpu_ddr4", "--samples", "60"})["results"][0]["accuracy"];
  EXPECT_EQ(a["device"], a["reference"]);
  EXPECT_EQ(a["quantized"], a["reference"]);
  EXPECT_EQ(a["loss_ci95"], json::array({0.0, 0.0}));
  EXPECT_EQ(a["output_sqnr_dB"], nullptr);
}

TEST_F(Figures, FidelityIsWhatWasAskedFor) {
  const json cost = run_json({"run", "--fidelity", "cost", "--samples", "20"})["results"][0];
  const json timing = run_json({"run", "--fidelity", "timing", "--samples", "20"})["results"][0];
  EXPECT_EQ(cost["evaluator"], "cost");
  EXPECT_EQ(cost["gap"], nullptr);
  EXPECT_EQ(cost["latency_s"], timing["latency_bound_s"]);
  EXPECT_EQ(cost["counts"], timing["counts"]);
  EXPECT_LE(cost["latency_s"], timing["latency_s"]);
}

TEST_F(Figures, PeriodsSkippedOrPlayedGiveTheSame) {
  json skipped = run_json({"run", "--samples", "20", "--batch", "12"})["results"][0];
  json played = run_json({"run", "--samples", "20", "--batch", "12", "--periods", "play"})["results"][0];
  EXPECT_GT(skipped["skipped_blocks"], 0);
  EXPECT_EQ(played["skipped_blocks"], 0);
  skipped.erase("skipped_blocks"), played.erase("skipped_blocks");
  EXPECT_EQ(skipped, played);
}

TEST_F(Figures, SkippedInputStepsFollowTheData) {
  const auto result = [&](const std::string& steps, const std::vector<std::string>& more) {
    std::vector<std::string> args{"run", "--set", "isaac:pipeline.zero_steps=" + steps};
    args.insert(args.end(), more.begin(), more.end());
    return run_json(args)["results"][0];
  };
  const std::vector<std::string> digits{"--samples", "20", "--batch", "4"}, layer{"--layer", "conv:8,8,3x3,9x9"};
  const json driven = result("driven", digits), skipped = result("skipped", digits);
  EXPECT_EQ(driven["input_steps"], nullptr);
  EXPECT_EQ(skipped["input_steps"]["drawn_from_images"], 20);
  EXPECT_EQ(skipped["input_steps"]["most"], 16);
  EXPECT_LT(skipped["input_steps"]["mean"], 15.0);
  EXPECT_LT(skipped["latency_s"], driven["latency_s"]);
  EXPECT_LT(skipped["counts"]["adc_conversions"], driven["counts"]["adc_conversions"]);
  EXPECT_EQ(skipped["counts"]["edram_read_bits"], driven["counts"]["edram_read_bits"]);
  EXPECT_EQ(skipped["accuracy"]["device"], driven["accuracy"]["device"]);
  EXPECT_EQ(skipped["accuracy"]["output_sqnr_dB"], driven["accuracy"]["output_sqnr_dB"]);
  EXPECT_EQ(skipped["skipped_blocks"], 0);
  EXPECT_EQ(result("skipped", digits), skipped) << "draws are addressed";
  EXPECT_EQ(result("skipped", layer)["latency_s"], result("driven", layer)["latency_s"]) << "no data: all are executed";
}

TEST_F(Figures, DataWithoutLabelsHaveNoAccuracyButASqnr) {
  const workloads::Batch digits = workloads::digits(1, 0, 20);
  workloads::save_npy<float>((folder_ / "x.npy").string(), {20, 1, 28, 28}, digits.values);
  const json a = run_json({"run", "--data", "npy:x.npy", "--bits", "4,4"})["results"][0]["accuracy"];
  for (const char* key : {"reference", "quantized", "device", "loss", "loss_ci95"}) EXPECT_EQ(a[key], nullptr) << key;
  EXPECT_GT(a["output_sqnr_dB"], 0.0);
}

TEST_F(Figures, OnlyTheDefaultNetworkGetsTheSyntheticDigits) {
  workloads::ModelWriter model;
  model.input("x", {-1, 1, 28, 28}).output("y", 4).floats("w", {2, 1, 28, 28}, std::vector<float>(2 * 784, 0.5F));
  model.node("Conv", {"x", "w"}, "y");
  write("small.onnx", model.bytes());
  const json document = run_json({"run", "--network", "small.onnx"});
  EXPECT_EQ(document["results"][0]["accuracy"], nullptr);
  EXPECT_EQ(document["inputs"]["data"], nullptr);
  EXPECT_THAT(document["inputs"]["resolved"]["data"]["why"], HasSubstr("no data are given; --data mnist:DIR"));
  EXPECT_GT(document["results"][0]["latency_s"], 0.0);
  EXPECT_THAT(run({"run", "--network", "small.onnx"}).out, HasSubstr("not measured: no data are given"));
}

TEST_F(Figures, GuessingIsSaidToBeGuessing) {
  // Equal outputs for all classes: the first one always wins.
  workloads::ModelWriter model;
  model.input("x", {-1, 4}).output("y", 2).floats("w", {4, 4}, std::vector<float>(16, 0.5F));
  model.node("MatMul", {"x", "w"}, "y");
  write("guess.onnx", model.bytes());
  const auto out = [&](std::int64_t share) {  // of labels that are class 0
    const std::vector<float> values(400 * 4, 1.0F);
    std::vector<std::int64_t> labels(400);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i) < share ? 0 : 1 + i % 3;
    workloads::save_npy<float>((folder_ / "x.npy").string(), {400, 4}, values);
    workloads::save_npy<std::int64_t>((folder_ / "y.npy").string(), {400}, labels);
    return run({"run", "--network", "guess.onnx", "--data", "npy:x.npy,y.npy"}).out;
  };
  // Chance is 25 %, its standard error over 400 samples sqrt(0.25 x 0.75 / 400) = 2.2 %.
  EXPECT_THAT(out(100), HasSubstr("no better than guessing one of 4 classes (25.00 %)"));
  EXPECT_THAT(out(117), HasSubstr("no better than guessing"));
  EXPECT_THAT(out(118), ::testing::Not(HasSubstr("no better than guessing")));
}

}  // namespace
}  // namespace cimera::apps
