// Every ONNX file that cannot be read is refused with one message that names the file and what is wrong.
#include <limits>

#include <gmock/gmock.h>

#include "tests/workloads/onnx_model.h"
#include "tests/workloads/support.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(const std::string& bytes) {
  return input_error([&] { parse_onnx(bytes, "test.onnx"); });
}

/// The message for small_cnn() after a change.
std::string refusal(const std::function<void(ModelWriter&)>& change) {
  ModelWriter m = small_cnn();
  change(m);
  return refusal(m.bytes());
}

/// Captures what is printed to stderr meanwhile.
TEST(OnnxRefusal, FilesThatAreNoModel) {
  ::testing::internal::CaptureStderr();
  EXPECT_THAT(refusal(""), HasSubstr("test.onnx: the file is empty"));
  EXPECT_THAT(refusal("not a model"), HasSubstr("test.onnx: it is no ONNX model, or a truncated one (11 bytes)"));
  EXPECT_THAT(refusal(std::string(1000, '\xff')), HasSubstr("it is no ONNX model"));
  const std::string whole = small_cnn().bytes();
  EXPECT_THAT(refusal(whole.substr(0, whole.size() / 2)), HasSubstr("truncated"));
  EXPECT_THAT(refusal("\x08\x03"), HasSubstr("it holds no graph"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");  // protobuf keeps quiet
  EXPECT_THAT(input_error([] { load_onnx("/nowhere/net.onnx"); }),
              AllOf(HasSubstr("/nowhere/net.onnx"), HasSubstr("no such file")));
  EXPECT_THAT(input_error([] { load_onnx("/"); }), HasSubstr("folder"));
}

TEST(OnnxRefusal, EveryPrefixOfAModel) {
  const std::string whole = small_cnn().bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(refusal(whole.substr(0, length)), StartsWith("test.onnx")) << length;
  }
}

TEST(OnnxRefusal, UnsupportedOperatorsNameTheNodeAndWhatIsSupported) {
  const auto swap_op = [](const std::string& op, const std::string& domain) {
    return refusal([&](ModelWriter& m) {
      m.graph().mutable_node(2)->set_op_type(op);
      m.graph().mutable_node(2)->set_domain(domain);
    });
  };
  EXPECT_THAT(swap_op("Sin", ""), AllOf(HasSubstr("test.onnx: node 'relu_node' (Sin)"),
                                        HasSubstr("Sin is not supported"), HasSubstr("Supported: Add, AveragePool,")));
  EXPECT_THAT(swap_op("Relu", "com.example"), HasSubstr("com.example.Relu is not supported"));
  EXPECT_THAT(swap_op("NoSuchThing", ""), HasSubstr("NoSuchThing is not supported"));
}

TEST(OnnxRefusal, WeightsThatAreNoNumbersOrElsewhere) {
  const auto set = [](float value) {
    return refusal([&](ModelWriter& m) { m.graph().mutable_initializer(0)->set_float_data(7, value); });
  };
  EXPECT_THAT(set(std::numeric_limits<float>::quiet_NaN()), HasSubstr("test.onnx: tensor 'w': value 7 is nan"));
  EXPECT_THAT(set(std::numeric_limits<float>::infinity()), HasSubstr("tensor 'w': value 7 is inf"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                auto* tensor = m.graph().mutable_initializer(0);
                tensor->clear_float_data();
                tensor->set_data_location(onnx::TensorProto::EXTERNAL);
                auto* entry = tensor->add_external_data();
                entry->set_key("location");
                entry->set_value("../../../etc/passwd");
              }),
              HasSubstr("tensor 'w': its values are in another file"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_initializer(0)->mutable_float_data()->RemoveLast(); }),
              HasSubstr("w"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                m.graph().mutable_initializer(0)->clear_float_data();
                m.graph().mutable_initializer(0)->set_raw_data("abc");
              }),
              HasSubstr("w"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_initializer(0)->set_dims(0, std::int64_t{1} << 40); }),
              StartsWith("test.onnx"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_initializer(0)->set_dims(0, -2); }),
              StartsWith("test.onnx"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                m.graph().mutable_initializer(0)->set_dims(0, 0);
                m.graph().mutable_initializer(0)->clear_float_data();
              }),
              StartsWith("test.onnx"));
}

