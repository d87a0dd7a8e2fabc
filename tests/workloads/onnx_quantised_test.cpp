// ONNX networks that were quantised before: with QuantizeLinear and DequantizeLinear around operators on real numbers,
// or with operators on integers. Expected values are computed by hand; all scales are powers of two, so they are exact.
#include <gmock/gmock.h>

#include "tests/workloads/quantised_model.h"
#include "tests/workloads/support.h"
#include "workloads/file_codes.h"
#include "workloads/onnx/reader.h"
#include "workloads/quantize.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Type = onnx::TensorProto;

TEST(OnnxQuantised, FP32RoundsHalfToEvenAndSaturates) {
  ModelWriter m = coded_input({-1, 7}, 3);
  m.output("y", 2).node("Relu", {"x_real"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("relu"));
  EXPECT_EQ(n.tensor(n.input).grid, (CodeGrid{0.5F, 3, 0, 255}));
  // In steps: 0.5 -> 0, 1.5 -> 2, 2.5 -> 2, 0.52 -> 1; at most 255 - 3 = 252; at least 0 - 3.
  EXPECT_THAT(run(n, {0.25F, 0.75F, 1.25F, 0.26F, 200, 126, -9}), ElementsAre(0, 1, 1, 0.5F, 126, 126, 0));
  ModelWriter below = coded_input({-1, 2}, 3);
  below.output("y", 2).node("Neg", {"x_real"}, "y");
  EXPECT_THAT(run(below.read(), {-9, -0.5F}), ElementsAre(1.5F, 0.5F));
}

/// A convolution with a scale for each output channel, an int32 bias, and padding on the right.
ModelWriter coded_conv() {
  ModelWriter m = coded_input({-1, 1, 2, 2});
  m.codes("w", {2, 1, 1, 2}, {2, -3, 4, 5}, Type::INT8).floats("ws", {2}, {0.25F, 0.5F});
  m.codes("wz", {2}, {0, 0}, Type::INT8).codes("b", {2}, {4, -2}, Type::INT32).floats("bs", {2}, {0.125F, 0.25F});
  set_int(m.node("DequantizeLinear", {"w", "ws", "wz"}, "w_real"), "axis", 0);
  set_int(m.node("DequantizeLinear", {"b", "bs"}, "b_real"), "axis", 0);
  set_ints(m.node("Conv", {"x_real", "w_real", "b_real"}, "c"), "pads", {0, 0, 0, 1});
  return m;
}
// Weights 0.5 -0.75 and 2 2.5, biases 0.5 and -0.5; inputs 1 -0.5 / 2 122.5 (100 more saturate).
const std::vector<float> kPixels = {1, -0.5F, 2, 222.5F};
constexpr float kSums[] = {1.375F, 0.25F, -90.375F, 61.75F, 0.25F, -1.5F, 309.75F, 244.5F};

TEST(OnnxQuantised, ScalesAndZeroPointsOfTheFileAreThoseOfTheIntegerNetwork) {
  ModelWriter m = coded_conv();
  m.output("c", 4);
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("conv2d"));
  EXPECT_THAT(run(n, kPixels), ::testing::ElementsAreArray(kSums));
  EXPECT_EQ(run_integers(n, kPixels), run(n, kPixels));

  const FileCodes codes = file_codes(n);
  EXPECT_TRUE(codes.complete());
  EXPECT_EQ(codes.weight_bits, 8);
  EXPECT_EQ(codes.activation_bits, 8);
  const QuantizedNetwork quantized = quantize(n, {}, {});
  const QuantizedLayer& q = quantized.layers.at(0);
  EXPECT_EQ(q.input_scale, 0.5);
  EXPECT_FALSE(q.input_signed);
  EXPECT_EQ(q.zero_point, 10);
  EXPECT_THAT(q.weight_scale, ElementsAre(0.25, 0.5));
  EXPECT_THAT(q.weights, ElementsAre(2, 4, -3, 5));  // [row][column]
  EXPECT_THAT(q.zero_sums, ElementsAre(-10, 90));    // 10 (2 - 3), 10 (4 + 5)
  std::vector<std::int32_t> input(8);
  input_codes(n, q, 1, 0, kPixels, input);
  EXPECT_THAT(input, ElementsAre(12, 9, 9, 10, 14, 255, 255, 10)) << "padding has the code of 0";
  // The sums of codes that an array makes, [column][position].
  Values output(8);
  dequantize(n, q, 1, 0, std::vector<double>{-3, -12, -737, 480, 93, 86, 1331, 1070}, output);
  EXPECT_THAT(output, ::testing::ElementsAreArray(kSums));
  EXPECT_EQ(clipped_inputs(q, kPixels), 1) << "222.5 is beyond code 255";
}

