// The table of ONNX operators: how each becomes layers, or constants where its operands are constants.
#pragma once

#include <span>

#include "workloads/onnx/node.h"

namespace cimera::workloads {

/// One row of the table. A rule calls node.output().
struct OnnxOperator {
  const char* name;
  int since;              ///< oldest operator set whose definition the rules follow
  void (*layers)(Node&);  ///< some operand depends on the network's input; null when that is not supported
  void (*fold)(Node&);    ///< all operands are constants; null when that is not supported
};

/// Every operator that is read, sorted by name.
std::span<const OnnxOperator> operator_table();

// Convolution and pooling (window_rules.cpp).
void read_conv(Node& node);
void read_max_pool(Node& node);
void read_average_pool(Node& node);
void read_global_max_pool(Node& node);
void read_global_average_pool(Node& node);

// Products with constants, and what is folded into their weights and bias (product_rules.cpp).
void read_gemm(Node& node);
void read_matmul(Node& node);
void read_batch_normalization(Node& node);
/// Makes the per-channel constant addition `y = x + c` part of the bias of the layer that computes x. False when x is
/// not computed by a Conv2d or Dense without bias, has other readers, or c is not one value per channel.
bool fold_into_bias(Node& node, int activation, int constant);

// Element by element (elementwise_rules.cpp).
void read_add(Node& node);
void read_sub(Node& node);
void read_mul(Node& node);
void read_div(Node& node);
void read_sum(Node& node);
void read_relu(Node& node);
void read_sigmoid(Node& node);
void read_tanh(Node& node);
void read_softmax(Node& node);
void read_dropout(Node& node);
void read_identity(Node& node);
void read_cast(Node& node);

// Shapes and order of elements (movement_rules.cpp).
void read_flatten(Node& node);
void read_reshape(Node& node);
void read_squeeze(Node& node);
void read_unsqueeze(Node& node);
void read_transpose(Node& node);
void read_slice(Node& node);
void read_pad(Node& node);
void read_shape(Node& node);

// Constants from constants (fold_rules.cpp).
void fold_add(Node& node);
void fold_sub(Node& node);
void fold_mul(Node& node);
void fold_div(Node& node);
void fold_cast(Node& node);
void fold_concat(Node& node);
void fold_constant(Node& node);
void fold_constant_of_shape(Node& node);
void fold_gather(Node& node);
void fold_flatten(Node& node);
void fold_reshape(Node& node);
void fold_squeeze(Node& node);
void fold_unsqueeze(Node& node);
void fold_slice(Node& node);
void fold_transpose(Node& node);

}  // namespace cimera::workloads
