// Networks of the catalog and single layers, end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"
#include "tests/paths.h"

namespace cimera::apps {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Networks : public ProgramTest {};

TEST_F(Networks, ShapesAreRunOnRandomTensors) {
  const json document = run_json({"compare", "--network", "lenet5", "--machines", "isaac,cpu_ddr4"});
  const json& network = document["inputs"]["resolved"]["network"];
  EXPECT_THAT(network["random_tensors"], HasSubstr("variance 2 / rows"));
  EXPECT_EQ(network["macs"], 416520);
  EXPECT_EQ(document["inputs"]["data"], "random samples (seed 1)");
  const json &isaac = document["results"][0], &cpu = document["results"][1];
  EXPECT_TRUE(isaac["accuracy"].is_null());
  EXPECT_GT(isaac["output_sqnr_dB"], 60.0);      // 16 bits
  EXPECT_TRUE(cpu["output_sqnr_dB"].is_null());  // FP32: identical
  EXPECT_GT(isaac["latency_s"], 0.0);
  const json other = run_json({"run", "--network", "lenet5", "--seed", "2"});
  EXPECT_NE(other["results"][0]["output_sqnr_dB"], isaac["output_sqnr_dB"]);
  EXPECT_EQ(other["results"][0]["latency_s"], isaac["latency_s"]);
}

/// The default network as onnxruntime quantises it: its own scales, bit for bit on ideal cells.
TEST_F(Networks, QuantisedFilesRunWithTheirOwnScales) {
  ASSERT_EQ(run({"export", "digits", "digits.npz", "--count", "100"}).code, 0);
  const std::string file = CIMERA_SOURCE_DIR "/tests/workloads/quantised/digits_qdq_per_channel.onnx";
  const Ran ran = run({"run", "--network", file, "--machine", "isaac", "--data", "npz:digits.npz"});
  EXPECT_EQ(ran.code, 0);
  std::string text = ran.out;  // lines are wrapped
  for (std::size_t at; (at = text.find("\n    ")) != std::string::npos;) text.replace(at, 5, " ");
  EXPECT_THAT(text, AllOf(HasSubstr("w8 a8"),
                          HasSubstr("of 4 weighted layers, 4 have integer weights (8 bits) "
                                    "and 4 scales and zero points"),
                          Not(HasSubstr("Ranges of activations")), HasSubstr("8-bit weights and 8-bit inputs")));
  const json document = run_json({"run", "--network", file, "--machine", "isaac", "--data", "npz:digits.npz"});
  const json& codes = document["inputs"]["resolved"]["network"]["file_codes"];
  EXPECT_EQ(codes["weights"], 4);
  EXPECT_EQ(codes["weight_bits"], 8);
  EXPECT_TRUE(document["inputs"]["resolved"]["calibration"].is_null());
  const json& accuracy = document["results"][0]["accuracy"];
  EXPECT_EQ(accuracy["quantized"], accuracy["device"]);
  EXPECT_GE(accuracy["reference"], 0.9);
  const Ran refused = run({"describe", "network", file, "--bits", "4,4"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("4-bit weights: 'digits_qdq_per_channel' was quantised before"));
  EXPECT_EQ(run_json({"describe", "network", file})["weight_bits"], 8);
}

TEST_F(Networks, WhatIsTooLargeForRandomTensorsIsSaid) {
  const json document = run_json({"run", "--network", "gpt2_xl", "--machine", "cpu_ddr4", "--fidelity", "cost",
                                  "--phase", "decode", "--context", "16"});
  EXPECT_TRUE(document["inputs"]["data"].is_null());
  EXPECT_THAT(document["inputs"]["resolved"]["data"]["why"], HasSubstr("too large for a reading on random tensors"));
  EXPECT_TRUE(document["results"][0]["output_sqnr_dB"].is_null());
  // All weights are read for one token: no faster than 1.55e9 x 4 bytes at the peak of four channels, 76.8 GB/s.
  EXPECT_GT(document["results"][0]["latency_s"], 1554971200.0 * 4 / 76.8e9);
}

TEST_F(Networks, ALayerStandsForANetwork) {
  const json alone = run_json({"run", "--layer", "conv:6,16,5x5,14x14"});
  EXPECT_EQ(alone["inputs"]["network"], "conv:6,16,5x5,14x14");
  EXPECT_EQ(alone["results"][0]["layers"][0]["macs"], 100 * 16 * 150);
  const json named = run_json({"run", "--network", "lenet5", "--layer", "conv2"});
  EXPECT_EQ(named["inputs"]["network"], "conv2 of lenet5");
  EXPECT_EQ(named["results"][0]["latency_s"], alone["results"][0]["latency_s"]);
  const json trained = run_json({"run", "--layer", "conv1", "--network", "digits_cnn"});
  EXPECT_TRUE(trained["results"][0]["accuracy"].is_null());  // its input would be digits, its outputs are no classes
}

TEST_F(Networks, DescribePrintsTotals) {
  const json gpt3 = run_json({"describe", "network", "gpt3_175b", "--phase", "decode", "--bits", "4,8"});
  EXPECT_EQ(gpt3["weights"], 174563733504);
  EXPECT_EQ(gpt3["weight_bytes"], 174563733504 / 2);
  EXPECT_EQ(gpt3["kv_bytes"], std::int64_t{2} * 96 * 2048 * 12288);
  const Ran text = run({"describe", "network", "gpt3_175b"});
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("block1 .. block95"), HasSubstr("as block0"),
                              HasSubstr("keys and values 4.832 GB"), HasSubstr("arithmetic intensity")));
  EXPECT_EQ(run_json({"describe", "network", "resnet18", "--layer", "conv2"})["macs"], 56 * 56 * 64 * 576);
}

TEST_F(Networks, WrongUsesAreRefused) {
  EXPECT_THAT(refusal({"run", "--network", "resnet51"}), HasSubstr("did you mean 'resnet50'?"));
  EXPECT_THAT(refusal({"run", "--network", "vgg16"}),
              AllOf(HasSubstr("network 'vgg16' needs 726 tiles but 1 chip of isaac has 168"),
                    HasSubstr("organisation.chips=5")));
  EXPECT_THAT(refusal({"run", "--network", "lenet5", "--data", "mnist:x"}), HasSubstr("leave --data out"));
  EXPECT_THAT(refusal({"run", "--network", "lenet5", "--phase", "decode"}), HasSubstr("'lenet5' is no transformer"));
  EXPECT_THAT(refusal({"run", "--phase", "decode"}), HasSubstr("is a fixed graph"));
  EXPECT_THAT(refusal({"run", "--network", "gpt2_xl", "--phase", "prefil"}), HasSubstr("did you mean 'prefill'?"));
  EXPECT_THAT(refusal({"run", "--network", "gpt2_xl", "--context", "1025"}), HasSubstr("contexts of 1 to 1024 tokens"));
  EXPECT_THAT(refusal({"run", "--layer", "conv:1,2"}),
              HasSubstr("has 2 values, not 4; the form is conv:IN,OUT,KxK,HxW"));
  EXPECT_THAT(refusal({"run", "--layer", "gemv:2,3", "--context", "4"}), HasSubstr("a single layer is no transformer"));
  EXPECT_THAT(refusal({"run", "--network", "lenet5", "--layer", "conv9"}), HasSubstr("has no layer 'conv9'"));
  EXPECT_THAT(refusal({"describe", "machine", "isaac", "--context", "4"}),
              HasSubstr("for networks, not for a machine"));
}

}  // namespace
}  // namespace cimera::apps
