// The published network on the published test set, end to end.
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace cimera::apps {
namespace {

using nlohmann::json;

class Mnist : public ProgramTest {
 protected:
  void SetUp() override {
    if (real_data().empty()) GTEST_SKIP() << "CIMERA_DATA is not set";
    ProgramTest::SetUp();
  }
  std::vector<std::string> command(std::vector<std::string> more) const {
    std::vector<std::string> words{"compare", "--network", real_data() / "models/mnist-8.onnx", "--data",
                                   "mnist:" + (real_data() / "mnist").string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(Mnist, IdealIsaacKeepsTheAccuracyOfTheReference) {
  const json results = run_json(command({"--machines", "isaac,cpu_ddr4", "--baseline", "cpu_ddr4"}))["results"];
  for (const json& result : results) {
    const json& a = result["accuracy"];
    EXPECT_EQ(a["samples"], 10000);
    EXPECT_DOUBLE_EQ(a["reference"], 0.9891);
    EXPECT_NEAR(a["quantized"], 0.9891, 0.0005);
    EXPECT_EQ(a["device"], a["quantized"]);
  }
  EXPECT_EQ(results[1]["accuracy"]["device"], 0.9891);
}

TEST_F(Mnist, ProgrammingErrorCostsAccuracyAndSeedsRepeatIt) {
  const std::vector<std::string> noisy =
      command({"--machines", "isaac", "--set", "isaac:cell.sigma_program=0.1", "--samples", "2000", "--seed", "5"});
  const json first = run_json(noisy), again = run_json(noisy);
  EXPECT_EQ(first, again);
  const json& a = first["results"][0]["accuracy"];
  EXPECT_NE(a["device"], a["quantized"]);
  EXPECT_GT(a["loss"], 0.0);
}

TEST_F(Mnist, CalibrationOnTrainingImagesIsSaidAndUsed) {
  const std::string training = "mnist:" + (real_data() / "mnist/train-images-idx3-ubyte.reconstructed.gz").string() +
                               "," + (real_data() / "mnist/train-labels-idx1-ubyte.gz").string() + ":500";
  const json document = run_json(command({"--machines", "isaac", "--samples", "500", "--calibrate", training}));
  const json& calibration = document["inputs"]["resolved"]["calibration"];
  EXPECT_EQ(calibration["samples"], 500);
  EXPECT_EQ(calibration["on_evaluation_samples"], false);
  EXPECT_GE(document["results"][0]["accuracy"]["device"], 0.98);
}

TEST_F(Mnist, PerceptronReadsImagesAsAVector) {
  std::vector<std::string> words{"compare",
                                 "--network",
                                 real_data() / "models/mnist_mlp_784_50_100_10.onnx",
                                 "--data",
                                 "mnist:" + (real_data() / "mnist").string(),
                                 "--input-scale",
                                 "255"};
  const json a = run_json(words)["results"][0]["accuracy"];
  EXPECT_NEAR(a["reference"], 0.9352, 0.0001);
}

}  // namespace
}  // namespace cimera::apps
