// ONNX's own test cases (Debian package libonnx-testdata) for the operators that are read.
//
// The cases feed every operand at run time, while a network has one input and weights. So each case is run in up to
// three ways: as layers, with its first float operand as the input and the others as constants; and folded, with all
// operands as constants and the result added to an input of zeros. Operators on integers get their first operand
// through a QuantizeLinear of the real numbers that it stands for. A case counts when all its operators are read. It
// must then give the expected values, or be named below with the reason why it does not, and be refused with Error.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>

#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/workloads/onnx_model.h"
#include "tests/workloads/support.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "/usr/share/libonnx-testdata/data";
constexpr double kRelative = 1e-5;           // of the expected value
constexpr double kRelativeToLargest = 1e-6;  // of the largest expected value, for sums that cancel

enum class Way { kLayers, kFolded, kCodes };

/// Cases that are refused, by name; a * at the end stands for any ending.
struct Exclusion {
  Way way;
  const char* reason;
  std::vector<std::string> names;
};
const std::vector<Exclusion>& exclusions() {
  static const std::vector<Exclusion> list = {
      {Way::kLayers, "the operator is read for constants only", {"test_where_example"}},
      {Way::kLayers, "picks are evenly spaced", {"test_gather_0", "test_gather_1", "test_gather_negative_indices"}},
      {Way::kLayers,
       "exponents are one number, of a float",
       {"test_pow", "test_pow_bcast_array", "test_pow_example", "test_pow_types_*"}},
      {Way::kLayers, "values that are not finite", {"test_operator_pow", "test_operator_sqrt"}},
      {Way::kLayers, "a scalar as the input", {"test_range_float_type_positive_delta"}},
      {Way::kLayers, "a shape does not depend on the values of the input", {"test_shape*"}},
      {Way::kLayers,
       "the first float operand is a scale; see the way of codes",
       {"test_dequantizelinear*", "test_qlinearconv", "test_qlinearmatmul_*"}},
      {Way::kLayers, "activations have one scale", {"test_quantizelinear_axis"}},
      {Way::kCodes, "activations have one scale", {"test_dequantizelinear_axis"}},
      {Way::kLayers,
       "there is no float operand",
       {"test_constant", "test_constantofshape_*", "test_add_uint8", "test_sub_uint8", "test_mul_uint8",
        "test_div_uint8", "test_maxpool_2d_uint8", "test_edge_pad", "test_reflect_pad", "test_Embedding*",
        "test_operator_non_float_params", "test_clip_default_int8_*", "test_equal*", "test_range_int32_*",
        "test_where_long_example", "test_basic_convinteger", "test_convinteger_*", "test_matmulinteger"}},
      {Way::kLayers, "activations are 32-bit floats", {"test_cast_*", "test_castlike_*"}},
      {Way::kLayers,
       "windows have two dimensions",
       {"test_maxpool_1d_default", "test_maxpool_3d_default", "test_averagepool_1d_default",
        "test_averagepool_3d_default", "test_AvgPool3d*", "test_MaxPool1d*", "test_MaxPool3d*", "test_Conv1d*",
        "test_Conv3d*", "test_operator_maxpool"}},
      {Way::kLayers, "padding is constant", {"test_ReplicationPad2d", "test_ReflectionPad2d", "test_operator_pad"}},
      {Way::kLayers, "training is not supported", {"test_training_dropout*"}},
      {Way::kLayers, "empty tensors", {"test_slice_start_out_of_bounds", "test_reshape_allowzero_reordered"}},
      {Way::kLayers, "the case is no single tensor of numbers", {"test_identity_sequence", "test_identity_opt"}},
      {Way::kLayers,
       "64-bit floats and the broadcasting of operator set 6",
       {"test_operator_add*", "test_PoissonNLLLLoss_no_reduce", "test_operator_basic", "test_operator_params"}},
      {Way::kLayers, "its Constant holds integers, which operator set 6 does not allow", {"test_PixelShuffle"}},

      {Way::kFolded,
       "values that are not finite",
       {"test_cast_FLOAT_to_BFLOAT16", "test_cast_BFLOAT16_to_FLOAT", "test_cast_STRING_to_FLOAT",
        "test_castlike_FLOAT_to_BFLOAT16_expanded", "test_castlike_BFLOAT16_to_FLOAT_expanded",
        "test_castlike_STRING_to_FLOAT_expanded"}},
      {Way::kFolded,
       "16-bit floats as a result",
       {"test_cast_FLOAT_to_FLOAT16", "test_cast_DOUBLE_to_FLOAT16", "test_castlike_FLOAT_to_FLOAT16_expanded",
        "test_castlike_DOUBLE_to_FLOAT16_expanded"}},
      {Way::kFolded,
       "empty tensors",
       {"test_slice_start_out_of_bounds", "test_constantofshape_int_shape_zero", "test_reshape_allowzero_reordered"}},
      {Way::kFolded, "the case is no single tensor of numbers", {"test_identity_sequence", "test_identity_opt"}},
      {Way::kFolded, "64-bit floats and the broadcasting of operator set 6", {"test_operator_add*"}},
      {Way::kFolded, "its Constant holds integers, which operator set 6 does not allow", {"test_PixelShuffle"}},
  };
  return list;
}

