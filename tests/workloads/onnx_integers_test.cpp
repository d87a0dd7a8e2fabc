// ONNX networks with operators on integers, with ranges that are measured at run time, and what is refused of quantised
// networks.
#include <gmock/gmock.h>

#include "tests/workloads/quantised_model.h"
#include "tests/workloads/support.h"
#include "workloads/file_codes.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Type = onnx::TensorProto;

TEST(OnnxIntegers, SumsOfIntegersTakeTheScaleBehindThem) {
  ModelWriter m;
  m.input("x", {-1, 2}).floats("xs", {}, {0.5F}).codes("xz", {}, {10}, Type::UINT8);
  m.codes("w", {2, 2}, {1, 100, 3, 104}, Type::UINT8).codes("wz", {2}, {2, 101}, Type::UINT8);  // -1 -1 / 1 3
  m.floats("scale", {2}, {0.5F, 2}).floats("bias", {2}, {1, -1}).output("y", 2);  // of the weights: 1 and 4
  m.node("QuantizeLinear", {"x", "xs", "xz"}, "q");
  m.node("MatMulInteger", {"q", "w", "xz", "wz"}, "i");
  set_int(m.node("Cast", {"i"}, "f"), "to", Type::FLOAT);
  m.node("Mul", {"f", "scale"}, "r");
  m.node("Add", {"r", "bias"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("dense"));
  EXPECT_THAT(n.layers[0].weight_steps, ElementsAre(1, 4));
  EXPECT_THAT(run(n, {1, 2}), ElementsAre(-1 + 2 + 1, -4 + 24 - 1));
  EXPECT_EQ(run_integers(n, {1, 2}), run(n, {1, 2}));
}

TEST(OnnxIntegers, DynamicRangesAreMeasuredInFP32AndCalibratedOnMachines) {
  ModelWriter m;
  m.input("x", {-1, 4}).codes("w", {4, 1}, {2, 4, 6, -8}, Type::INT8).codes("wz", {}, {0}, Type::INT8);
  m.floats("ws", {}, {0.5F}).output("y", 2);
  auto& dynamic = m.node("DynamicQuantizeLinear", {"x"}, "q");
  dynamic.add_output("qs");
  dynamic.add_output("qz");
  m.node("MatMulInteger", {"q", "w", "qz", "wz"}, "i");
  set_int(m.node("Cast", {"i"}, "f"), "to", Type::FLOAT);
  m.node("Mul", {"qs", "ws"}, "scale");
  m.node("Mul", {"f", "scale"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("dense"));
  EXPECT_THAT(n.layers[0].weight_steps, ElementsAre(0.5));
  // From -64 to 191 in 255 steps of 1: 10.4 is 10, and 0.5 is 0. The next sample has a range of its own: steps of 0.5.
  EXPECT_THAT(run(n, {-64, 0.5F, 191, 10.4F, 0, 0.5F, 127.5F, -0.0F}, 2),
              ElementsAre(-64 + 3 * 191 - 4 * 10, 2 * 0.5F + 3 * 127.5F));
  const FileCodes codes = file_codes(n);
  EXPECT_EQ(codes.dynamic, 1);
  EXPECT_EQ(codes.inputs, 0);
  EXPECT_EQ(codes.activation_bits, 8);
  EXPECT_THAT(input_error([&] { quantize(n, {}, {}); }), HasSubstr("no samples"));
  EXPECT_EQ(quantize(n, {}, one(n, {0, 0, 510, 0})).layers[0].input_scale, 2.0) << "as of any network";
}

TEST(OnnxIntegers, IntegersAtTheOutputAreGivenAsTheyAre) {
  ModelWriter m;
  m.input("x", {-1, 2}).floats("s", {}, {0.5F}).codes("z", {}, {10}, Type::UINT8);
  m.node("Relu", {"x"}, "r");
  m.node("QuantizeLinear", {"r", "s", "z"}, "y");
  ModelWriter::describe(*m.graph().add_output(), "y", Type::UINT8, {-1, 2});
  EXPECT_THAT(run(m.read(), {1, -3}), ElementsAre(12, 10));
}

TEST(OnnxIntegers, WhatCannotBeMappedIsRefusedWithNodeAndOperator) {
  const auto error = [](ModelWriter& m) { return input_error([&] { m.read(); }); };
  {
    ModelWriter m = coded_input({-1, 2});
    m.floats("other", {}, {0.25F}).output("y", 2);
    m.node("DequantizeLinear", {"x_codes", "other", "xz"}, "y");
    EXPECT_THAT(error(m), HasSubstr("'y_node' (DequantizeLinear): its scale and zero point (0.25, 10) are not"));
  }
  {
    ModelWriter m;
    m.input("x", {-1, 2}).floats("s", {2}, {1, 2}).codes("z", {2}, {0, 0}, Type::UINT8).output("y", 2);
    m.node("QuantizeLinear", {"x", "s", "z"}, "q");
    m.node("DequantizeLinear", {"q", "s", "z"}, "y");
    EXPECT_THAT(error(m), HasSubstr("'q_node' (QuantizeLinear): activations have one scale each"));
  }
  {
    ModelWriter m = coded_input({-1, 2});
    m.codes("w", {2, 2}, {1, 2, 3, 4}, Type::INT8).floats("ws", {2}, {1, 2}).codes("wz", {2}, {0, 0}, Type::INT8);
    m.output("y", 2);
    set_int(m.node("DequantizeLinear", {"w", "ws", "wz"}, "wd"), "axis", 0);
    m.node("MatMul", {"x_real", "wd"}, "y");
    EXPECT_THAT(error(m), HasSubstr("'y_node' (MatMul): its integer weights have a scale for each index of axis 0"));
  }
  {
    ModelWriter m = coded_input({-1, 2});
    m.output("y", 2);
    set_int(m.node("Cast", {"x_codes"}, "y"), "to", Type::FLOAT);
    EXPECT_THAT(error(m), HasSubstr("'y_node' (Cast): casts integers of a quantised tensor"));
  }
  {
    ModelWriter m;
    m.input("x", {-1, 2}).codes("w", {2, 1}, {1, 2}, Type::INT8).output("y", 2);
    m.node("MatMulInteger", {"x", "w"}, "y");
    EXPECT_THAT(error(m), HasSubstr("'y_node' (MatMulInteger): its input 'x' comes from no QuantizeLinear"));
  }
  {
    ModelWriter m = coded_input({-1, 2});
    m.codes("w", {2, 1}, {1, 2}, Type::INT8).codes("zero", {}, {11}, Type::UINT8).output("y", 2);
    m.node("MatMulInteger", {"x_codes", "w", "zero"}, "y");
    EXPECT_THAT(error(m), HasSubstr("its zero point is 11, but its input was quantised with 10"));
  }
  {
    ModelWriter m = coded_input({-1, 2});
    m.codes("w", {2, 1}, {1, 2}, Type::INT8).floats("s", {1}, {-0.5F}).output("y", 2);
    m.node("MatMulInteger", {"x_codes", "w", "xz"}, "i");
    set_int(m.node("Cast", {"i"}, "f"), "to", Type::FLOAT);
    m.node("Mul", {"f", "s"}, "y");
    EXPECT_THAT(error(m), HasSubstr("'y_node' (Mul): its scale is not above 0"));
  }
  {
    ModelWriter m = coded_input({-1, 2});
    m.codes("w", {2, 1}, {1, 2}, Type::INT8).output("y", 2);
    m.node("MatMulInteger", {"x_codes", "w", "xz"}, "i");
    set_int(m.node("Cast", {"i"}, "f"), "to", Type::FLOAT);
    m.node("Relu", {"f"}, "y");
    EXPECT_THAT(error(m), HasSubstr("'y_node' (Relu): operand 'f' holds integers of a quantised tensor"));
  }
  {
    ModelWriter m = coded_input({-1, 2});
    m.output("y", 2);
    m.node("QLinearLeakyRelu", {"x_codes", "xs", "xz", "xs", "xz"}, "y").set_domain("com.microsoft");
    EXPECT_THAT(error(m), HasSubstr("'y_node' (QLinearLeakyRelu): operator com.microsoft.QLinearLeakyRelu is not"));
  }
  {
    ModelWriter m = coded_input({-1, 2});
    m.output("y", 2);
    m.node("QLinearMatMul", {"x_codes", "xs", "xz", "x_codes", "xs"}, "y");
    EXPECT_THAT(error(m), HasSubstr("'y_node' (QLinearMatMul): operand 7 is missing"));
  }
  {
    ModelWriter m;
    m.input("x", {-1, 2}).floats("s", {}, {0}).codes("z", {}, {0}, Type::UINT8).output("y", 2);
    m.node("QuantizeLinear", {"x", "s", "z"}, "q");
    m.node("DequantizeLinear", {"q", "s", "z"}, "y");
    EXPECT_THAT(error(m), HasSubstr("its scale is 0"));
  }
}

}  // namespace
}  // namespace cimera::workloads
