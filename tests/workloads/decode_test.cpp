// Reading a transformer token by token: prefill and decode with kept keys and values against full recomputation.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "tests/workloads/support.h"
#include "workloads/data/npy.h"
#include "workloads/decode/positions.h"
#include "workloads/decode/session.h"
#include "workloads/describe.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kTokens = 6, kWidth = 4, kVocabulary = 9;

/// One block of attention with two heads over six tokens; `hidden` is what the mask adds behind a token.
class Small {
 public:
  explicit Small(float hidden) : b_("small", "test") {
    const TensorId x = b_.input("tokens", {1, kTokens});
    TensorId h =
        b_.add("embedding", Embedding{kVocabulary, kWidth}, {x}, {.weights = constant("table", {kVocabulary, kWidth})});
    h = b_.add("position", Binary{BinaryKind::kAdd}, {h, constant("rows", {kTokens, kWidth})});
    const TensorId q = head("q", h), k = head("k", h), v = head("v", h);
    const TensorId turned = b_.add("turned", Transpose{.perm = {0, 1, 3, 2}}, {k});
    TensorId s = b_.add("scores", MatMul{}, {q, turned});
    std::vector<float> mask(kTokens * kTokens, 0.0F);
    for (std::int64_t i = 0; i < kTokens; ++i)
      for (std::int64_t j = i + 1; j < kTokens; ++j) mask[static_cast<std::size_t>(i * kTokens + j)] = hidden;
    s = b_.add("mask", Binary{BinaryKind::kAdd}, {s, b_.constant("m", {kTokens, kTokens}, mask)});
    s = b_.add("softmax", Softmax{}, {s});
    TensorId y = b_.add("mix", MatMul{}, {s, v});
    y = b_.add("tokens_first", Transpose{.perm = {0, 2, 1, 3}}, {y});
    at = b_.add("join", Reshape{}, {y}, {.shape = Shape{1, kTokens, kWidth}});
  }
  TensorId constant(const std::string& name, const Shape& shape) {
    return b_.constant(name, shape, random_values(elements(shape), -1.0F, 1.0F, ++units_));
  }
  NetworkBuilder& builder() { return b_; }
  Network finish() { return std::move(b_).finish(at); }
  TensorId at;

 private:
  TensorId head(const std::string& name, TensorId from) {
    const TensorId y =
        b_.add(name, Dense{kWidth, kWidth}, {from}, {.weights = constant(name + ".w", {kWidth, kWidth})});
    const TensorId split = b_.add(name + ".split", Reshape{}, {y}, {.shape = Shape{1, kTokens, 2, kWidth / 2}});
    return b_.add(name + ".heads", Transpose{.perm = {0, 2, 1, 3}}, {split});
  }
  NetworkBuilder b_;
  std::uint32_t units_ = 0;
};

Values whole(const Network& n, const std::vector<std::int64_t>& tokens) {
  return infer(n, {.count = 1, .shape = {kTokens}, .values = {tokens.begin(), tokens.end()}, .labels = {}});
}

void expect_near(const Values& a, std::span<const float> b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

TEST(Decode, AnySplitGivesTheOutputsOfTheWhole) {
  const Network n = Small(-1e9F).finish();
  const std::vector<std::int64_t> tokens = {3, 1, 4, 1, 5, 8};
  const Values expected = whole(n, tokens);
  for (const std::vector<std::int64_t>& parts : {std::vector<std::int64_t>{6}, {1, 1, 1, 1, 1, 1}, {4, 2}, {1, 3, 2}}) {
    DecodeSession session(n);
    for (const std::int64_t count : parts) {
      const std::int64_t at = session.length();
      const Values y =
          session.read(std::span(tokens).subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(count)));
      expect_near(
          y,
          std::span(expected).subspan(static_cast<std::size_t>(at * kWidth), static_cast<std::size_t>(count * kWidth)),
          1e-6);
    }
  }
}

TEST(Decode, WhatIsKeptIsAllThatEarlierTokensLeave) {
  const Network n = Small(-1e9F).finish();
  const Positions part = at_positions(n, 4, 1);
  EXPECT_EQ(part.kept.size(), 2u);
  EXPECT_EQ(part.network.tensor(part.kept[0]).shape, (Shape{1, 2, kWidth / 2, 4}));
  EXPECT_EQ(summarize(part.network, 8, 8).kv_bytes, 2 * 5 * kWidth);
  EXPECT_EQ(macs(part.network), 3 * kWidth * kWidth + 2 * 5 * kWidth);
  // Another later token changes no earlier output.
  std::vector<std::int64_t> tokens = {3, 1, 4, 1, 5, 8};
  const Values a = whole(n, tokens);
  tokens[5] = 0;
  const Values b = whole(n, tokens);
  EXPECT_TRUE(std::equal(a.begin(), a.begin() + 5 * kWidth, b.begin()));
  EXPECT_NE(a, b);
}

