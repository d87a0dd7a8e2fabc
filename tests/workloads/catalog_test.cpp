// The catalog of networks: totals against the figures that others publish, transformers by phase, refusals.
#include "workloads/shapes_only/catalog.h"

#include <cmath>
#include <filesystem>

#include <gmock/gmock.h>

#include "core/files.h"
#include "core/resources.h"
#include "tests/workloads/support.h"
#include "workloads/describe.h"
#include "workloads/inference.h"
#include "workloads/onnx/reader.h"
#include "workloads/random_tensors.h"

namespace cimera::workloads {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Network network(const std::string& name, const TransformerUse& use = {}) {
  return load_catalog(resource("workloads/catalog") / (name + ".yaml"), use).network;
}

/// Totals as others count them (GMAC and M weights of layer tables, rounded as they print them).
struct Published {
  const char* name;
  double gmac, mega_weights, gmac_step, weights_step;
};
class Catalog : public ::testing::TestWithParam<Published> {};

TEST_P(Catalog, AddsUpToWhatOthersCount) {
  const Published& row = GetParam();
  const Network n = network(row.name);
  EXPECT_NEAR(static_cast<double>(macs(n)) / 1e9, row.gmac, row.gmac_step / 2);
  EXPECT_NEAR(static_cast<double>(weight_count(n)) / 1e6, row.mega_weights, row.weights_step / 2);
  EXPECT_FALSE(has_values(n));
}

// Layer tables of CiMLoop and PIMCOMP; ResNet-50 v1.5 is counted in light_resnet50.onnx (also tested below).
INSTANTIATE_TEST_SUITE_P(Published, Catalog,
                         ::testing::Values(Published{"alexnet", 0.7142, 61.09, 1e-4, 0.01},
                                           Published{"alexnet_grouped", 0.6546, 60.95, 1e-4, 0.01},
                                           Published{"vgg16", 15.4703, 138.344, 1e-4, 1e-3},
                                           Published{"resnet18", 1.8141, 11.679, 1e-4, 1e-3},
                                           Published{"resnet50", 3.8580, 25.503, 1e-4, 1e-3},
                                           Published{"resnet50_v1_5", 4.0892, 25.503, 1e-4, 1e-3},
                                           Published{"mobilenetv2", 0.3008, 3.470, 1e-4, 1e-3}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Catalog, EveryFileLoadsAndHoldsItsTotals) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(resource("workloads/catalog"))) {
    if (file.path().extension() != ".yaml") continue;
    SCOPED_TRACE(file.path().string());
    const CatalogEntry entry = load_catalog(file.path());
    EXPECT_GT(macs(entry.network), 0);
    EXPECT_FALSE(entry.description.empty());
    ++files;
  }
  EXPECT_GE(files, 12);
}

TEST(Catalog, LeNet5ByHand) {
  const NetworkSummary s = summarize(network("lenet5"), 8, 8);
  EXPECT_EQ(s.weights, 6 * 25 + 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10);
  EXPECT_EQ(s.macs, 784 * 6 * 25 + 100 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10);
  EXPECT_EQ(s.biases, 6 + 16 + 120 + 84 + 10);
}

TEST(Catalog, TheTwoResNet50DifferInTheirStridesOnly) {
  const Network v1 = network("resnet50"), v15 = network("resnet50_v1_5");
  ASSERT_EQ(v1.layers.size(), v15.layers.size());
  EXPECT_EQ(weight_count(v1), weight_count(v15));
  int different = 0;
  for (std::size_t i = 0; i < v1.layers.size(); ++i)
    different += v1.tensor(v1.layers[i].output).shape != v15.tensor(v15.layers[i].output).shape ? 1 : 0;
  EXPECT_EQ(different, 3 * 2);  // the first 1x1 of three stages and its relu
}

TEST(Catalog, AgreesWithTheLightModelsOfOnnx) {
  if (data_folder().empty()) GTEST_SKIP() << "CIMERA_DATA is not set";
  const Network light = load_onnx(data_folder() + "/models/light/light_resnet50.onnx");
  EXPECT_EQ(macs(network("resnet50_v1_5")), macs(light));
  EXPECT_EQ(weight_count(network("resnet50_v1_5")), weight_count(light));
}

