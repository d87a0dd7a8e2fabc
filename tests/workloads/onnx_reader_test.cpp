// What the ONNX reader makes of graphs: batch, folding, fusion.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "tests/workloads/onnx_model.h"
#include "tests/workloads/support.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

std::vector<std::string> layer_ops(const Network& n) {
  std::vector<std::string> ops;
  for (const Layer& layer : n.layers) ops.push_back(op_name(layer.op));
  return ops;
}

TEST(OnnxReader, ReadsASmallNetworkInTheStyleOfMnist8) {
  const Network n = small_cnn().read();
  EXPECT_EQ(n.name, "test");
  EXPECT_EQ(n.source, "test.onnx");
  EXPECT_THAT(layer_ops(n), ElementsAre("conv2d", "relu", "max_pool", "reshape", "dense"));  // the Add is a bias
  EXPECT_EQ(n.tensor(n.input).name, "x");
  EXPECT_EQ(n.tensor(n.output).name, "y");
  EXPECT_EQ(n.tensor(n.layers[0].output).name, "sum");
  EXPECT_EQ(n.layers[0].name, "conv_node");
  EXPECT_THAT(n.tensor(*n.layers[0].bias).values, ElementsAre(0.5F, -0.25F));
  EXPECT_EQ(macs(n), 16 * 9 * 2 + 24);
}

TEST(OnnxReader, TheFirstAxisIsTheBatchWhetherOpenOrFixed) {
  for (const std::int64_t first : {-1, 1, 5}) {
    ModelWriter m;
    m.input("x", {first, 3}).floats("w", {3, 2}, {1, 2, 3, 4, 5, 6}).output("y", 2);
    m.node("MatMul", {"x", "w"}, "y");
    const Network n = m.read();
    EXPECT_EQ(n.tensor(n.input).shape, (Shape{1, 3}));
    EXPECT_THAT(run(n, {1, 0, 0, 0, 1, 1}, 2), ElementsAre(1, 2, 8, 10));
  }
}

TEST(OnnxReader, AGraphThatMixesAFixedFirstAxisIsOneSampleAsAWhole) {
  ModelWriter m;
  m.input("x", {2, 3}).floats("w", {2, 2}, {1, 2, 3, 4}).output("y", 2);
  m.node("Transpose", {"x"}, "t");
  m.node("MatMul", {"t", "w"}, "y");
  const Network n = m.read();
  EXPECT_EQ(n.tensor(n.input).shape, (Shape{1, 2, 3}));
  EXPECT_EQ(n.tensor(n.output).shape, (Shape{1, 3, 2}));
  EXPECT_THAT(run(n, {1, 2, 3, 4, 5, 6}), ElementsAre(13, 18, 17, 24, 21, 30));
}

TEST(OnnxReader, ImagesKeepWorkingWhereTheBatchOfOneIsSqueezedAway) {
  ModelWriter m;
  m.input("x", {1, 1, 2, 2}).floats("w", {2, 1, 2, 2}, {1, 2, 3, 4, 1, 1, 1, -1}).ints("axes", {1}, {0}).output("y", 3);
  m.node("Conv", {"x", "w"}, "c");
  m.node("Squeeze", {"c", "axes"}, "y");
  const Network n = m.read();
  EXPECT_EQ(n.tensor(n.output).shape, (Shape{1, 2, 1, 1}));  // sample, then ONNX's 2x1x1
  EXPECT_THAT(run(n, {1, 1, 1, 1}), ElementsAre(10, 2));
}

