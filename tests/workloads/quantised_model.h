// Small quantised ONNX models, and what runs them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/workloads/onnx_model.h"
#include "workloads/quantize.h"

namespace cimera::workloads {

inline std::vector<std::string> layer_ops(const Network& n) {
  std::vector<std::string> ops;
  for (const Layer& layer : n.layers) ops.push_back(op_name(layer.op));
  return ops;
}

inline Batch one(const Network& n, std::vector<float> values) {
  const Shape& shape = n.tensor(n.input).shape;
  return {.count = 1, .shape = Shape(shape.begin() + 1, shape.end()), .values = std::move(values), .labels = {}};
}

/// The integer network by its own codes, and what it computes.
inline Values run_integers(const Network& n, const std::vector<float>& values) {
  return infer_integer(quantize(n, {}, {}), one(n, values));
}

/// x -> QuantizeLinear -> DequantizeLinear -> `x_real`, with scale 0.5 and zero point `zero`.
inline ModelWriter coded_input(const std::vector<std::int64_t>& shape, int zero = 10,
                               int type = onnx::TensorProto::UINT8) {
  ModelWriter m;
  m.input("x", shape).floats("xs", {}, {0.5F}).codes("xz", {}, {zero}, type);
  m.node("QuantizeLinear", {"x", "xs", "xz"}, "x_codes");
  m.node("DequantizeLinear", {"x_codes", "xs", "xz"}, "x_real");
  return m;
}

}  // namespace cimera::workloads
