// Operators that join, move, reduce and multiply activations: shapes, values by hand, refusals.
#include <cmath>

#include <gmock/gmock.h>

#include "tests/workloads/support.h"
#include "workloads/flops.h"
#include "workloads/inference.h"

namespace cimera::workloads {
namespace {

using ::testing::HasSubstr;

/// A network of one input and one layer on it, computed on one sample.
struct One {
  explicit One(Shape input) : builder("one", "test"), x(builder.input("x", std::move(input))) {}

  Values run(Operator op, std::vector<TensorId> inputs, std::vector<float> sample,
             NetworkBuilder::Parameters parameters = {}) {
    network = std::move(builder).finish(builder.add("y", std::move(op), std::move(inputs), std::move(parameters)));
    Shape shape = network.tensor(network.input).shape;
    shape.erase(shape.begin());
    return infer(network, {.count = 1, .shape = shape, .values = std::move(sample), .labels = {}});
  }
  std::string refusal(const Operator& op, const std::vector<TensorId>& inputs,
                      const NetworkBuilder::Parameters& parameters = {}) {
    return input_error([&] { builder.add("y", op, inputs, parameters); });
  }

  NetworkBuilder builder;
  TensorId x;
  Network network;
};

TEST(Operators, MatMulBroadcastsAndTransposes) {
  One a({1, 2, 1, 2});
  const TensorId b = a.builder.constant("b", {1, 1, 2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(a.run(MatMul{}, {a.x, b}, {1, 1, 10, 0}), (Values{4, 6, 10, 20}));
  EXPECT_EQ(macs(a.network), 2 * 1 * 2 * 2);
  EXPECT_EQ(flops(a.network, a.network.layers[0]), 2 * 8);
  EXPECT_EQ(weight_count(a.network), 0);
  One t({1, 2, 1, 2});
  const TensorId c = t.builder.constant("b", {1, 1, 2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(t.run(MatMul{.transpose_b = true}, {t.x, c}, {1, 1, 10, 0}), (Values{3, 7, 10, 30}));
  One wrong({1, 2, 3});
  const TensorId d = wrong.builder.constant("b", {1, 2, 4}, {});
  EXPECT_THAT(wrong.refusal(MatMul{}, {wrong.x, d}), HasSubstr("y: shapes 1x2x3 and 1x2x4 do not multiply"));
}

TEST(Operators, ConcatAndKvCacheJoinAlongTheirAxis) {
  One n({1, 2, 2});
  const TensorId b = n.builder.constant("b", {1, 2, 1}, {7, 8});
  EXPECT_EQ(n.run(Concat{.axis = 2}, {n.x, b, n.x}, {1, 2, 3, 4}), (Values{1, 2, 7, 1, 2, 3, 4, 8, 3, 4}));
  One k({1, 1, 1, 2});
  const TensorId kept = k.builder.constant("kept", {1, 1, 2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(k.run(KvCache{}, {kept, k.x}, {5, 6}), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(flops(k.network, k.network.layers[0]), 0);
  One wrong({1, 2, 2});
  EXPECT_THAT(wrong.refusal(Concat{.axis = 0}, {wrong.x, wrong.x}), HasSubstr("not one of a single sample"));
  EXPECT_THAT(wrong.refusal(Concat{.axis = 1}, {wrong.x, wrong.builder.constant("b", {1, 2, 3})}),
              HasSubstr("shape 1x2x3 does not continue 1x2x2 along axis 1"));
}

TEST(Operators, ExpandRepeatsAndReduceUndoesIt) {
  One e({1, 2, 1});
  EXPECT_EQ(e.run(Expand{}, {e.x}, {3, 4}, {.shape = Shape{1, 2, 3}}), (Values{3, 3, 3, 4, 4, 4}));
  One r({1, 2, 2, 2});
  EXPECT_EQ(r.run(Reduce{.kind = Reduce::Kind::kMean, .axes = {1, 3}}, {r.x}, {1, 3, 5, 7, 9, 11, 13, 15}),
            (Values{6, 10}));
  One wrong({1, 2, 1});
  EXPECT_THAT(wrong.refusal(Expand{}, {wrong.x}, {.shape = Shape{1, 3, 1}}), HasSubstr("do not broadcast"));
  EXPECT_THAT(wrong.refusal(Reduce{.axes = {0}}, {wrong.x}), HasSubstr("not one of a single sample"));
}

TEST(Operators, EmbeddingTakesRowsAndRefusesOtherTokens) {
  One n({1, 3});
  const TensorId table = n.builder.constant("table", {2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(n.run(Embedding{2, 2}, {n.x}, {1, 0, 1}, {.weights = table}), (Values{3, 4, 1, 2, 3, 4}));
  EXPECT_TRUE(reads_tokens(n.network));
  for (const float token : {2.0F, -1.0F, 0.5F})
    EXPECT_THAT(input_error([&] {
                  infer(n.network, {.count = 1, .shape = {3}, .values = {0, token, 0}, .labels = {}});
                }),
                HasSubstr("is none of the 2 that the network knows"));
}

TEST(Operators, NormalizeClipAndLocalResponseTakeTheirParameters) {
  One n({1, 1, 2});
  const TensorId factor = n.builder.constant("f", {2}, {2, 1}), addend = n.builder.constant("a", {2}, {0, 5});
  const Values y = n.run(Normalize{.kind = Normalize::Kind::kLayer, .epsilon = 0.0F}, {n.x}, {1, 3},
                         {.weights = factor, .bias = addend});
  EXPECT_EQ(y, (Values{-2, 6}));
  One c({1, 3});
  EXPECT_EQ(c.run(Clip{-1.0F, 6.0F}, {c.x}, {-2, 5, 7}), (Values{-1, 5, 6}));
  One l({1, 1, 1, 2});
  EXPECT_EQ(l.run(LocalResponse{.size = 1, .alpha = 1, .beta = 1, .bias = 1}, {l.x}, {1, 3}),
            (Values{0.5F, 3.0F / 10.0F}));
  One wrong({1, 2});
  EXPECT_THAT(wrong.refusal(Normalize{}, {wrong.x}, {.weights = wrong.builder.constant("f", {3})}),
              HasSubstr("factor has shape 3 for 2 values"));
  EXPECT_THAT(wrong.refusal(Clip{1.0F, 0.0F}, {wrong.x}), HasSubstr("which is empty"));
  EXPECT_THAT(wrong.refusal(LocalResponse{}, {wrong.x}), HasSubstr("4 dimensions are needed"));
}

TEST(Operators, ConstantsWithoutValuesAreNotComputed) {
  One n({1, 2});
  const TensorId w = n.builder.constant("w", {2, 2});
  EXPECT_THROW(n.run(Dense{2, 2}, {n.x}, {1, 2}, {.weights = w}), Error);
  EXPECT_FALSE(has_values(n.network));
}

}  // namespace
}  // namespace cimera::workloads
