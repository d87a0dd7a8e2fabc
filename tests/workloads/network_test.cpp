#include "workloads/network.h"

#include <algorithm>
#include <limits>

#include <gmock/gmock.h>

#include "tests/workloads/support.h"
#include "workloads/describe.h"
#include "workloads/flops.h"
#include "workloads/shapes.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Shape, CountsAndPrints) {
  EXPECT_EQ(elements({}), 1);
  EXPECT_EQ(elements({1, 28, 28}), 784);
  EXPECT_EQ(format(Shape{1, 28, 28}), "1x28x28");
  EXPECT_EQ(format(Shape{}), "scalar");
}

TEST(Shape, RefusesWhatIsNoTensor) {
  EXPECT_THAT(input_error([] {
                elements({3, 0}, Where{"conv1"});
              }),
              HasSubstr("conv1: shape 3x0 has a dimension below 1"));
  EXPECT_THAT(input_error([] { elements({-2}); }), HasSubstr("below 1"));
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(input_error([] { elements({kHuge, kHuge}); }), HasSubstr("2^40"));
  EXPECT_THAT(input_error([] { elements({1 << 20, 1 << 20}); }), HasSubstr("2^40"));
  EXPECT_EQ(elements({(1 << 20) - 1, 1 << 20}), (std::int64_t{1} << 40) - (1 << 20));
}

TEST(Network, AnswersQuestionsAboutItsGraph) {
  const Network n = mixed_network();
  const auto layer = [&](const std::string& name) {
    for (std::size_t i = 0; i < n.layers.size(); ++i) {
      if (n.layers[i].name == name) return LayerId(i);
    }
    return LayerId(999);
  };
  EXPECT_THAT(n.consumers(n.layer(layer("relu1")).output), ElementsAre(layer("conv2"), layer("sum")));
  EXPECT_EQ(n.producer(n.layer(layer("relu1")).output), layer("relu1"));
  EXPECT_EQ(n.producer(n.input), std::nullopt);
  EXPECT_THAT(n.consumers(n.output), ElementsAre());
  EXPECT_EQ(op_name(n.layer(layer("pool2")).op), "average_pool");

  const MvmShape conv = mvm_shape(n, n.layer(layer("conv2")));
  EXPECT_EQ(conv.positions, 81);
  EXPECT_EQ(conv.rows, 18);
  EXPECT_EQ(conv.columns, 2);
  EXPECT_EQ(conv.groups, 4);
  EXPECT_EQ(conv.macs(), 81 * 18 * 2 * 4);
  EXPECT_EQ(conv.weights(), 8 * 2 * 9);
  const MvmShape dense = mvm_shape(n, n.layer(layer("dense1")));
  EXPECT_EQ(dense.positions, 16);
  EXPECT_EQ(dense.macs(), 16 * 6 * 7);
  EXPECT_EQ(macs(n), 81 * 18 * 8 + 81 * 18 * 2 * 4 + 16 * 6 * 7 + 112 * 5);
  EXPECT_EQ(weight_count(n), 144 + 144 + 42 + 560);
  EXPECT_THROW(mvm_shape(n, n.layer(layer("softmax"))), Error);
}

TEST(Network, SummaryAddsUpAndKnowsThePeak) {
  NetworkBuilder b("n", "test");
  const TensorId x = b.input("x", {1, 100});
  const TensorId y = b.add("relu", Unary{}, {x});  // x, y: 200
  const TensorId z = b.add("dense", Dense{.in_features = 100, .out_features = 30}, {y},
                           {.weights = b.constant("w", {100, 30}), .bias = b.constant("b", {30})});  // x, y, z: 230
  const TensorId s = b.add("sigmoid", Unary{UnaryKind::kSigmoid}, {z});                              // x, z, s: 160
  const TensorId w = b.add("back", Dense{.in_features = 30, .out_features = 100}, {s},
                           {.weights = b.constant("v", {30, 100})});      // x, s, w: 230
  const Network n = std::move(b).finish(b.add("sum", Binary{}, {w, x}));  // x, w, sum: 300
  const NetworkSummary total = summarize(n, 8, 32);
  EXPECT_EQ(total.macs, 6000);
  EXPECT_EQ(total.weights, 6000);
  EXPECT_EQ(total.biases, 30);
  EXPECT_EQ(total.activation_bytes, 4 * (100 + 100 + 30 + 30 + 100 + 100));
  EXPECT_EQ(total.peak_activation_bytes, 4 * 300);
  ASSERT_EQ(total.layers.size(), 5u);
  EXPECT_EQ(total.layers[1].op, "dense");
  EXPECT_EQ(total.layers[1].output, (Shape{1, 30}));
  EXPECT_EQ(summarize(n, 8, 1).layers[1].activation_bytes, 4);  // 30 bits
  EXPECT_THAT(input_error([&] { summarize(n, 8, 0); }), HasSubstr("1 to 64"));
}

