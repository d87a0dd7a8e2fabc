// The JSON that machines read: its keys and types are a contract (docs/cli.md), and its figures agree with each other.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/apps/program.h"
#include "tests/paths.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/data/npy.h"
#include "workloads/synthetic/digits.h"

namespace cimera::apps {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// A key of the contract. `type`: n number, i whole number, s string, b switch, o object, a list; '?': may be null.
struct Key {
  const char* pointer;
  const char* type;
};

constexpr Key kDocument[] = {{"/schema", "i"},
                             {"/tool/name", "s"},
                             {"/tool/version", "s"},
                             {"/tool/build", "s"},
                             {"/inputs/network", "s"},
                             {"/inputs/data", "s?"},
                             {"/inputs/seed", "i"},
                             {"/inputs/resolved", "o"},
                             {"/inputs/resolved/network/fingerprint", "s"},
                             {"/inputs/resolved/data/samples", "i"},
                             {"/inputs/resolved/data/fingerprint", "s"},
                             {"/inputs/resolved/calibration/method", "s"},
                             {"/inputs/resolved/calibration/samples", "i"},
                             {"/inputs/resolved/calibration/on_evaluation_samples", "b"},
                             {"/inputs/resolved/machines", "o"},
                             {"/results", "a"}};

constexpr Key kResult[] = {{"/machine", "s"},
                           {"/batch", "i"},
                           {"/error", "s?"},
                           {"/evaluator", "s"},
                           {"/latency_s", "n"},
                           {"/throughput_per_s", "n"},
                           {"/energy_J", "n?"},
                           {"/power_W", "n?"},
                           {"/area_mm2", "n?"},
                           {"/edp_Js", "n?"},
                           {"/tops", "n"},
                           {"/tops_per_W", "n?"},
                           {"/tops_per_mm2", "n?"},
                           {"/unknown", "a"},
                           {"/host_standing", "o?"},
                           {"/weight_load/latency_s", "n?"},
                           {"/weight_load/cell_endurance_loads", "n?"},
                           {"/weight_load/energy_J", "n?"},
                           {"/weight_load/unknown", "a"},
                           {"/precision/format", "s"},
                           {"/precision/weight_bits", "i"},
                           {"/precision/input_bits", "i"},
                           {"/accuracy/samples", "i"},
                           {"/accuracy/trials", "i"},
                           {"/accuracy/reference", "n?"},
                           {"/accuracy/quantized", "n?"},
                           {"/accuracy/device", "n?"},
                           {"/accuracy/device_std", "n?"},
                           {"/accuracy/loss", "n?"},
                           {"/accuracy/loss_ci95", "a?"},
                           {"/accuracy/output_sqnr_dB", "n?"},
                           {"/accuracy/quantized_sqnr_dB", "n?"},
                           {"/accuracy/adc_conversions", "i"},
                           {"/accuracy/clipped_conversions", "i"},
                           {"/latency_bound_s", "n"},
                           {"/gap", "n"},
                           {"/skipped_blocks", "i"},
                           {"/input_steps", "o?"},
                           {"/energy_breakdown_J", "o"},
                           {"/standing_energy_J", "n"},
                           {"/latency_breakdown_s", "o"},
                           {"/busiest_units", "o"},
                           {"/counts", "o"},
                           {"/mapping/arrays", "i"},
                           {"/mapping/tiles", "i"},
                           {"/mapping/cell_utilisation", "n"},
                           {"/mapping/host_layers", "a"},
                           {"/layers", "a"},
                           {"/baseline/machine", "s"},
                           {"/baseline/speedup", "n"},
                           {"/baseline/energy_ratio", "n?"},
                           {"/baseline/energy_ratio_with_host_on", "n?"},
                           {"/sources", "a"}};

constexpr Key kLayer[] = {{"/name", "s"}, {"/op", "s"},        {"/on", "s?"},
                          {"/macs", "i"}, {"/latency_s", "n"}, {"/energy_J", "n?"}};

bool has_type(const json& value, const std::string& type) {
  if (value.is_null()) return type.ends_with('?');
  switch (type[0]) {
    case 'n':
      return value.is_number() && std::isfinite(value.get<double>());
    case 'i':
      return value.is_number_integer();
    case 's':
      return value.is_string();
    case 'b':
      return value.is_boolean();
    case 'o':
      return value.is_object();
    default:
      return value.is_array();
  }
}

template <std::size_t N>
void expect_keys(const json& object, const Key (&keys)[N]) {
  for (const Key& key : keys) {
    const json::json_pointer pointer(key.pointer);
    ASSERT_TRUE(object.contains(pointer)) << key.pointer;
    EXPECT_TRUE(has_type(object.at(pointer), key.type)) << key.pointer << " = " << object.at(pointer);
  }
}

double sum(const json& object) {
  double total = 0.0;
  for (const json& value : object) total += value.get<double>();
  return total;
}

class Contract : public ProgramTest {
 protected:
  json compare(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"compare", "--baseline", "cpu_ddr4", "--batch", "1,4", "--samples", "60"});
    return run_json(more);
  }
};