TEST(OnnxReader, FoldsBatchNormalisationIntoTheWeightsBefore) {
  const auto build = [](bool fused) {
    ModelWriter m;
    m.input("x", {-1, 2, 3, 3}).floats("w", {2, 2, 2, 2}, random_values(16, -1, 1, 1)).floats("b", {2}, {0.5F, -1});
    m.floats("scale", {2}, {1.5F, -0.5F}).floats("shift", {2}, {0.25F, 2}).floats("mean", {2}, {0.1F, -0.3F});
    m.floats("variance", {2}, {0.5F, 4}).output("y", 4);
    m.node("Conv", {"x", "w", "b"}, "c");
    m.node("BatchNormalization", {fused ? "c" : "d", "scale", "shift", "mean", "variance"}, "y");
    if (!fused) {  // a layer between them keeps them apart
      m.node("Relu", {"c"}, "d");
      m.graph().mutable_node()->SwapElements(1, 2);
    }
    return m.read();
  };
  EXPECT_THAT(layer_ops(build(true)), ElementsAre("conv2d"));
  EXPECT_THAT(layer_ops(build(false)), ElementsAre("conv2d", "relu", "mul", "add"));
  const std::vector<float> x = random_values(18, -1, 1, 2);
  const Values y = run(build(true), x);
  const Values before = run(
      [] {
        ModelWriter m;
        m.input("x", {-1, 2, 3, 3}).floats("w", {2, 2, 2, 2}, random_values(16, -1, 1, 1)).floats("b", {2}, {0.5F, -1});
        m.output("c", 4).node("Conv", {"x", "w", "b"}, "c");
        return m.read();
      }(),
      x);
  const double scale[] = {1.5, -0.5}, shift[] = {0.25, 2}, mean[] = {0.1, -0.3}, variance[] = {0.5, 4};
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t c = i / 4;
    EXPECT_NEAR(y[i], scale[c] * (before[i] - mean[c]) / std::sqrt(variance[c] + 1e-5) + shift[c], 1e-5);
  }
}

TEST(OnnxReader, AnAdditionBecomesABiasOnlyWhereThatChangesNothing) {
  const auto ops = [](const std::vector<std::int64_t>& shape, bool read_twice) {
    ModelWriter m;
    m.input("x", {-1, 4}).floats("w", {4, 3}, random_values(12, -1, 1, 1)).output("y", 2);
    m.floats("c", shape, std::vector<float>(3, 1.0F));
    m.node("MatMul", {"x", "w"}, "p");
    m.node("Add", {"c", "p"}, read_twice ? "q" : "y");
    if (read_twice) m.node("Add", {"q", "p"}, "y");
    return layer_ops(m.read());
  };
  EXPECT_THAT(ops({3}, false), ElementsAre("dense"));
  EXPECT_THAT(ops({1, 3}, false), ElementsAre("dense"));
  EXPECT_THAT(ops({3}, true), ElementsAre("dense", "add", "add"));

  ModelWriter m;  // one value per column of pixels, not per channel
  m.input("x", {-1, 1, 3, 3}).floats("w", {2, 1, 1, 1}, {1, 2}).floats("c", {3}, {1, 2, 3}).output("y", 4);
  m.node("Conv", {"x", "w"}, "p");
  m.node("Add", {"p", "c"}, "y");
  EXPECT_THAT(layer_ops(m.read()), ElementsAre("conv2d", "add"));

  ModelWriter through;  // an Identity between the two, and nobody else reading
  through.input("x", {-1, 4})
      .floats("w", {4, 3}, random_values(12, -1, 1, 1))
      .floats("c", {3}, {1, 2, 3})
      .output("y", 2);
  through.node("MatMul", {"x", "w"}, "p");
  through.node("Identity", {"p"}, "i");
  through.node("Add", {"i", "c"}, "y");
  EXPECT_THAT(layer_ops(through.read()), ElementsAre("dense"));
}

