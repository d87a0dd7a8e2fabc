// What is checked about an ONNX model as a whole, by us and by libonnx.
#pragma once

#include <string>

#include <onnx/onnx_pb.h>

#include "workloads/onnx/graph.h"

namespace cimera::workloads {

/// Refuses what the reader does not handle at all (unsupported operators, functions, graphs inside nodes, sparse
/// tensors), then runs ONNX's checker. Throws Error(kInput). `model` may get an older IR version than its own, which
/// changes no meaning: libonnx 1.12 knows IR versions up to 8, newer ones only add fields; and 4 for 3. Operators on
/// quantised tensors are replaced (quantised_operators.h).
void check_model(onnx::ModelProto& model, const std::string& file);

/// Runs ONNX's own shape inference and compares what it finds with the shapes of the activations of `graph`. Throws
/// Error(kInput) when it contradicts the file or us. Changes `model`.
void check_shapes(onnx::ModelProto& model, const Graph& graph);

}  // namespace cimera::workloads
