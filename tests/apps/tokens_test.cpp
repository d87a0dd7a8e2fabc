// A token network end to end: the transformer of $CIMERA_DATA on its golden tokens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"
#include "workloads/data/npy.h"

namespace cimera::apps {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Tokens : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    if (real_data().empty()) GTEST_SKIP() << "CIMERA_DATA is not set";
  }
  std::string network() const { return (real_data() / "models/stories260K_seq128.onnx").string(); }
  std::string tokens() const { return "tokens:" + (real_data() / "models/stories260K_greedy128_tokens.npy").string(); }
  json accuracy(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"run", "--network", network(), "--data", tokens(), "--fidelity", "cost"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_json(arguments)["results"][0]["accuracy"];
  }
};

TEST_F(Tokens, AnIdealCrossbarMakesTheGoldenTokens) {
  const json a = accuracy({"--machine", "isaac"});
  EXPECT_EQ(a["reference"], 1.0);  // 127 of 127
  EXPECT_EQ(a["device"], 1.0);
  EXPECT_EQ(a["token_agreement"], 1.0);
  // As the exact integers, which are close to FP32 at 16 bits.
  EXPECT_EQ(a["perplexity"], a["quantized_perplexity"]);
  EXPECT_EQ(a["output_sqnr_dB"], a["quantized_sqnr_dB"]);
  EXPECT_NEAR(a["perplexity"].get<double>(), a["reference_perplexity"].get<double>(), 1e-3);
}

TEST_F(Tokens, ErrorsOfCellsCostTokens) {
  const json a = accuracy({"--machine", "isaac", "--set", "isaac:cell.sigma_program=0.05", "--trials", "2"});
  EXPECT_GT(a["token_agreement"], 0.1);
  EXPECT_LT(a["token_agreement"], 0.9);
  EXPECT_GT(a["perplexity"].get<double>(), 1.5 * a["reference_perplexity"].get<double>());
  EXPECT_EQ(a["quantized_token_agreement"], 1.0);
}

TEST_F(Tokens, LongListsAreCutAndShortOnesRefused) {
  std::vector<std::int64_t> many(300, 5);
  workloads::save_npy<std::int64_t>((folder_ / "many.npy").string(), {300}, many);
  const json run = run_json({"run", "--network", network(), "--data", "tokens:many.npy", "--machine", "cpu_ddr4"});
  EXPECT_EQ(run["inputs"]["data"], "tokens:many.npy (the first 256 of 300 tokens)");
  EXPECT_EQ(run["results"][0]["accuracy"]["samples"], 2);
  workloads::save_npy<std::int64_t>((folder_ / "few.npy").string(), {100}, std::span(many).first(100));
  EXPECT_THAT(refusal({"run", "--network", network(), "--data", "tokens:few.npy"}),
              HasSubstr("the samples have shape 100, but network"));
  many[3] = 512;
  workloads::save_npy<std::int64_t>((folder_ / "bad.npy").string(), {300}, many);
  EXPECT_THAT(refusal({"run", "--network", network(), "--data", "tokens:bad.npy"}), HasSubstr("token 512 is none of"));
  many[3] = -1;
  workloads::save_npy<std::int64_t>((folder_ / "bad.npy").string(), {300}, many);
  EXPECT_THAT(refusal({"run", "--network", network(), "--data", "tokens:bad.npy"}), HasSubstr("-1 is no token id"));
}

TEST_F(Tokens, ProductsOfActivationsNeedAPolicyThatTheMachineHas) {
  EXPECT_THAT(refusal({"run", "--network", network(), "--data", tokens(), "--set", "isaac:dynamic_matmul=digital"}),
              HasSubstr("multiplies two activations, and isaac has dynamic_matmul = digital"));
}

}  // namespace
}  // namespace cimera::apps