TEST_F(Contract, KeysAndTypes) {
  const json document = compare();
  ASSERT_TRUE(document.is_object());
  expect_keys(document, kDocument);
  EXPECT_EQ(document["schema"], 1);
  EXPECT_EQ(document["tool"]["name"], "cimera");
  ASSERT_EQ(document["results"].size(), 4U);
  for (const json& result : document["results"]) {
    expect_keys(result, kResult);
    for (const json& layer : result["layers"]) expect_keys(layer, kLayer);
    EXPECT_EQ(result["layers"].size(), 10U);
    EXPECT_EQ(result["error"], nullptr);
  }
  EXPECT_EQ(document["results"][0]["machine"], "isaac");
  EXPECT_EQ(document["results"][1]["batch"], 4);
  EXPECT_EQ(document["results"][3]["machine"], "cpu_ddr4");
}

TEST(ContractPage, NamesEveryKey) {
  const std::string page = read_whole(CIMERA_SOURCE_DIR "/docs/cli.md");
  const auto expect_named = [&](const auto& keys) {
    for (const Key& key : keys) {
      const std::string pointer = key.pointer;
      if (pointer.starts_with("/inputs/resolved/")) continue;
      EXPECT_THAT(page, HasSubstr("`" + pointer.substr(pointer.rfind('/') + 1))) << pointer;
    }
  };
  expect_named(kDocument);
  expect_named(kResult);
  expect_named(kLayer);
}

TEST_F(Contract, ResolvedInputsNameEverySource) {
  const json machines = compare()["inputs"]["resolved"]["machines"];
  for (const char* parameters :
       {"/isaac/parameters", "/isaac/cell/parameters", "/isaac/host/parameters", "/cpu_ddr4/parameters"}) {
    const json& table = machines.at(json::json_pointer(parameters));
    EXPECT_GT(table.size(), 10U) << parameters;
    for (const auto& [path, entry] : table.items()) {
      EXPECT_TRUE(entry["value"].is_string()) << path;
      const bool figure = path != "description" && path.find(".holds_for.") == std::string::npos &&
                          std::isdigit(entry["value"].get<std::string>()[0]) != 0;
      EXPECT_TRUE(!figure || entry["source"] != "") << path << " is a figure without a source";
    }
  }
}