TEST(OnnxQuantised, SignedCodesAroundZeroStaySignedAndOthersCountFromTheLowest) {
  const auto layer = [](int zero, int type) {
    ModelWriter m = coded_input({-1, 2}, zero, type);
    m.floats("w", {2, 1}, {1, 2}).output("y", 2).node("MatMul", {"x_real", "w"}, "y");
    const Network n = m.read();
    EXPECT_EQ(file_codes(n).weights, 0);
    EXPECT_EQ(file_codes(n).inputs, 1);
    return quantize(n, {}, one(n, {1, 2})).layers.at(0);
  };
  EXPECT_TRUE(layer(0, Type::INT8).input_signed);
  EXPECT_EQ(layer(0, Type::INT8).zero_point, 0);
  EXPECT_FALSE(layer(-128, Type::INT8).input_signed);
  EXPECT_EQ(layer(-128, Type::INT8).zero_point, 0);
  EXPECT_EQ(layer(-28, Type::INT8).zero_point, 100);
  EXPECT_FALSE(layer(0, Type::UINT8).input_signed);
}

TEST(OnnxQuantised, UnsignedWeightsTakeAsManyBitsAsTheirDifferencesFromTheZeroPoint) {
  const auto codes = [](int zero, const std::vector<int>& weights, int type = Type::UINT8) {
    ModelWriter m = coded_input({-1, 2});
    m.codes("w", {2, 1}, weights, type).floats("ws", {}, {0.25F}).codes("wz", {}, {zero}, type).output("y", 2);
    m.node("DequantizeLinear", {"w", "ws", "wz"}, "w_real");
    m.node("MatMul", {"x_real", "w_real"}, "y");
    return file_codes(m.read());
  };
  EXPECT_EQ(codes(128, {0, 255}).weight_bits, 8);
  EXPECT_EQ(codes(128, {0, 255}).sign_magnitude_bits, 9) << "-128";
  EXPECT_EQ(codes(100, {0, 255}).weight_bits, 9) << "155";
  EXPECT_EQ(codes(100, {0, 255}).sign_magnitude_bits, 9);
  EXPECT_EQ(codes(0, {-127, 127}, Type::INT8).sign_magnitude_bits, 8);
  EXPECT_EQ(codes(0, {3, 1}).weight_bits, 8) << "what a file stores in 8 bits stays so";
}

TEST(OnnxQuantised, OwnCodesThatDoNotFitTheBitsAreRefused) {
  ModelWriter m = coded_conv();
  m.output("c", 4);
  const Network n = m.read();
  EXPECT_THAT(input_error([&] { quantize(n, {.weight_bits = 7}, {}); }), HasSubstr("weight bits = 7"));
  EXPECT_THAT(input_error([&] { quantize(n, {.activation_bits = 4}, {}); }), HasSubstr("own codes need 8"));
  Network off = n;
  off.tensors[off.layers[0].weights->value()].values[0] += 0.1F;
  EXPECT_THAT(input_error([&] { file_codes(off); }), HasSubstr("no whole number"));
}