TEST(OnnxRefusal, GraphsThatAreNoNetwork) {
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_node(0)->set_input(0, "pool"); }),
              HasSubstr("sorted"));  // the convolution reads what is computed from it
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_node()->SwapElements(1, 2); }), HasSubstr("test.onnx"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().clear_node(); }), HasSubstr("no nodes"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().clear_output(); }), HasSubstr("0 outputs"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.output("flat", 2); }), HasSubstr("2 outputs ('y', 'flat')"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_output(0)->set_name("nothing"); }), HasSubstr("nothing"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                m.input("second", {1, 2});
              }),
              HasSubstr("2 inputs without a value ('x', 'second')"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                m.floats("x", {1, 1, 4, 4}, std::vector<float>(16, 1.0F));
              }),
              HasSubstr("0 inputs without a value"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_output(0)->set_name("w"); }), HasSubstr("test.onnx"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.model().clear_opset_import(); }), HasSubstr("names no ONNX operator set"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.model().mutable_opset_import(0)->set_version(99); }),
              HasSubstr("operator set 99 is not supported; export with one from 7 to 21"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.model().mutable_opset_import(0)->set_version(6); }),
              HasSubstr("operator set 6 is too old"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                auto* attribute = m.graph().mutable_node(2)->add_attribute();
                attribute->set_name("body");
                attribute->set_type(onnx::AttributeProto::GRAPH);
                attribute->mutable_g();
              }),
              HasSubstr("holds a graph"));
}

TEST(OnnxRefusal, InputsThatCannotBeFed) {
  const auto with_dim = [](int i, const std::function<void(onnx::TensorShapeProto::Dimension&)>& change) {
    return refusal([&](ModelWriter& m) {
      change(*m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(i));
    });
  };
  EXPECT_THAT(with_dim(2, [](auto& dim) { dim.set_dim_param("height"); }),
              HasSubstr("input 'x': dimension 2 ('height') has no fixed size"));
  EXPECT_THAT(with_dim(2, [](auto& dim) { dim.set_dim_value(0); }), HasSubstr("dimension below 1"));
  EXPECT_THAT(with_dim(0, [](auto& dim) { dim.set_dim_value(-3); }), HasSubstr("test.onnx"));
  EXPECT_THAT(with_dim(1, [](auto& dim) { dim.set_dim_value(2); }),
              HasSubstr("has 2 channels, but the weights are for 1"));
  EXPECT_THAT(with_dim(2, [](auto& dim) { dim.set_dim_value(std::int64_t{1} << 62); }), StartsWith("test.onnx"));
  EXPECT_THAT(
      refusal([](ModelWriter& m) {
        m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::UINT8);
      }),
      HasSubstr("no tensor of 32-bit floats"));
  EXPECT_THAT(
      refusal([](ModelWriter& m) { m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape(); }),
      HasSubstr("test.onnx"));
}

TEST(OnnxRefusal, AttributesThatMakeNoSense) {
  const auto with_ints = [](int node, const std::string& name, const std::vector<std::int64_t>& values) {
    return refusal([&](ModelWriter& m) {
      auto* attributes = m.graph().mutable_node(node)->mutable_attribute();
      for (int i = attributes->size() - 1; i >= 0; --i) {
        if (attributes->at(i).name() == name) attributes->DeleteSubrange(i, 1);
      }
      set_ints(*m.graph().mutable_node(node), name, values);
    });
  };
  EXPECT_THAT(with_ints(0, "strides", {0, 1}), HasSubstr("node 'conv_node' (Conv): strides 0 is outside 1..2^30"));
  EXPECT_THAT(with_ints(0, "strides", {1, -1}), HasSubstr("strides -1"));
  EXPECT_THAT(with_ints(0, "strides", {1}), HasSubstr("strides has 1 entries"));
  EXPECT_THAT(with_ints(0, "dilations", {std::int64_t{1} << 62, 1}), HasSubstr("dilations"));
  EXPECT_THAT(with_ints(0, "kernel_shape", {2, 3}), HasSubstr("kernel_shape differs"));
  EXPECT_THAT(with_ints(3, "kernel_shape", {9, 9}), HasSubstr("(MaxPool): window of 9"));
  EXPECT_THAT(with_ints(3, "pads", {2, 2, 2, 2}), HasSubstr("sees only padding"));
  EXPECT_THAT(with_ints(3, "pads", {0, 0, -1, 0}), HasSubstr("paddings 0 or more"));
  EXPECT_THAT(refusal([](ModelWriter& m) { set_int(*m.graph().mutable_node(0), "group", 0); }),
              HasSubstr("group 0 is outside"));
  EXPECT_THAT(refusal([](ModelWriter& m) { set_int(*m.graph().mutable_node(0), "group", 3); }), HasSubstr("group"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_node(0)->mutable_attribute(0)->set_s("SAME"); }),
              HasSubstr("auto_pad 'SAME' is none of"));
  EXPECT_THAT(refusal([](ModelWriter& m) { set_int(*m.graph().mutable_node(2), "colour", 1); }), HasSubstr("colour"));
  EXPECT_THAT(refusal([](ModelWriter& m) { m.graph().mutable_initializer(2)->set_int64_data(1, 9); }),
              HasSubstr("(Reshape): shape 1x2x2x2 cannot become 1x9"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                m.graph().mutable_initializer(2)->set_int64_data(0, -1);
                m.graph().mutable_initializer(2)->set_int64_data(1, -1);
              }),
              HasSubstr("more than one dimension"));
}