TEST_F(Contract, FiguresAgreeWithEachOther) {
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

TEST_F(Contract, BaselineIsTheRatioAtTheSameBatch) {
  const json results = compare()["results"];
  for (std::size_t i = 0; i < 4; ++i) {
    const json &own = results[i], &base = results[2 + i % 2];
    EXPECT_EQ(own["baseline"]["machine"], "cpu_ddr4");
    EXPECT_DOUBLE_EQ(own["baseline"]["speedup"], base["latency_s"].get<double>() / own["latency_s"].get<double>());
    EXPECT_DOUBLE_EQ(own["baseline"]["energy_ratio"], base["energy_J"].get<double>() / own["energy_J"].get<double>());
  }
}

TEST_F(Contract, WithoutBaselineThereIsNone) {
  EXPECT_EQ(run_json({"run", "--samples", "20"})["results"][0]["baseline"], nullptr);
}

TEST_F(Contract, UnknownEnergyIsNullAndNamed) {
  changed_machine("cpu_ddr4", "energy: 22.5 pJ @ traffic", "energy: unknown, full_rate: 153.6 GHz @ traffic");
  const json result = run_json({"compare", "--machines", "cpu_ddr4.yaml", "--samples", "20"})["results"][0];
  for (const char* key : {"energy_J", "power_W", "edp_Js", "tops_per_W"}) EXPECT_EQ(result[key], nullptr) << key;
  EXPECT_EQ(result["unknown"], json::array({"memory"}));
  EXPECT_GT(result["latency_s"], 0.0);
  EXPECT_GT(result["energy_breakdown_J"]["cores"], 0.0);
}

TEST_F(Contract, HostComputesTheReference) {
  const json a = run_json({"run", "--machine", "cpu_ddr4", "--samples", "60"})["results"][0]["accuracy"];
  EXPECT_EQ(a["device"], a["reference"]);
  EXPECT_EQ(a["quantized"], a["reference"]);
  EXPECT_EQ(a["loss_ci95"], json::array({0.0, 0.0}));
  EXPECT_EQ(a["output_sqnr_dB"], nullptr);
}

TEST_F(Contract, FidelityIsWhatWasAskedFor) {
  const json cost = run_json({"run", "--fidelity", "cost", "--samples", "20"})["results"][0];
  const json timing = run_json({"run", "--fidelity", "timing", "--samples", "20"})["results"][0];
  EXPECT_EQ(cost["evaluator"], "cost");
  EXPECT_EQ(cost["gap"], nullptr);
  EXPECT_EQ(cost["latency_s"], timing["latency_bound_s"]);
  EXPECT_EQ(cost["counts"], timing["counts"]);
  EXPECT_LE(cost["latency_s"], timing["latency_s"]);
}

TEST_F(Contract, PeriodsSkippedOrPlayedGiveTheSame) {
  json skipped = run_json({"run", "--samples", "20", "--batch", "12"})["results"][0];
  json played = run_json({"run", "--samples", "20", "--batch", "12", "--periods", "play"})["results"][0];
  EXPECT_GT(skipped["skipped_blocks"], 0);
  EXPECT_EQ(played["skipped_blocks"], 0);
  skipped.erase("skipped_blocks"), played.erase("skipped_blocks");
  EXPECT_EQ(skipped, played);
}

TEST_F(Contract, SkippedInputStepsFollowTheData) {
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

TEST_F(Contract, DataWithoutLabelsHaveNoAccuracyButASqnr) {
  const workloads::Batch digits = workloads::digits(1, 0, 20);
  workloads::save_npy<float>((folder_ / "x.npy").string(), {20, 1, 28, 28}, digits.values);
  const json a = run_json({"run", "--data", "npy:x.npy", "--bits", "4,4"})["results"][0]["accuracy"];
  for (const char* key : {"reference", "quantized", "device", "loss", "loss_ci95"}) EXPECT_EQ(a[key], nullptr) << key;
  EXPECT_GT(a["output_sqnr_dB"], 0.0);
}

TEST_F(Contract, NetworkThatReadsOtherShapesHasNoAccuracyWithoutData) {
  workloads::ModelWriter model;
  model.input("x", {-1, 8}).output("y", 2).floats("w", {8, 4}, std::vector<float>(32, 0.5F));
  model.node("MatMul", {"x", "w"}, "y");
  write("small.onnx", model.bytes());
  const json document = run_json({"run", "--network", "small.onnx"});
  EXPECT_EQ(document["results"][0]["accuracy"], nullptr);
  EXPECT_EQ(document["inputs"]["data"], nullptr);
  EXPECT_THAT(document["inputs"]["resolved"]["data"]["why"], HasSubstr("no --data were given"));
  EXPECT_GT(document["results"][0]["latency_s"], 0.0);
}

}  // namespace
}  // namespace cimera::apps
