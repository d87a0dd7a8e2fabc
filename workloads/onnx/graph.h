// What is known about an ONNX graph while it is turned into a Network.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <onnx/onnx_pb.h>

#include "core/error.h"
#include "workloads/builder.h"
#include "workloads/onnx/constant.h"

namespace cimera::workloads {

/// How an ONNX value of integers is made of an activation of the network, which holds real numbers.
struct Coded {
  /// Codes: activation / scale + zero_point. Where the range is measured at run time, scale and zero point are unknown;
  /// the codes then count in steps of that unknown scale. Its scale: the unknown scale times `factor`. Its zero point.
  enum class Role { kCodes, kScale, kZeroPoint } role = Role::kCodes;
  int type = 0;                   ///< ONNX's type; FLOAT for integers that a Cast made floats
  float scale = 1.0F;             ///
  std::int64_t zero_point = 0;    ///
  std::optional<TensorId> range;  ///< whose range is measured at run time
  ConstantPtr factor = {};        ///< null: 1

  bool operator==(const Coded&) const = default;
};

/// What a name in an ONNX graph stands for: a constant, or an activation of the network being built.
struct Value {
  ConstantPtr constant;  ///< null for activations
  TensorId tensor;       ///< of an activation
  std::optional<Coded> coded = {};
};

/// How the first axis of the graph's input is read.
enum class BatchMode {
  kBatched,  ///< it counts samples: ONNX axis i is axis i of the network
  kWhole     ///< the input as a whole is one sample: ONNX axis i is axis i + 1 of the network
};

/// Thrown when a node of a kBatched graph needs several samples at once, so that the graph can be read as kWhole.
class MixesBatch : public Error {
 public:
  using Error::Error;
};

/// Names, constants and layers of one graph.
class Graph {
 public:
  /// Reads input and initialisers. Throws Error(kInput) for graphs without exactly one float input and one output.
  Graph(const onnx::ModelProto& model, std::string file, BatchMode mode);

  const std::string& file() const { return file_; }
  int opset() const { return opset_; }
  bool batched() const { return mode_ == BatchMode::kBatched; }
  /// ONNX axes before which the network has one more: 0, or 1 for kWhole.
  int lead() const { return batched() ? 0 : 1; }
  /// Size of the first axis of the graph's input, 1 where it is symbolic.
  std::int64_t batch() const { return batch_; }
  bool symbolic_batch() const { return symbolic_batch_; }

  NetworkBuilder& builder() { return builder_; }
  const Value* find(const std::string& name) const;
  void bind(const std::string& name, Value value);
  /// Notes that `alias` is another name of an activation.
  void bind_alias(const std::string& alias, const Value& value);
  /// How often nodes and the graph's outputs read `name`.
  int uses(const std::string& name) const;
  /// How often an activation is read under all its names, itself not counted as a reader of an alias.
  int uses(TensorId tensor) const;
  /// Whether all that reads `name` is `op` with the operands of `like` behind the first.
  bool read_only_like(const std::string& name, const onnx::NodeProto& like) const;
  /// A constant as a tensor of the network; equal constants of equal shape are one tensor.
  TensorId tensor_of(const std::string& name, const ConstantPtr& constant);
  /// A layer name that no other layer has.
  std::string unique_layer_name(const std::string& wanted);

  /// The shape of a value as ONNX sees it.
  Shape shape_of(const Value& value) const;
  /// The shape of an activation as ONNX sees it.
  Shape onnx_shape(TensorId tensor) const;

  Network finish() &&;

 private:
  void read_initializers(const onnx::GraphProto& graph);
  void read_input(const onnx::ValueInfoProto& input);
  TensorId real_output(const Value& output, const Where& where);

  std::string file_;
  BatchMode mode_;
  int opset_ = 0;
  std::int64_t batch_ = 1;
  bool symbolic_batch_ = false;
  std::string output_;
  NetworkBuilder builder_;
  std::unordered_map<std::string, Value> values_;
  std::unordered_map<std::string, int> uses_;
  std::unordered_map<std::string, std::vector<const onnx::NodeProto*>> readers_;  ///< in the model that was given
  std::unordered_map<TensorId, int> tensor_uses_;
  std::unordered_map<const Constant*, TensorId> constant_tensors_;
  std::vector<ConstantPtr> kept_;  ///< keeps the keys of constant_tensors_ alive
  std::unordered_map<std::string, int> layer_names_;
};

/// The operator sets that are read. Up to 6, operators that were redefined in a later one may be refused; above 17,
/// libonnx 1.12 checks nodes by the definitions of 17, and what later ones added to the operators of our table it
/// refuses, but the axes of ReduceMean and ReduceMax as an operand (check.cpp).
inline constexpr int kOldestOpset = 1, kNewestOpset = 21;

/// Version of the default operator set that a model imports. Throws Error(kInput) when it imports none, or a version
/// outside these bounds.
int read_opset(const onnx::ModelProto& model, const Where& where);

}  // namespace cimera::workloads