TEST(Transformers, AddUpByHand) {
  // 12 d^2 weights a block, and as many multiply-accumulates a token; attention 2 N^2 d a block.
  const std::int64_t d = 768, n = 128;
  const Network bert = network("bert_base");
  EXPECT_EQ(weight_count(bert), 12 * (4 * d * d + 2 * d * 4 * d) + d * d);  // and the pooler
  EXPECT_EQ(macs(bert), 12 * (12 * d * d * n + 2 * n * n * d) + d * d);
  const std::int64_t w = 12288;
  const Network gpt3 = network("gpt3_175b");
  EXPECT_EQ(weight_count(gpt3), 96 * 12 * w * w + 50257 * w);
  EXPECT_NEAR(static_cast<double>(weight_count(gpt3)) / 175.0e9, 1.0, 0.003);  // the paper rounds to 175.0 billion
  const Network llama = network("llama2_7b", {Phase::kPrefill, 10});
  EXPECT_EQ(macs(llama),
            32 * (10 * (4 * 4096 * 4096 + 3 * 4096 * std::int64_t{11008}) + 2 * 100 * 4096) + 32000 * 4096);
}

TEST(Transformers, DecodeReadsTheContextFromItsCache) {
  const Network n = network("gpt2_xl", {Phase::kDecode, 1000});
  EXPECT_EQ(n.tensor(n.input).shape, (Shape{1, 1}));
  EXPECT_EQ(macs(n), weight_count(n) + 48 * 2 * 1000 * 1600);
  const NetworkSummary s = summarize(n, 8, 16);
  EXPECT_EQ(s.kv_bytes, 2 * 48 * 1000 * 1600 * 2);
  EXPECT_EQ(s.weight_bytes, weight_count(n));
  // Two operations per weight and per kept value, which all move once: just below 2 per byte and 1 per 16-bit value.
  EXPECT_NEAR(s.intensity, 2.0 * static_cast<double>(s.macs) / static_cast<double>(s.weight_bytes + s.kv_bytes), 0.01);
  EXPECT_EQ(summarize(network("gpt2_xl", {Phase::kPrefill, 1000}), 8, 16).kv_bytes, s.kv_bytes);
  EXPECT_EQ(network("gpt2_xl", {Phase::kDecode, 1}).layers.size() + 2 * 48, n.layers.size());  // nothing is kept
}

/// A transformer with everything that the parameters offer, small enough to compute.
constexpr const char* kSmall = R"(description: small
sources:
  t: "a test"
transformer:
  source: t
  layers: 2
  width: 16
  heads: 4
  kv_heads: 2
  head_width: 4
  hidden: 24
  vocabulary: 11
  max_context: 9
  causal: true
  bias: false
  head: true
  tied: false
  norm_place: before
  norm: rms
  feed_forward: silu_gated
  positions: rotary
totals:
  context: 5 @ t
  macs: 20976 @ t
  weights: 4016 @ t
  parameters: 4272 @ t
)";

std::string small(const std::string& from = "", const std::string& to = "") {
  std::string text = kSmall;
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  return text;
}

class Files : public ::testing::Test {
 protected:
  std::string write(const std::string& text) { return folder_.write("net.yaml", text); }
  std::string refusal(const std::string& text, const TransformerUse& use = {}) {
    return input_error([&] { load_catalog(write(text), use); });
  }
  TemporaryFolder folder_;
};

TEST_F(Files, SharedKeysAndValuesComeOutOfTheSmallTransformer) {
  // Weights by hand: a block q 16x16, k and v 16x8, out 16x16, gate and up 16x24, down 24x16 = 1920; head 176.
  // Parameters besides: table 176, norms 5 x 16.
  const Network n = load_catalog(write(small())).network;
  EXPECT_EQ(weight_count(n), 2 * (256 + 2 * 128 + 256 + 3 * 384) + 176);
  EXPECT_EQ(summarize(n, 8, 8).kv_bytes, 2 * 2 * 5 * 2 * 4);
  EXPECT_EQ(n.tensor(n.output).shape, (Shape{1, 1, 11}));
  const Network real = random_values(n, 1);
  const Values y = infer(real, take(random_samples(real, 2, 1), 0, 2, {}));
  ASSERT_EQ(y.size(), 22u);
  for (const float v : y) EXPECT_TRUE(std::isfinite(v));
}