struct Case {
  std::string name;
  onnx::ModelProto model = {};
  std::vector<onnx::TensorProto> inputs = {};
  std::string expected_file = {};
};

onnx::TensorProto read_tensor(const fs::path& file) {
  onnx::TensorProto proto;
  if (!proto.ParseFromString(read_whole(file))) ADD_FAILURE() << file;
  return proto;
}

/// The case of a folder when all its operators are read and it has one output.
std::optional<Case> read_case(const fs::path& folder, const std::set<std::string>& operators) {
  Case c{.name = folder.filename().string()};
  if (!c.model.ParseFromString(read_whole(folder / "model.onnx"))) ADD_FAILURE() << folder;
  for (const onnx::NodeProto& node : c.model.graph().node()) {
    if (!operators.contains(node.op_type()) || !node.domain().empty()) return std::nullopt;
  }
  const fs::path data = folder / "test_data_set_0";
  if (!fs::exists(data / "output_0.pb") || c.model.graph().output_size() != 1) return std::nullopt;
  for (int i = 0; fs::exists(data / ("input_" + std::to_string(i) + ".pb")); ++i) {
    c.inputs.push_back(read_tensor(data / ("input_" + std::to_string(i) + ".pb")));
  }
  const onnx::TensorProto output = read_tensor(data / "output_0.pb");
  if (output.data_type() == onnx::TensorProto::STRING || output.dims_size() == 0) return std::nullopt;
  c.expected_file = data / "output_0.pb";
  return c;
}

void make_constant(onnx::ModelProto& model, int input, const onnx::TensorProto& value) {
  onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor = value;
  tensor.set_name(model.graph().input(input).name());
}

Values run_whole(const onnx::ModelProto& model, const std::string& name, const std::vector<float>& values) {
  const Network network = parse_onnx(model.SerializeAsString(), name);
  const std::int64_t per_sample = elements(network.tensor(network.input).shape);
  return run(network, values, static_cast<std::int64_t>(values.size()) / per_sample);
}

Values run_layers(const Case& c) {
  onnx::ModelProto model = c.model;
  int activation = -1;
  for (int i = 0; i < static_cast<int>(c.inputs.size()); ++i) {
    const auto& input = c.inputs[static_cast<std::size_t>(i)];
    if (activation < 0 && input.data_type() == onnx::TensorProto::FLOAT) {
      activation = i;
    } else {
      make_constant(model, i, input);
    }
  }
  if (activation < 0) fail_input("no float operand");
  const TemporaryFolder folder;
  const auto bytes = c.inputs[static_cast<std::size_t>(activation)].SerializeAsString();
  return run_whole(model, c.name, load_onnx_tensor(folder.write("input.pb", bytes)).values);
}

Values run_folded(const Case& c, const Tensor& expected) {
  onnx::ModelProto model = c.model;
  onnx::OperatorSetIdProto& opset = *model.mutable_opset_import(0);
  opset.set_version(std::max<std::int64_t>(opset.version(), 7));  // for the Add below; nothing that folds changed in 7
  onnx::GraphProto& graph = *model.mutable_graph();
  for (int i = 0; i < static_cast<int>(c.inputs.size()); ++i) {
    make_constant(model, i, c.inputs[static_cast<std::size_t>(i)]);
  }
  ModelWriter::describe(*graph.add_input(), "test_zeros", onnx::TensorProto::FLOAT, expected.shape);
  const std::string result = graph.output(0).name();
  onnx::NodeProto& cast = *graph.add_node();
  cast.set_op_type("Cast");
  cast.add_input(result);
  cast.add_output("test_as_float");
  set_int(cast, "to", onnx::TensorProto::FLOAT);
  onnx::NodeProto& add = *graph.add_node();
  add.set_op_type("Add");
  add.add_input("test_zeros");
  add.add_input("test_as_float");
  add.add_output("test_sum");
  graph.mutable_output(0)->Clear();
  ModelWriter::describe(*graph.mutable_output(0), "test_sum", onnx::TensorProto::FLOAT, expected.shape);
  return run_whole(model, c.name, std::vector<float>(expected.values.size(), 0.0F));
}

