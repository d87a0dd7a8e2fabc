// Constants of an ONNX graph: initialisers, attribute tensors, and what is folded from them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include <onnx/onnx_pb.h>

#include "core/error.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// Floats that DequantizeLinear made of integers: the real value of one step.
struct ConstantCodes {
  std::vector<float> scale;  ///< one, or one for each index of `axis`
  std::size_t axis = 0;
};

/// A tensor whose values are known when the model is read. All float types are held as float, all integer types and
/// bool as 64-bit integers. A dimension may be 0 here, as exporters pass empty lists of axes.
struct Constant {
  Shape shape;
  std::variant<std::vector<float>, std::vector<std::int64_t>> data;
  int type = 0;                             ///< ONNX's TensorProto::DataType of the elements; 0 where not followed
  std::optional<ConstantCodes> codes = {};  ///< where the floats are multiples of a scale

  bool is_float() const { return std::holds_alternative<std::vector<float>>(data); }
  const std::vector<float>& floats() const { return std::get<std::vector<float>>(data); }
  const std::vector<std::int64_t>& ints() const { return std::get<std::vector<std::int64_t>>(data); }
};
using ConstantPtr = std::shared_ptr<const Constant>;

/// Number of values of a constant's shape; 0 is allowed. Throws Error(kInput) for negative dimensions and for 2^28
/// values or more, our limit for what a file may make the reader allocate.
std::int64_t constant_size(const Shape& shape, const Where& where);

/// Throws Error(kInput) for external data, types that are no numbers, sizes that do not match the shape, and floats
/// that are not finite.
Constant read_constant(const onnx::TensorProto& proto, const Where& where);

}  // namespace cimera::workloads