TEST(OnnxReader, FoldsWhatExportersComputeFromConstantsAndShapes) {
  // Reshape to (batch, -1) with the batch taken from Shape: Shape -> Gather -> Unsqueeze -> Concat -> Reshape.
  ModelWriter m;
  m.input("x", {-1, 2, 3}).ints("zero", {}, {0}).ints("axes", {1}, {0}).ints("rest", {1}, {-1}).output("y", 2);
  m.node("Shape", {"x"}, "s");
  m.node("Gather", {"s", "zero"}, "n");
  m.node("Unsqueeze", {"n", "axes"}, "n1");
  set_int(m.node("Concat", {"n1", "rest"}, "target"), "axis", 0);
  m.node("Reshape", {"x", "target"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("reshape"));
  EXPECT_EQ(n.tensor(n.output).shape, (Shape{1, 6}));
}

/// The paddings of PyTorch's F.pad: last dimension first, as pairs, filled up with zeros, then brought into ONNX's
/// order.
TEST(OnnxReader, FoldsPaddingsThatExportersBuildFromTensors) {
  ModelWriter m;
  m.input("x", {-1, 1, 2, 2}).ints("given", {4}, {1, 2, 3, 0}).ints("four", {1}, {4}).ints("pairs", {2}, {-1, 2});
  m.ints("minus", {1}, {-1}).ints("end", {1}, {-9223372036854775807}).ints("first", {1}, {0}).output("y", 4);
  onnx::AttributeProto& zero = *m.node("ConstantOfShape", {"four"}, "zeros").add_attribute();
  zero.set_name("value"), zero.set_type(onnx::AttributeProto::TENSOR);
  zero.mutable_t()->set_data_type(onnx::TensorProto::INT64), zero.mutable_t()->add_dims(1);
  zero.mutable_t()->add_int64_data(0);
  set_int(m.node("Concat", {"given", "zeros"}, "all"), "axis", 0);
  m.node("Reshape", {"all", "pairs"}, "p");                          // 1 2 / 3 0 / 0 0 / 0 0
  m.node("Slice", {"p", "minus", "end", "first", "minus"}, "back");  // last pair first
  set_ints(m.node("Transpose", {"back"}, "t"), "perm", {1, 0});
  m.node("Reshape", {"t", "minus"}, "flat");  // 0 0 3 1 / 0 0 0 2
  set_int(m.node("Cast", {"flat"}, "pads"), "to", onnx::TensorProto::INT64);
  m.node("Pad", {"x", "pads"}, "y");
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("pad"));
  EXPECT_THAT(run(n, {1, 2, 3, 4}), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                                0, 1, 2, 0, 0, 0, 3, 4, 0, 0));
}

TEST(OnnxReader, AxesOfReductionsAreAnOperandOrAnAttribute) {
  for (const int opset : {13, 18, 21})
    for (const bool by_node : {false, true}) {
      ModelWriter m(opset);
      m.input("x", {-1, 2, 3}).output("y", 2);
      if (by_node) {
        onnx::AttributeProto& value = *m.node("Constant", {}, "axes").add_attribute();
        value.set_name("value"), value.set_type(onnx::AttributeProto::TENSOR);
        value.mutable_t()->set_data_type(onnx::TensorProto::INT64), value.mutable_t()->add_dims(1);
        value.mutable_t()->add_int64_data(2);
      } else {
        m.ints("axes", {1}, {-1});
      }
      auto& mean = m.node("ReduceMean", {"x"}, "y");
      set_int(mean, "keepdims", 0);
      if (opset < 18) set_ints(mean, "axes", {2});
      else mean.add_input("axes");
      EXPECT_THAT(run(m.read(), {1, 2, 3, 4, 5, 9}), ElementsAre(2, 6)) << opset;
    }
}

TEST(OnnxReader, ActivationsMayBeSlicedBackwardsAndWeightsBeFilledWithOneValue) {
  ModelWriter m;
  m.input("x", {-1, 5}).ints("minus", {1}, {-1}).ints("end", {1}, {-6}).ints("axis", {1}, {1}).ints("step", {1}, {-2});
  m.ints("shape", {2}, {3, 2}).output("y", 2);
  m.node("Slice", {"x", "minus", "end", "axis", "step"}, "s");  // elements 4, 2, 0
  set_tensor(m.node("ConstantOfShape", {"shape"}, "w"), "value", {1}, {0.5F});
  m.node("MatMul", {"s", "w"}, "p");
  set_int(m.node("Concat", {"s", "p"}, "y"), "axis", 1);
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("slice", "dense", "concat"));
  EXPECT_THAT(run(n, {1, 20, 3, 40, 5}), ElementsAre(5, 3, 1, 4.5F, 4.5F));
}

TEST(OnnxReader, FoldsWeightsThroughTransposesReshapesAndSlices) {
  ModelWriter m;
  m.input("x", {-1, 2}).floats("w", {3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}).output("y", 2);
  m.ints("starts", {1}, {-1}).ints("ends", {1}, {-100}).ints("axes", {1}, {1}).ints("steps", {1}, {-2});
  m.node("Slice", {"w", "starts", "ends", "axes", "steps"}, "s");  // columns 3 and 1: 4 2 / 8 6 / 12 10
  set_ints(m.node("Transpose", {"s"}, "t"), "perm", {1, 0});       // 4 8 12 / 2 6 10
  m.node("MatMul", {"x", "t"}, "y");
  EXPECT_THAT(run(m.read(), {1, 0, 0, 1}, 2), ElementsAre(4, 8, 12, 2, 6, 10));
}