TEST(Network, FlopsCountProductsBiasesAndWindows) {
  const Network n = mixed_network();
  const auto flops_of = [&](const std::string& name) {
    const auto layer = std::ranges::find(n.layers, name, &Layer::name);
    return flops(n, *layer);
  };
  EXPECT_EQ(flops_of("conv1"), 2 * 81 * 18 * 8 + 8 * 81);
  EXPECT_EQ(flops_of("conv2"), 2 * 81 * 18 * 2 * 4);  // no bias
  EXPECT_EQ(flops_of("pool1"), 8 * 5 * 5 * 4);
  EXPECT_EQ(flops_of("sum"), 8 * 81);
  EXPECT_EQ(flops_of("flat"), 0);
}

TEST(Builder, DropsWhatTheOutputDoesNotNeed) {
  NetworkBuilder b("n", "test");
  const TensorId x = b.input("x", {1, 4});
  b.constant("unused", {2}, {1, 2});
  b.add("dead", Unary{}, {x});
  const TensorId y = b.add("live", Unary{UnaryKind::kTanh}, {x});
  const Network n = std::move(b).finish(y);
  ASSERT_EQ(n.layers.size(), 1u);
  EXPECT_EQ(n.layers[0].name, "live");
  EXPECT_EQ(n.tensors.size(), 2u);
  EXPECT_EQ(n.tensor(n.layers[0].inputs[0]).name, "x");
}

TEST(Validate, FindsWhatIsWrong) {
  const auto broken = [](const std::function<void(Network&)>& change) {
    Network n = mixed_network();
    change(n);
    return input_error([&] { validate(n); });
  };
  EXPECT_THAT(broken([](Network& n) { std::swap(n.layers[0], n.layers[1]); }), HasSubstr("relu1: reads a tensor"));
  EXPECT_THAT(broken([](Network& n) {
                n.tensors[n.layers[0].output.value()].shape = {1, 8, 9, 8};
              }),
              HasSubstr("conv1: writes shape 1x8x9x9"));
  EXPECT_THAT(broken([](Network& n) { n.layers[1].output = n.layers[0].output; }), HasSubstr("writes a tensor twice"));
  EXPECT_THAT(broken([](Network& n) { n.output = TensorId(9999); }), HasSubstr("no layer writes the output"));
  EXPECT_THAT(broken([](Network& n) { n.layers[0].weights = TensorId(9999); }), HasSubstr("does not exist"));
  const auto set_weight = [&](float value) {
    return broken([&](Network& n) { n.tensors[n.layers[0].weights->value()].values[5] = value; });
  };
  EXPECT_THAT(set_weight(std::numeric_limits<float>::quiet_NaN()), HasSubstr("w1: value 5 is nan"));
  EXPECT_THAT(set_weight(-std::numeric_limits<float>::infinity()), HasSubstr("w1: value 5 is -inf"));
  EXPECT_THAT(broken([](Network& n) { n.tensors[n.layers[0].weights->value()].values.pop_back(); }),
              HasSubstr("143 values for shape 8x2x3x3"));
}

/// The message when `op` reads an input of shape `in`.
std::string shape_error(const Operator& op, const Shape& in, const Shape& weights = {}, const Shape& wanted = {}) {
  const std::vector<Shape> inputs = {in};
  return input_error([&] {
    output_shape({.op = op,
                  .inputs = inputs,
                  .weights = weights.empty() ? nullptr : &weights,
                  .wanted = wanted.empty() ? nullptr : &wanted},
                 Where{"layer"});
  });
}

