#include "workloads/onnx/operators.h"

namespace cimera::workloads {
namespace {

constexpr OnnxOperator kOperators[] = {
    {"Add", 7, read_add, fold_add},
    {"AveragePool", 1, read_average_pool, nullptr},
    {"BatchNormalization", 6, read_batch_normalization, nullptr},
    {"Cast", 6, read_cast, fold_cast},
    {"Clip", 6, read_clip, nullptr},
    {"Concat", 4, read_concat, fold_concat, true},
    {"Constant", 1, nullptr, fold_constant},
    {"ConstantOfShape", 9, nullptr, fold_constant_of_shape},
    {"Conv", 1, read_conv, nullptr},
    {"ConvInteger", 10, read_conv_integer, nullptr},
    {"DequantizeLinear", 10, read_dequantize, fold_dequantize},
    {"Div", 7, read_div, fold_div},
    {"Dropout", 7, read_dropout, nullptr, true},
    {"DynamicQuantizeLinear", 11, read_dynamic_quantize, nullptr, false, 3},
    {"Equal", 7, nullptr, fold_equal},
    {"Erf", 9, read_erf, nullptr},
    {"Exp", 6, read_exp, nullptr},
    {"Expand", 8, read_expand, fold_expand, true},
    {"Flatten", 1, read_flatten, fold_flatten, true},
    {"Gather", 1, read_gather, fold_gather, true},
    {"Gemm", 1, read_gemm, nullptr},
    {"GlobalAveragePool", 1, read_global_average_pool, nullptr},
    {"GlobalMaxPool", 1, read_global_max_pool, nullptr, true},
    {"Identity", 1, read_identity, read_identity, true},
    {"LRN", 1, read_local_response, nullptr},
    {"LayerNormalization", 17, read_layer_normalization, nullptr},
    {"MatMul", 1, read_matmul, nullptr},
    {"MatMulInteger", 10, read_matmul_integer, nullptr},
    {"MaxPool", 1, read_max_pool, nullptr, true},
    {"Mul", 7, read_mul, fold_mul},
    {"Neg", 6, read_neg, fold_neg},
    {"Pad", 2, read_pad, nullptr},
    {"Pow", 7, read_pow, fold_pow},
    {"QuantizeLinear", 10, read_quantize, fold_quantize},
    {"Range", 11, nullptr, fold_range},
    {"Reciprocal", 6, read_reciprocal, fold_reciprocal},
    {"ReduceMax", 1, read_reduce_max, nullptr},
    {"ReduceMean", 1, read_reduce_mean, nullptr},
    {"ReduceSum", 1, read_reduce_sum, nullptr},
    {"Relu", 6, read_relu, nullptr},
    {"Reshape", 5, read_reshape, fold_reshape, true},
    {"Shape", 1, read_shape, read_shape},
    {"Sigmoid", 6, read_sigmoid, nullptr},
    {"Slice", 1, read_slice, fold_slice, true},
    {"Softmax", 1, read_softmax, nullptr},
    {"Sqrt", 6, read_sqrt, fold_sqrt},
    {"Squeeze", 1, read_squeeze, fold_squeeze, true},
    {"Sub", 7, read_sub, fold_sub},
    {"Sum", 6, read_sum, nullptr},
    {"Tanh", 6, read_tanh, nullptr},
    {"Transpose", 1, read_transpose, fold_transpose, true},
    {"Unsqueeze", 1, read_unsqueeze, fold_unsqueeze, true},
    {"Where", 9, nullptr, fold_where},
};

}  // namespace

std::span<const OnnxOperator> operator_table() { return kOperators; }

}  // namespace cimera::workloads