TEST(OnnxRefusal, ShapesThatContradictTheFile) {
  EXPECT_THAT(refusal([](ModelWriter& m) {
                auto* shape = m.graph().mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
                shape->mutable_dim(1)->set_dim_value(4);
              }),
              HasSubstr("test.onnx: 'y': its shape is 1x3, but the file or ONNX's shape rules say -1x4"));
  EXPECT_THAT(refusal([](ModelWriter& m) {
                auto* shape = m.graph().mutable_output(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
                shape->add_dim()->set_dim_value(1);
              }),
              HasSubstr("test.onnx: 'y': its shape is 1x3, but the file or"));
  EXPECT_THAT(refusal([](ModelWriter& m) {  // an image of one dimension under a window, which libonnx 1.12 dies of
                ModelWriter::describe(*m.graph().add_value_info(), "relu", onnx::TensorProto::FLOAT, {8});
              }),
              HasSubstr("test.onnx: 'relu': its shape is 1x2x4x4, but the file or ONNX's shape rules say 8"));
  EXPECT_THAT(refusal([](ModelWriter& m) {  // 8 values into a matrix for 7
                m.graph().mutable_initializer(3)->set_dims(0, 7);
                m.graph().mutable_initializer(3)->mutable_float_data()->Truncate(21);
              }),
              HasSubstr("(Gemm): input of shape 1x8 does not end in the 7 rows"));
}

TEST(OnnxRefusal, ProductsOfActivationsAndConstantFirstOperands) {
  const auto product = [](const std::string& a, const std::string& b) {
    ModelWriter m;
    m.input("x", {-1, 3}).floats("w", {3, 3}, std::vector<float>(9, 1.0F)).output("y", 2);
    m.node("Relu", {"x"}, "r");
    m.node("MatMul", {a, b}, "y");
    return refusal(m.bytes());
  };
  EXPECT_THAT(product("x", "r"),
              HasSubstr("(MatMul): multiplies two activations, but the first axis counts the samples"));
  EXPECT_THAT(product("w", "x"), HasSubstr("its first operand is a constant"));
}

TEST(OnnxRefusal, SymbolicBatchesMustNotBeMixed) {
  ModelWriter m;
  m.input("x", {-1, 3}).output("y", 2);
  m.node("Transpose", {"x"}, "y");
  EXPECT_THAT(refusal(m.bytes()), HasSubstr("(Transpose): moves axis 0, but the first axis counts the samples"));
}

TEST(OnnxRefusal, BombsAreDefused) {
  ModelWriter m;
  m.input("x", {-1, 3}).ints("s", {2}, {1 << 20, 1 << 20}).output("y", 2);
  m.node("ConstantOfShape", {"s"}, "c");
  m.node("Add", {"x", "c"}, "y");
  EXPECT_THAT(refusal(m.bytes()), HasSubstr("2^28 values or more"));
  ModelWriter pad(13);
  pad.input("x", {-1, 3}).ints("p", {4}, {0, 0, 0, std::numeric_limits<std::int64_t>::max()}).output("y", 2);
  pad.node("Pad", {"x", "p"}, "y");
  EXPECT_THAT(refusal(pad.bytes()), HasSubstr("cannot be padded"));
}

TEST(OnnxTensor, RefusesWhatIsNoTensor) {
  const TemporaryFolder folder;
  EXPECT_THAT(input_error([&] { load_onnx_tensor(folder.write("empty.pb", "")); }),
              HasSubstr("empty.pb: the file is empty"));
  EXPECT_THAT(input_error([&] { load_onnx_tensor(folder.write("text.pb", "hello tensor")); }), HasSubstr("text.pb"));
  onnx::TensorProto proto;
  ModelWriter::fill(proto, "t", {2, 2}, {1, 2, 3, 4});
  const Tensor tensor = load_onnx_tensor(folder.write("good.pb", proto.SerializeAsString()));
  EXPECT_EQ(tensor.shape, (Shape{2, 2}));
  EXPECT_EQ(tensor.values, (std::vector<float>{1, 2, 3, 4}));
}

}  // namespace
}  // namespace cimera::workloads
