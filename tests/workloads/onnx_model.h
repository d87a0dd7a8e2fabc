// Small ONNX models written by tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "workloads/inference.h"
#include "workloads/network.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {

/// A model under construction. Sizes of -1 in an input's shape are symbolic.
class ModelWriter {
 public:
  explicit ModelWriter(int opset = 13) {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(opset);
    model_.mutable_graph()->set_name("graph");
  }

  ModelWriter& input(const std::string& name, const std::vector<std::int64_t>& shape,
                     int type = onnx::TensorProto::FLOAT) {
    describe(*graph().add_input(), name, type, shape);
    return *this;
  }
  /// An output of `rank` dimensions of any size.
  ModelWriter& output(const std::string& name, std::size_t rank) {
    describe(*graph().add_output(), name, onnx::TensorProto::FLOAT, std::vector<std::int64_t>(rank, -1));
    return *this;
  }
  ModelWriter& floats(const std::string& name, const std::vector<std::int64_t>& shape,
                      const std::vector<float>& values) {
    fill(*graph().add_initializer(), name, shape, values);
    return *this;
  }
  ModelWriter& ints(const std::string& name, const std::vector<std::int64_t>& shape,
                    const std::vector<std::int64_t>& values) {
    onnx::TensorProto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    for (const std::int64_t size : shape) tensor.add_dims(size);
    for (const std::int64_t value : values) tensor.add_int64_data(value);
    return *this;
  }
  /// Integers of at most 32 bits.
  ModelWriter& codes(const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<int>& values,
                     int type) {
    onnx::TensorProto& tensor = *graph().add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const std::int64_t size : shape) tensor.add_dims(size);
    for (const int value : values) tensor.add_int32_data(value);
    return *this;
  }
  onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output) {
    onnx::NodeProto& added = *graph().add_node();
    added.set_op_type(op);
    added.set_name(output + "_node");
    for (const std::string& name : inputs) added.add_input(name);
    added.add_output(output);
    return added;
  }

  onnx::ModelProto& model() { return model_; }
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  std::string bytes() const { return model_.SerializeAsString(); }
  Network read() const { return parse_onnx(bytes(), "test.onnx"); }

  static void fill(onnx::TensorProto& tensor, const std::string& name, const std::vector<std::int64_t>& shape,
                   const std::vector<float>& values) {
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t size : shape) tensor.add_dims(size);
    for (const float value : values) tensor.add_float_data(value);
  }
  static void describe(onnx::ValueInfoProto& info, const std::string& name, int type,
                       const std::vector<std::int64_t>& shape) {
    info.set_name(name);
    auto* tensor = info.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    for (const std::int64_t size : shape) {
      auto* dim = tensor->mutable_shape()->add_dim();
      if (size < 0) {
        dim->set_dim_param("N");
      } else {
        dim->set_dim_value(size);
      }
    }
  }

 private:
  onnx::ModelProto model_;
};

inline void set_int(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}
inline void set_ints(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}
inline void set_float(onnx::NodeProto& node, const std::string& name, float value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}
inline void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::STRING);
  attribute.set_s(value);
}
inline void set_tensor(onnx::NodeProto& node, const std::string& name, const std::vector<std::int64_t>& shape,
                       const std::vector<float>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::TENSOR);
  ModelWriter::fill(*attribute.mutable_t(), "", shape, values);
}

/// Convolution with bias by Add, ReLU, MaxPool, Reshape and Gemm: 1x4x4 -> 3, in the style of mnist-8 (initialisers are
/// inputs too, IR version 3).
inline ModelWriter small_cnn() {
  ModelWriter m(8);
  m.model().set_ir_version(3);
  m.input("x", {1, 1, 4, 4});
  std::vector<float> weights, matrix;
  for (int i = 0; i < 18; ++i) weights.push_back(static_cast<float>(i % 5 - 2) / 4);
  for (int i = 0; i < 24; ++i) matrix.push_back(static_cast<float>(i % 7 - 3) / 8);
  m.floats("w", {2, 1, 3, 3}, weights).floats("b", {2, 1, 1}, {0.5F, -0.25F}).ints("shape", {2}, {1, 8});
  m.floats("m", {8, 3}, matrix).floats("c", {3}, {1, 2, 3});
  for (const onnx::TensorProto& t : m.graph().initializer()) {
    ModelWriter::describe(*m.graph().add_input(), t.name(), t.data_type(), {t.dims().begin(), t.dims().end()});
  }
  auto& conv = m.node("Conv", {"x", "w"}, "conv");
  set_text(conv, "auto_pad", "SAME_UPPER");
  set_ints(conv, "kernel_shape", {3, 3});
  m.node("Add", {"conv", "b"}, "sum");
  m.node("Relu", {"sum"}, "relu");
  auto& pool = m.node("MaxPool", {"relu"}, "pool");
  set_ints(pool, "kernel_shape", {2, 2});
  set_ints(pool, "strides", {2, 2});
  m.node("Reshape", {"pool", "shape"}, "flat");
  m.node("Gemm", {"flat", "m", "c"}, "y");
  m.output("y", 2);
  return m;
}

/// What the network computes for `values` as `count` samples.
inline Values run(const Network& network, const std::vector<float>& values, std::int64_t count = 1) {
  const Shape& input = network.tensor(network.input).shape;
  return infer(network,
               {.count = count, .shape = Shape(input.begin() + 1, input.end()), .values = values, .labels = {}});
}

}  // namespace cimera::workloads