TEST_F(Files, TotalsThatDifferAreRefused) {
  EXPECT_THAT(refusal(small("4016", "4017")),
              AllOf(HasSubstr("net.yaml:"), HasSubstr("the layers have 4016 weights, but the file states 4017")));
  EXPECT_THAT(refusal(small("20976", "1")), HasSubstr("the layers have 20976 macs"));
  EXPECT_THAT(refusal(small("4272", "1")), HasSubstr("the layers have 4272 parameters"));
}

TEST_F(Files, UsesThatTheNetworkDoesNotHaveAreRefused) {
  EXPECT_THAT(refusal(small(), {Phase::kPrefill, 10}),
              HasSubstr("--context: 10: network 'net' has contexts of 1 to 9"));
  EXPECT_THAT(input_error([] { network("bert_base", {Phase::kDecode, {}}); }), HasSubstr("has no decode phase"));
  EXPECT_THAT(input_error([] {
                network("lenet5", {{}, 5});
              }),
              HasSubstr("--context: network 'lenet5' is no transformer"));
}

TEST_F(Files, LayersOfBlocksAreWrittenOut) {
  const std::string text = R"(description: d
input: 2x8x8
sources: {t: "a test"}
totals: {macs: 1 @ t, weights: 1 @ t}
blocks:
  pair:
    parameters: [out, k]
    layers:
      - conv:$out,$kx$k,pad=1
      - relu
layers:
  - pair:4,3 x2
)";
  EXPECT_THAT(refusal(text), HasSubstr("'$kx' is no parameter here"));
  std::string right = text;
  right.replace(right.find("$kx$k"), 5, "3x3");
  EXPECT_THAT(refusal(right), HasSubstr("the layers have 13824 macs"));  // 64 (4 x 18 + 4 x 36)
  for (const auto& [from, to, message] :
       {std::tuple{"pair:4,3 x2", "pair:4 x2", "block 'pair' has 2 parameters (out, k), not 1"},
        std::tuple{"pair:4,3 x2", "pear:4,3", "unknown layer 'pear'"},
        std::tuple{"pair:4,3 x2", "pair:4,3 x0", "expected how often"},
        std::tuple{"- relu", "- pair:$out,$k", "blocks contain each other more than 16 times"},
        std::tuple{"- relu", "- residual: {shortcut: [relu]}", "expected a layer as text, or residual"},
        std::tuple{"2x8x8", "2x8xa", "is no shape such as 3x224x224"},
        std::tuple{"pad=1", "pad=-1", "-1 is outside 0..2^30"}}) {
    std::string wrong = right;
    wrong.replace(wrong.find(from), std::string(from).size(), to);
    EXPECT_THAT(refusal(wrong), HasSubstr(message)) << from;
  }
}

TEST(RandomTensors, DependOnTheSeedAndTheirPlaceOnly) {
  const Network shapes = network("lenet5");
  const Network a = random_values(shapes, 1), b = random_values(shapes, 1), c = random_values(shapes, 2);
  ASSERT_TRUE(has_values(a));
  int different = 0;
  for (std::size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].values, b.tensors[i].values);
    different += a.tensors[i].values != c.tensors[i].values ? 1 : 0;
  }
  EXPECT_EQ(different, 5);  // the weights; biases are 0
  const MvmShape conv = mvm_shape(a, a.layers[0]);
  double square = 0.0;
  const std::vector<float>& w = a.tensor(*a.layers[6].weights).values;
  for (const float v : w) square += std::pow(static_cast<double>(v), 2);
  EXPECT_EQ(conv.rows, 25);
  EXPECT_NEAR(square / static_cast<double>(w.size()), 2.0 / 400, 2.0 / 400 * 0.02);  // of 48,000 draws
  const Dataset two = random_samples(a, 2, 1), one = random_samples(a, 1, 1);
  EXPECT_TRUE(std::equal(one.samples.values.begin(), one.samples.values.end(), two.samples.values.begin()));
}

}  // namespace
}  // namespace cimera::workloads
