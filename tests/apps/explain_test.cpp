// cimera explain, end to end: its figures are those of `cimera run`, and sum to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/apps/program.h"

namespace cimera::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Explain : public ProgramTest {
 protected:
  static const json& row(const json& list, const std::string& name) {
    for (const json& entry : list)
      if (entry["name"] == name) return entry;
    throw std::out_of_range(name);
  }
};

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST_F(Explain, AgreesWithRun) {
  for (const char* machine : {"isaac", "cpu_ddr4"}) {
    const std::vector<std::string> point{"--machine", machine, "--batch", "3"};
    std::vector<std::string> explain{"explain"}, run{"run", "--samples", "30"};
    explain.insert(explain.end(), point.begin(), point.end());
    run.insert(run.end(), point.begin(), point.end());
    const json explained = run_json(explain), result = run_json(run)["results"][0];
    const double latency = result["latency_s"], energy = result["energy_J"];
    EXPECT_EQ(explained["latency_s"], result["latency_s"]);
    EXPECT_EQ(explained["energy_J"], result["energy_J"]);
    EXPECT_EQ(explained["evaluator"], "timing");

    for (const json& stall : explained["time"]) {
      double sum = stall["work_s"].get<double>() + stall["rest_s"].get<double>();
      for (const json& wait : stall["waits_s"]) sum += wait.get<double>();
      EXPECT_NEAR(sum, latency, 1e-9 * latency) << stall["name"];
    }
    double sum = 0.0;
    for (const json& joules : explained["energy"]["standing_J"]) sum += joules.get<double>();
    EXPECT_NEAR(sum, result["standing_energy_J"], 1e-9 * energy);
    for (const json& layer : result["layers"]) {
      double of_layer = 0.0;
      for (const json& joules : row(explained["energy"]["layers"], layer["name"])["components_J"])
        of_layer += joules.get<double>();
      EXPECT_NEAR(of_layer, layer["energy_J"], 1e-9 * energy) << layer["name"];
      sum += of_layer;
    }
    EXPECT_NEAR(sum, energy, 1e-9 * energy);
  }
}

TEST_F(Explain, PointsOfTheRooflineByHand) {
  const json roofline = run_json({"explain", "--machine", "isaac"})["roofline"];
  const json& conv2 = row(roofline["layers"], "conv2");
  // 204,800 multiply-accumulates and 1,024 biases; 204,800 bits out of the tile buffer.
  EXPECT_EQ(conv2["operations"], 2 * 204'800 + 1'024);
  EXPECT_EQ(conv2["bytes"], 204'800 / 8);
  EXPECT_DOUBLE_EQ(conv2["ops_per_byte"], 410'624.0 / 25'600);
  // Its first product needs pixel (4, 4) of pool1, and so position (9, 9) of conv1, the 226th of 576: from there 350 x
  // 1.6 us, and 21 stages of 100 ns of its own. The write into the buffer, the 22nd, moves data.
  EXPECT_NEAR(410'624 / conv2["ops_per_s"].get<double>(), 350 * 1.6e-6 + 21 * 100e-9, 1e-12);
  // Its arrays work for 64 positions of 1.6 us.
  EXPECT_NEAR(conv2["alone_ops_per_s"], 410'624 / (64 * 1.6e-6), 1e-3);
  EXPECT_DOUBLE_EQ(conv2["roof_ops_per_s"], 8 * 2.56e9) << "16 operations per byte are more than the 2 of the ridge";
  for (const json& layer : roofline["layers"]) EXPECT_LE(layer["ops_per_s"], layer["alone_ops_per_s"]) << layer["name"];
}

TEST_F(Explain, OneLayerInDetail) {
  const json layer = run_json({"explain", "--layer", "conv2"})["layer"];
  const json result = run_json({"run", "--samples", "1"})["results"][0];
  double sum = 0.0;
  for (const json& charge : layer["charges"]) sum += charge["energy_J"].get<double>();
  const double energy = row(result["layers"], "conv2")["energy_J"];
  EXPECT_NEAR(sum, energy, 1e-9 * energy);
  EXPECT_EQ(layer["charges"][0]["component"], "adc");
  EXPECT_EQ(layer["charges"][0]["count"], 262'144);
  EXPECT_EQ(layer["tasks"].size(), 4U) << "input, fetch and arrays, activation";
  EXPECT_THAT(run({"explain", "--layer", "conv2"}).out, HasSubstr("What the layer is charged for"));
}

TEST_F(Explain, FiguresInAFolder) {
  const Ran ran = run({"explain", "--out", "figures", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(read_whole(folder_ / "figures/explain.json"), ran.out);
  for (const char* name : {"roofline.svg", "time.svg", "energy.svg"}) {
    const std::string svg = read_whole(folder_ / "figures" / name);
    EXPECT_THAT(svg, StartsWith("<svg xmlns=")) << name;
    EXPECT_THAT(svg, ::testing::EndsWith("</svg>\n")) << name;
    EXPECT_THAT(svg, HasSubstr("digits_cnn on isaac, one image")) << name;
    for (const char* layer : {"conv1", "conv2", "dense1", "dense2"}) EXPECT_THAT(svg, HasSubstr(layer)) << name;
  }
  const json roofline = json::parse(ran.out)["roofline"];
  EXPECT_EQ(count(read_whole(folder_ / "figures/roofline.svg"), "<circle "), roofline["layers"].size());
}

TEST_F(Explain, TheClosedFormSaysThatItKnowsNoWaits) {
  const json explained = run_json({"explain", "--fidelity", "cost"});
  EXPECT_EQ(explained["evaluator"], "cost");
  EXPECT_EQ(explained["time"][0]["waits_s"], nullptr);
  EXPECT_THAT(run({"explain", "--fidelity", "cost"}).out, HasSubstr("(closed form)"));
}

TEST_F(Explain, Refusals) {
  EXPECT_THAT(refusal({"explain", "--layer", "conv3"}), StartsWith("--layer: unknown layer 'conv3'; did you mean"));
  EXPECT_EQ(refusal({"explain", "--batch", "1,2"}), "--batch: one batch size is explained at a time");
}

}  // namespace
}  // namespace cimera::apps