TEST(OutputShape, RefusesWhatDoesNotFit) {
  Conv2d conv{.in_channels = 4, .out_channels = 6, .kernel_h = 3, .kernel_w = 3};
  EXPECT_THAT(shape_error(conv, {1, 4, 8}, {6, 4, 3, 3}), HasSubstr("layer: input has shape 1x4x8, but 4 dimensions"));
  EXPECT_THAT(shape_error(conv, {1, 3, 8, 8}, {6, 4, 3, 3}), HasSubstr("has 3 channels, but the weights are for 4"));
  EXPECT_THAT(shape_error(conv, {1, 4, 8, 8}, {6, 4, 3, 2}), HasSubstr("weights have shape 6x4x3x2, not 6x4x3x3"));
  EXPECT_THAT(shape_error(conv, {1, 4, 2, 8}, {6, 4, 3, 3}), HasSubstr("wider than 2 values"));
  conv.groups = 4;
  EXPECT_THAT(shape_error(conv, {1, 4, 8, 8}, {6, 1, 3, 3}), HasSubstr("4 groups do not divide"));
  conv.groups = 1;
  conv.stride_h = 0;
  EXPECT_THAT(shape_error(conv, {1, 4, 8, 8}, {6, 4, 3, 3}), HasSubstr("sizes must be 1 or more"));
  conv.stride_h = 1;
  conv.pad_left = -1;
  EXPECT_THAT(shape_error(conv, {1, 4, 8, 8}, {6, 4, 3, 3}), HasSubstr("paddings 0 or more"));
  EXPECT_THAT(shape_error(Dense{.in_features = 5, .out_features = 2}, {1, 4}, {5, 2}), HasSubstr("the 5 rows"));
  EXPECT_THAT(shape_error(Dense{.in_features = 4, .out_features = 2}, {1, 4}, {2, 4}), HasSubstr("not 4x2"));
  EXPECT_THAT(shape_error(Softmax{.axis = 0}, {1, 4}), HasSubstr("axis 0"));
  EXPECT_THAT(shape_error(Reshape{}, {1, 4}, {}, {1, 5}), HasSubstr("cannot turn shape 1x4 into 1x5"));
  EXPECT_THAT(shape_error(Reshape{}, {1, 4}, {}, {4}), HasSubstr("cannot turn"));
  EXPECT_THAT(shape_error(Pad{.before = {1, 0}, .after = {0, 0}}, {1, 4}), HasSubstr("cannot be padded"));
  EXPECT_THAT(shape_error(Transpose{.perm = {1, 0}}, {1, 4}), HasSubstr("moves the batch"));
  EXPECT_THAT(shape_error(Transpose{.perm = {0, 0}}, {1, 4}), HasSubstr("no permutation"));
  EXPECT_THAT(shape_error(Slice{.start = {0, 3}, .step = {1, 1}}, {1, 4}, {}, {1, 2}), HasSubstr("has no 2 elements"));
  EXPECT_THAT(shape_error(Slice{.start = {0, 1}, .step = {1, -1}}, {1, 4}, {}, {1, 3}), HasSubstr("has no 3 elements"));
  Pool2d pool{.kernel_h = 2, .kernel_w = 2};
  pool.pad_top = 2;
  EXPECT_THAT(shape_error(pool, {1, 1, 4, 4}), HasSubstr("sees only padding"));
  pool = {.kernel_h = 1, .kernel_w = 1, .stride_h = 3, .stride_w = 3, .ceil_mode = true};
  EXPECT_THAT(shape_error(pool, {1, 1, 5, 5}), HasSubstr("sees only padding"));  // a third window would start at 6
}

TEST(WindowCount, FloorAndCeil) {
  EXPECT_EQ(window_count({.in = 28, .kernel = 5, .pad_before = 2, .pad_after = 2}, {}), 28);
  EXPECT_EQ(window_count({.in = 14, .kernel = 3, .stride = 3}, {}), 4);
  EXPECT_EQ(window_count({.in = 14, .kernel = 3, .stride = 3, .ceil_mode = true}, {}), 5);
  EXPECT_EQ(window_count({.in = 32, .kernel = 3, .stride = 2, .pad_after = 1}, {}), 16);
  EXPECT_EQ(window_count({.in = 7, .kernel = 3, .dilation = 3}, {}), 1);
}

TEST(Broadcasting, AlignsAtTheLastDimension) {
  EXPECT_EQ(broadcast({1, 8, 9, 9}, {8, 1, 1}, {}), (Shape{1, 8, 9, 9}));
  EXPECT_EQ(broadcast({}, {2, 3}, {}), (Shape{2, 3}));
  EXPECT_THAT(input_error([] {
                broadcast({1, 8}, {7}, Where{"add"});
              }),
              HasSubstr("add: shapes 1x8 and 7 do not broadcast"));
}

}  // namespace
}  // namespace cimera::workloads