TEST(Decode, NetworksThatMixTokensOtherwiseAreRefused) {
  const Network unmasked = Small(-1.0F).finish();
  EXPECT_THAT(input_error([&] { at_positions(unmasked, 0, 1); }),
              HasSubstr("softmax: softmax looks at keys that no constant hides"));
  const auto refused = [](Operator op, const std::string& message) {
    Small small(-1e9F);
    NetworkBuilder::Parameters parameters;
    if (std::holds_alternative<Slice>(op)) parameters.shape = Shape{1, kTokens - 1, kWidth};
    if (std::holds_alternative<Reshape>(op)) parameters.shape = Shape{1, kTokens * kWidth};
    small.at = small.builder().add("last", std::move(op), {small.at}, std::move(parameters));
    const Network n = small.finish();
    EXPECT_THAT(input_error([&] { at_positions(n, 1, 2); }), HasSubstr(message));
  };
  refused(Reduce{.axes = {1}}, "last: mean mixes tokens");
  refused(Softmax{.axis = 1}, "last: softmax mixes tokens");
  refused(Slice{.start = {0, 1, 0}, .step = {1, 1, 1}}, "last: slice picks some of the tokens");
  refused(Reshape{}, "last: reshape joins tokens with other values");
  refused(Transpose{.perm = {0, 2, 1}}, "its output has no row for each token");
}

TEST(Decode, ASequenceEndsWhereTheNetworkDoes) {
  const Network n = Small(-1e9F).finish();
  DecodeSession session(n);
  session.read(std::vector<std::int64_t>{1, 2, 3, 4, 5});
  EXPECT_THAT(input_error([&] { session.read(std::vector<std::int64_t>{1, 2}); }), HasSubstr("room for 1 to 1 more"));
  EXPECT_THAT(input_error([&] { session.read(std::vector<std::int64_t>{kVocabulary}); }),
              HasSubstr("token 9 is none of"));
  const Network image = mixed_network();
  DecodeSession none(image);
  EXPECT_THAT(input_error([&] { none.read(std::vector<std::int64_t>{1}); }), HasSubstr("reads no tokens"));
}

class Stories : public ::testing::Test {
 protected:
  void SetUp() override {
    if (data_folder().empty()) GTEST_SKIP() << "CIMERA_DATA is not set";
    network_ = load_onnx(data_folder() + "/models/stories260K_seq128.onnx");
    golden_ = NpyArray::load(data_folder() + "/models/stories260K_greedy128_tokens.npy").integers();
    ASSERT_EQ(golden_.size(), 128u);
  }
  static std::int64_t best(std::span<const float> row) { return std::ranges::max_element(row) - row.begin(); }
  Values full() const {
    return infer(network_, {.count = 1, .shape = {128}, .values = {golden_.begin(), golden_.end()}, .labels = {}});
  }
  Network network_;
  std::vector<std::int64_t> golden_;
};

TEST_F(Stories, HasTheShapesOfALlama) {
  EXPECT_EQ(network_.tensor(network_.input).shape, (Shape{1, 128}));
  EXPECT_EQ(network_.tensor(network_.output).shape, (Shape{1, 128, 512}));
  EXPECT_EQ(weight_count(network_), 5 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 172) + 64 * 512);
}

TEST_F(Stories, GoldenTokensFollowFromTheWholeSequence) {
  const Values logits = full();
  int right = 0;
  for (std::size_t i = 0; i + 1 < golden_.size(); ++i)
    right += best(std::span(logits).subspan(i * 512, 512)) == golden_[i + 1] ? 1 : 0;
  EXPECT_EQ(right, 127);
}

TEST_F(Stories, GreedyDecodingMakesTheGoldenTokens) {
  DecodeSession session(network_);
  std::vector<std::int64_t> made = {golden_[0]};
  while (made.size() < golden_.size()) {
    const Values logits = session.read(std::span(made).last(1));
    made.push_back(best(logits));
  }
  EXPECT_EQ(made, golden_);
}

TEST_F(Stories, PrefillAndDecodeGiveTheLogitsOfFullRecomputation) {
  const Values expected = full();
  DecodeSession session(network_);
  Values logits = session.read(std::span(golden_).first(40));
  for (std::size_t i = 40; i < golden_.size(); ++i) {
    const Values row = session.read(std::span(golden_).subspan(i, 1));
    logits.insert(logits.end(), row.begin(), row.end());
  }
  expect_near(logits, expected, 1e-4);
}

}  // namespace
}  // namespace cimera::workloads