/// The first operand, codes, as the result of a QuantizeLinear of the real numbers that they stand for.
Values run_codes(const Case& c) {
  onnx::ModelProto model = c.model;
  onnx::GraphProto& graph = *model.mutable_graph();
  const onnx::NodeProto node = graph.node(0);
  const bool sums = node.op_type().ends_with("Integer");  // which have no scale, and may have no zero point
  const TemporaryFolder folder;
  const auto read = [&](int input) {
    return load_onnx_tensor(folder.write("t.pb", c.inputs.at(static_cast<std::size_t>(input)).SerializeAsString()));
  };
  const std::string codes = graph.input(0).name(), zero_name = sums ? "test_zero" : node.input(2);
  Tensor values = read(0);
  const float scale = sums ? 1.0F : read(1).values.at(0);
  const float zero = node.input_size() > 2 ? read(2).values.at(0) : 0.0F;
  for (float& value : values.values) value = (value - zero) * scale;

  for (int i = 1; i < static_cast<int>(c.inputs.size()); ++i)
    make_constant(model, i, c.inputs[static_cast<std::size_t>(i)]);
  if (sums) {
    onnx::TensorProto& proto = *graph.add_initializer();
    proto.set_name("test_zero");
    proto.set_data_type(c.inputs[0].data_type());
    proto.add_int32_data(static_cast<int>(zero));
    ModelWriter::fill(*graph.add_initializer(), "test_scale", {}, {1.0F});
  }
  graph.mutable_input(0)->Clear();
  ModelWriter::describe(*graph.mutable_input(0), "test_real", onnx::TensorProto::FLOAT, values.shape);
  onnx::NodeProto& quantize = *graph.add_node();
  quantize.set_op_type("QuantizeLinear");
  for (const std::string& name : {std::string("test_real"), sums ? "test_scale" : node.input(1), zero_name})
    quantize.add_input(name);
  quantize.add_output(codes);
  graph.mutable_node()->SwapElements(0, graph.node_size() - 1);
  return run_whole(model, c.name, values.values);
}

Values run_case(const Case& c, Way way, const Tensor& expected) {
  return way == Way::kLayers ? run_layers(c) : way == Way::kFolded ? run_folded(c, expected) : run_codes(c);
}

/// "" when the values agree, else what differs.
std::string difference(const Values& values, const Tensor& expected) {
  if (values.size() != expected.values.size()) {
    return std::to_string(values.size()) + " values for shape " + format(expected.shape);
  }
  double largest = 0.0;
  for (const float e : expected.values) largest = std::max(largest, std::abs(static_cast<double>(e)));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double e = expected.values[i];
    if (!(std::abs(values[i] - e) <= kRelative * std::abs(e) + kRelativeToLargest * largest)) {
      return "value " + std::to_string(i) + " is " + std::to_string(values[i]) + ", not " + std::to_string(e);
    }
  }
  return "";
}

bool matches(const std::string& name, const std::string& pattern) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

const Exclusion* excluded(const std::string& name, Way way) {
  for (const Exclusion& exclusion : exclusions()) {
    const auto match = [&](const std::string& pattern) { return matches(name, pattern); };
    if (exclusion.way == way && std::ranges::any_of(exclusion.names, match)) return &exclusion;
  }
  return nullptr;
}

/// Runs all cases one way; returns how many gave the expected values.
int run_all(Way way, const std::set<std::string>& operators) {
  int passed = 0;
  std::set<std::string> seen;
  for (const char* group : {"node", "pytorch-converted", "pytorch-operator", "simple"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(kFolder) / group)) {
      const std::optional<Case> c = read_case(entry.path(), operators);
      if (!c) continue;
      seen.insert(c->name);
      const Exclusion* exclusion = excluded(c->name, way);
      try {
        const Tensor expected = load_onnx_tensor(c->expected_file);
        const Values values = run_case(*c, way, expected);
        const std::string problem = difference(values, expected);
        EXPECT_EQ(problem, "") << c->name;
        EXPECT_EQ(exclusion, nullptr) << c->name << " is read; take it off the list";
        if (problem.empty()) ++passed;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), Error::Kind::kInput) << c->name;
        EXPECT_NE(exclusion, nullptr) << c->name << ": " << error.what();
      }
    }
  }
  for (const Exclusion& exclusion : exclusions()) {
    for (const std::string& pattern : exclusion.names) {
      EXPECT_TRUE(exclusion.way != way ||
                  std::ranges::any_of(seen, [&](const std::string& name) { return matches(name, pattern); }))
          << pattern << " names no case";
    }
  }
  return passed;
}

TEST(OnnxConformance, AsLayers) {
  if (!fs::exists(kFolder)) GTEST_SKIP() << "package libonnx-testdata is not installed";
  const std::vector<std::string> names = onnx_operators();
  EXPECT_GE(run_all(Way::kLayers, {names.begin(), names.end()}), 158);
}

TEST(OnnxConformance, Folded) {
  if (!fs::exists(kFolder)) GTEST_SKIP() << "package libonnx-testdata is not installed";
  EXPECT_GE(run_all(Way::kFolded, {"Add", "Cast", "Concat", "Constant", "ConstantOfShape", "DequantizeLinear", "Div",
                                   "Flatten", "Gather", "Identity", "Mul", "QuantizeLinear", "Reshape", "Shape",
                                   "Slice", "Squeeze", "Sub", "Transpose", "Unsqueeze"}),
            107);
}

TEST(OnnxConformance, Codes) {
  if (!fs::exists(kFolder)) GTEST_SKIP() << "package libonnx-testdata is not installed";
  EXPECT_GE(run_all(Way::kCodes, {"ConvInteger", "DequantizeLinear", "MatMulInteger", "QLinearConv", "QLinearMatMul"}),
            8);
}

}  // namespace
}  // namespace cimera::workloads
