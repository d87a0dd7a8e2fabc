// Operators on quantised tensors as the operators on real numbers that they stand for.
#pragma once

#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace cimera::workloads {

/// Replaces QLinearConv, QLinearMatMul, and some of com.microsoft, by DequantizeLinear of each operand, the operator on
/// real numbers, and QuantizeLinear of its result. Throws Error(kInput) naming the node when operands are missing or an
/// attribute is not supported.
void expand_quantised_operators(onnx::ModelProto& model, const std::string& file);

/// Names of the operators that are replaced, those of com.microsoft with their domain.
std::vector<std::string> quantised_operators();

}  // namespace cimera::workloads
