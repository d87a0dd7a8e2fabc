// Networks from ONNX files (https://onnx.ai, IR versions 3 and later, operator sets up to 21).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workloads/network.h"

namespace cimera::workloads {

/// Reads an ONNX model with one input, of floats or of token ids, and one output.
///
/// Accepted: the operators of onnx_operators(), weights inside the file, a first input dimension that is symbolic or
/// fixed. It is taken as the batch, which the network keeps as 1; a graph whose nodes mix its entries (possible where
/// it is fixed) is read as one sample as a whole, with a batch dimension put before it. Constants are folded, additions
/// of constants and batch normalisations after Conv, Gemm and MatMul become part of their weights and bias. Integers of
/// a network that was quantised before become grids of activations and steps of weights (file_codes.h).
///
/// Throws Error(kInput) with one message naming the file, and the node or tensor, for whatever is wrong: a missing,
/// empty, truncated or malformed file, unsupported operators, attributes or types, shapes that do not fit, values that
/// are not finite, weights in other files.
Network load_onnx(const std::string& path);
/// The same for the bytes of a file; `name` stands for the path in messages and in Network::source.
Network parse_onnx(std::string_view bytes, const std::string& name);

/// Names of the operators that load_onnx reads, sorted.
std::vector<std::string> onnx_operators();

/// A tensor in a file of its own (serialised TensorProto, as in ONNX's test data: input_0.pb), converted to float.
/// Throws Error(kInput) as load_onnx does.
Tensor load_onnx_tensor(const std::string& path);

}  // namespace cimera::workloads
