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
  bool moves = false;     ///< every value of the result is one of the operands, so that they may be integer codes
  int outputs = 1;        ///< how many of its outputs may be used
};

/// Every operator that is read, sorted by name.
std::span<const OnnxOperator> operator_table();

// Convolution and pooling (window_rules.cpp).
void read_conv(Node& node);
void read_max_pool(Node& node);
void read_average_pool(Node& node);
void read_global_max_pool(Node& node);
void read_global_average_pool(Node& node);
/// The first operand as images [1][channels][height][width] of the network.
TensorId image_operand(Node& node);
/// Gives the result of an operator on images the shape that ONNX expects.
void image_output(Node& node, TensorId image);
TensorId image_shaped(Node& node, TensorId image);
/// The Conv2d that a node with the operands and attributes of Conv describes; its output is an image.
TensorId convolution(Node& node, const ConstantPtr& weights, std::optional<TensorId> bias);

// Products with constants, and what is folded into their weights and bias (product_rules.cpp).
void read_gemm(Node& node);
void read_matmul(Node& node);
void read_batch_normalization(Node& node);
/// The Dense layer of MatMul with one matrix as weights.
TensorId dense_product(Node& node, const ConstantPtr& weights);
/// Multiplies the weights, their steps and the bias of the layer that computes `product`, per output channel, by the
/// constant times `by`. False when that is no Conv2d or Dense, has other readers, or the constant does not fit.
bool scale_layer(Node& node, TensorId product, const Constant& constant, double by);
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

// Reductions, normalisations, functions of one value (reduction_rules.cpp).
void read_neg(Node& node);
void read_sqrt(Node& node);
void read_reciprocal(Node& node);
void read_exp(Node& node);
void read_erf(Node& node);
void read_pow(Node& node);
void read_clip(Node& node);
void read_reduce_mean(Node& node);
void read_reduce_sum(Node& node);
void read_reduce_max(Node& node);
void read_layer_normalization(Node& node);
void read_local_response(Node& node);

// What joins, repeats or picks (joining_rules.cpp).
void read_concat(Node& node);
void read_expand(Node& node);
void read_gather(Node& node);

// Shapes and order of elements (movement_rules.cpp).
void read_flatten(Node& node);
void read_reshape(Node& node);
void read_squeeze(Node& node);
void read_unsqueeze(Node& node);
void read_transpose(Node& node);
void read_slice(Node& node);
void read_pad(Node& node);
void read_shape(Node& node);

// Integers that stand for real numbers (quantised_rules.cpp).
void read_quantize(Node& node);
void read_dequantize(Node& node);
void read_dynamic_quantize(Node& node);
void fold_quantize(Node& node);
void fold_dequantize(Node& node);
/// Gives the layer that computes `output` the steps of its integer weights: `constant` holds them, with the output
/// channels along `axis`, and they were multiplied by `factor`.
void take_weight_steps(Node& node, TensorId output, const Constant& constant, std::size_t axis, double factor = 1.0);

// Integer sums of products (integer_rules.cpp).
void read_conv_integer(Node& node);
void read_matmul_integer(Node& node);
/// Cast to FLOAT of integer codes, and their product with scales; false where there are no codes.
bool cast_codes(Node& node);
bool scale_codes(Node& node);
/// Whether an operand is such sums.
bool is_sums(const Coded* coded);
/// Gives real numbers from operand `sums`: the weights of the layer that computes them take the scale.
void scale_sums(Node& node, int sums, const Constant& factor);

// Constants from constants (fold_rules.cpp, fold_more_rules.cpp).
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
void fold_equal(Node& node);
void fold_expand(Node& node);
void fold_neg(Node& node);
void fold_pow(Node& node);
void fold_range(Node& node);
void fold_reciprocal(Node& node);
void fold_sqrt(Node& node);
void fold_where(Node& node);

}  // namespace cimera::workloads