TEST(OnnxQuantised, WeightsAreFoldedFromFloatsAndFollowTransposes) {
  ModelWriter m = coded_input({-1, 2});
  m.floats("w", {2, 2}, {1.1F, -0.4F, 0.6F, 9}).floats("ws", {2}, {0.5F, 0.25F}).codes("wz", {2}, {0, 0}, Type::INT8);
  set_int(m.node("QuantizeLinear", {"w", "ws", "wz"}, "w_codes"), "axis", 0);  // 2 -1 / 2 36
  set_int(m.node("DequantizeLinear", {"w_codes", "ws", "wz"}, "w_real"), "axis", 0);
  m.node("Transpose", {"w_real"}, "t");  // 1 0.5 / -0.5 9
  m.output("y", 2).node("MatMul", {"x_real", "t"}, "y");
  const Network n = m.read();
  EXPECT_THAT(n.layers.at(0).weight_steps, ElementsAre(0.5, 0.25));
  EXPECT_THAT(run(n, {1, 2}), ElementsAre(0, 18.5F));
  EXPECT_EQ(run_integers(n, {1, 2}), run(n, {1, 2}));
}

TEST(OnnxQuantised, CodesPassThroughWhatOnlyMovesValues) {
  ModelWriter m;
  m.input("x", {-1, 2, 2, 2}).floats("xs", {}, {0.5F}).codes("xz", {}, {10}, Type::UINT8).ints("shape", {2}, {-1, 2});
  m.floats("w", {4, 1}, {1, 2, 3, 4}).ints("minus", {1}, {-1}).ints("end", {1}, {-9}).ints("axes", {1}, {1});
  m.node("QuantizeLinear", {"x", "xs", "xz"}, "q");
  set_ints(m.node("MaxPool", {"q"}, "p"), "kernel_shape", {2, 2});
  m.node("Reshape", {"p", "shape"}, "r");
  m.node("Slice", {"r", "minus", "end", "axes", "minus"}, "s");
  set_int(m.node("Concat", {"r", "s"}, "c"), "axis", 1);
  m.node("DequantizeLinear", {"c", "xs", "xz"}, "d");
  m.node("Relu", {"d"}, "relu");
  m.node("QuantizeLinear", {"relu", "xs", "xz"}, "again");  // already there
  m.node("DequantizeLinear", {"again", "xs", "xz"}, "real");
  m.output("y", 2).node("MatMul", {"real", "w"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("max_pool", "reshape", "slice", "concat", "relu", "dense"));
  EXPECT_EQ(file_codes(n).inputs, 1);
  EXPECT_EQ(grid_of(n, n.layers.back().inputs[0]), (CodeGrid{0.5F, 10, 0, 255}));
  EXPECT_THAT(run(n, {1, 0, 0.1F, 0, 3.1F, 0, 0, -1}), ElementsAre(1 + 3 * 2 + 3 * 3 + 1 * 4));
}

TEST(OnnxQuantised, SumsOfGridsLieOnTheirOwnOnlyWhereTheFileSaysSo) {
  // A residual block: both operands are codes, the sum gets a grid of another scale.
  ModelWriter m = coded_input({-1, 2});
  m.floats("w", {2, 2}, {1, 0, 0, 1}).floats("ys", {}, {2}).codes("yz", {}, {0}, Type::INT8).output("y", 2);
  m.node("MatMul", {"x_real", "w"}, "p");
  m.node("QuantizeLinear", {"p", "xs", "xz"}, "pq");
  m.node("DequantizeLinear", {"pq", "xs", "xz"}, "pd");
  m.node("Add", {"pd", "x_real"}, "sum");
  m.node("QuantizeLinear", {"sum", "ys", "yz"}, "sq");
  m.node("DequantizeLinear", {"sq", "ys", "yz"}, "sd");
  m.node("MatMul", {"sd", "w"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("dense", "add", "dense")) << "and no bias";
  EXPECT_EQ(n.tensor(n.layers[1].output).grid, (CodeGrid{2, 0, -128, 127}));
  EXPECT_EQ(grid_of(n, n.layers[1].output), (CodeGrid{2, 0, -128, 127}));
  EXPECT_EQ(grid_of(n, n.output), std::nullopt);
  EXPECT_THAT(run(n, {0.5F, 1.5F}), ElementsAre(0, 4)) << "1 is half a step of 2, and 3 one and a half";
}

TEST(OnnxQuantised, WhatOthersReadUnroundedIsCopied) {
  for (const bool both : {false, true}) {
    ModelWriter m;
    m.input("x", {-1, 2}).floats("s", {}, {1}).codes("z", {}, {0}, Type::UINT8).floats("w", {2, 1}, {1, 1});
    m.output("y", 2);
    m.node("Relu", {"x"}, "r");
    m.node("QuantizeLinear", {"r", "s", "z"}, "q");
    m.node("DequantizeLinear", {"q", "s", "z"}, "d");
    if (both) {  // another pair for the other reader, as some tools write
      m.node("QuantizeLinear", {"r", "s", "z"}, "q2");
      m.node("DequantizeLinear", {"q2", "s", "z"}, "d2");
    }
    m.node("Sub", {both ? "d2" : "r", "d"}, "y");
    const Network n = m.read();
    if (both) {
      EXPECT_THAT(layer_ops(n), ElementsAre("relu", "sub"));
      EXPECT_THAT(run(n, {0.25F, 1.5F}), ElementsAre(0, 0));
    } else {
      EXPECT_THAT(layer_ops(n), ElementsAre("relu", "identity", "sub"));
      EXPECT_THAT(run(n, {0.25F, 1.5F}), ElementsAre(0.25F, -0.5F));
    }
  }
}

TEST(OnnxQuantised, ARoundedTensorUnderAnotherShapeIsRoundedAtItsSource) {
  ModelWriter m;
  m.input("x", {-1, 2, 2}).floats("s", {}, {1}).codes("z", {}, {0}, Type::UINT8).ints("shape", {2}, {-1, 4});
  m.floats("w", {4, 1}, {1, 1, 1, 1}).output("y", 2);
  m.node("Sigmoid", {"x"}, "r");
  m.node("Reshape", {"r", "shape"}, "flat");
  m.node("QuantizeLinear", {"flat", "s", "z"}, "q");
  m.node("DequantizeLinear", {"q", "s", "z"}, "d");
  m.node("MatMul", {"d", "w"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("sigmoid", "reshape", "dense"));
  EXPECT_TRUE(n.tensor(n.layers[0].output).grid) << "a Reshape shows values of another tensor";
  EXPECT_THAT(run(n, {9, -9, 9, -9}), ElementsAre(2));
}

TEST(OnnxQuantised, OperatorsOnCodesAreThoseOnRealNumbersBetweenCodes) {
  ModelWriter m;
  m.input("x", {-1, 1, 2, 2}).floats("xs", {}, {0.5F}).codes("xz", {}, {10}, Type::UINT8);
  m.codes("w", {2, 1, 1, 2}, {2, -3, 4, 5}, Type::INT8).floats("ws", {2}, {0.25F, 0.5F});
  m.codes("wz", {2}, {0, 0}, Type::INT8).codes("b", {2}, {4, -2}, Type::INT32);
  m.floats("ys", {}, {1}).codes("yz", {}, {100}, Type::UINT8).output("y", 4);
  m.node("QuantizeLinear", {"x", "xs", "xz"}, "q");
  set_ints(m.node("QLinearConv", {"q", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"}, "c"), "pads", {0, 0, 0, 1});
  m.node("QLinearAdd", {"c", "ys", "yz", "c", "ys", "yz", "ys", "yz"}, "a").set_domain("com.microsoft");
  m.node("DequantizeLinear", {"a", "ys", "yz"}, "y");
  auto& import = *m.model().add_opset_import();
  import.set_domain("com.microsoft"), import.set_version(1);
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("conv2d", "add"));
  EXPECT_TRUE(file_codes(n).complete());
  // kSums rounded and clamped to -100 .. 155, and twice that.
  EXPECT_THAT(run(n, kPixels), ElementsAre(2, 0, -100, 124, 0, -4, 155, 155));
  EXPECT_EQ(run_integers(n, kPixels), run(n, kPixels));
}

}  // namespace
}  // namespace cimera::workloads