TEST(OnnxReader, GemmScalesTransposesAndBroadcastsItsBias) {
  ModelWriter m;
  m.input("x", {-1, 2}).floats("w", {3, 2}, {1, 2, 3, 4, 5, 6}).floats("c", {1}, {10}).output("y", 2);
  auto& gemm = m.node("Gemm", {"x", "w", "c"}, "y");
  set_int(gemm, "transB", 1);
  set_float(gemm, "alpha", 2);
  set_float(gemm, "beta", 0.5F);
  const Network n = m.read();
  EXPECT_THAT(layer_ops(n), ElementsAre("dense"));
  EXPECT_THAT(run(n, {1, 1}), ElementsAre(11, 19, 27));
}

TEST(OnnxReader, SoftmaxBeforeOperatorSet13NormalisesAllAxesFromTheFirst) {
  const auto build = [](int opset) {
    ModelWriter m(opset);
    m.input("x", {-1, 2, 2}).output("y", 3);
    set_int(m.node("Softmax", {"x"}, "y"), "axis", 1);
    return m.read();
  };
  EXPECT_THAT(run(build(12), {0, 0, 0, 0}), Pointwise(FloatNear(1e-6F), {0.25F, 0.25F, 0.25F, 0.25F}));
  EXPECT_THAT(run(build(13), {0, 0, 0, 0}), Pointwise(FloatNear(1e-6F), {0.5F, 0.5F, 0.5F, 0.5F}));
  EXPECT_EQ(build(12).tensor(build(12).output).shape, (Shape{1, 2, 2}));
}

TEST(OnnxReader, WeightsMayBeStoredInEveryFloatType) {
  const std::vector<float> values = {1, -0.5F, 2, 0.25F};
  for (const auto type :
       {onnx::TensorProto::FLOAT, onnx::TensorProto::DOUBLE, onnx::TensorProto::FLOAT16, onnx::TensorProto::BFLOAT16}) {
    ModelWriter m;
    m.input("x", {-1, 2}).output("y", 2);
    onnx::TensorProto& w = *m.graph().add_initializer();
    w.set_name("w");
    w.set_data_type(type);
    w.add_dims(2);
    w.add_dims(2);
    const std::uint16_t halves[] = {0x3c00, 0xb800, 0x4000, 0x3400};
    for (std::size_t i = 0; i < 4; ++i) {
      const auto bits = std::bit_cast<std::uint32_t>(values[i]);
      if (type == onnx::TensorProto::FLOAT) {
        w.mutable_raw_data()->append(reinterpret_cast<const char*>(&bits), 4);
      } else if (type == onnx::TensorProto::DOUBLE) {
        w.add_double_data(values[i]);
      } else {
        w.add_int32_data(type == onnx::TensorProto::FLOAT16 ? halves[i] : static_cast<std::int32_t>(bits >> 16));
      }
    }
    // Only the initialiser's type differs; a Cast brings it to float, as ONNX's checker wants.
    set_int(m.node("Cast", {"w"}, "f"), "to", onnx::TensorProto::FLOAT);
    m.node("MatMul", {"x", "f"}, "y");
    EXPECT_THAT(run(m.read(), {1, 0, 0, 1}, 2), ElementsAre(1, -0.5F, 2, 0.25F)) << type;
  }
}

TEST(OnnxReader, NewIrVersionsAndNamelessNodesAreFine) {
  ModelWriter m = small_cnn();
  m.model().set_ir_version(11);
  for (onnx::NodeProto& node : *m.graph().mutable_node()) node.clear_name();
  const Network n = m.read();
  EXPECT_EQ(n.layers[0].name, "conv");
  EXPECT_EQ(n.layers[4].name, "y");
}

TEST(OnnxReader, TheTableOfOperatorsIsSortedAndComplete) {
  const std::vector<std::string> names = onnx_operators();
  EXPECT_TRUE(std::ranges::is_sorted(names));
  for (const char* name : {"Conv", "Gemm", "MatMul", "MaxPool", "Relu", "Softmax"}) {
    EXPECT_TRUE(std::ranges::binary_search(names, name)) << name;
  }
}

}  // namespace
}  // namespace cimera::workloads
