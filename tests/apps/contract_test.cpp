// The JSON that machines read: its keys and types are a contract (docs/cli.md).
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/apps/program.h"
#include "tests/paths.h"

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
                           {"/throughput_basis", "s"},
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
                           {"/reprogramming", "o?"},
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
                           {"/accuracy/quantized_inputs", "i"},
                           {"/accuracy/clipped_inputs", "i"},
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
                           {"/normalized", "o?"},
                           {"/sources", "a"}};

constexpr Key kLayer[] = {{"/name", "s"},      {"/op", "s"},
                          {"/on", "s?"},       {"/macs", "i"},
                          {"/latency_s", "n"}, {"/energy_J", "n?"},
                          {"/counts", "o"},    {"/quantized_inputs", "i?"},
                          {"/sqnr_dB", "n?"},  {"/clipped_inputs", "i?"}};

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

}  // namespace
}  // namespace cimera::apps
