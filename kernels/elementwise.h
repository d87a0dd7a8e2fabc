// Element-by-element kernels: activations, arithmetic with broadcasting, softmax, quantisation, strided copies.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cimera::kernels {

/// max(x, 0), where NaN stays NaN; 1 / (1 + e^-x); tanh x; -x; sqrt x; 1 / x; e^x; erf x; x Phi(x) with the normal
/// distribution Phi; x / (1 + e^-x); x.
enum class Function { kRelu, kSigmoid, kTanh, kNegate, kSqrt, kReciprocal, kExp, kErf, kGelu, kSilu, kIdentity };
/// y = f(x), element by element; in place is fine.
void apply(Function function, std::span<const float> x, std::span<float> y);

enum class Arithmetic { kAdd, kSub, kMul, kDiv };

/// Iteration space of an elementwise operation on two operands. The output is dense over `sizes`; the operands advance
/// by their strides, 0 where they are broadcast.
struct BroadcastLoop {
  std::vector<std::int64_t> sizes, stride_a, stride_b;
};

/// NumPy broadcasting, aligned at the last dimension, of two dense operands; throws Error(kRun) when the shapes do not
/// fit together.
BroadcastLoop broadcast_loop(std::span<const std::int64_t> shape_a, std::span<const std::int64_t> shape_b);

/// y = a op b over `loop`; y holds the product of loop.sizes values.
void arithmetic(Arithmetic op, const BroadcastLoop& loop, std::span<const float> a, std::span<const float> b,
                std::span<float> y);

/// Softmax over the middle dimension of [outer][size][inner], with the maximum subtracted first; sums in FP64.
void softmax(std::int64_t outer, std::int64_t size, std::int64_t inner, std::span<const float> x, std::span<float> y);

/// Codes of real values: x / scale (in FP64) clamped to [low, high] and rounded half to even; NaN becomes `low`.
/// scale > 0; |low|, |high| <= 2^30. T is float (holding integers) or std::int32_t.
template <class T>
void quantize(std::span<const float> x, double scale, std::int32_t low, std::int32_t high, std::span<T> codes);

/// Rounds values to the nearest multiple of `scale`, in FP32 as ONNX's QuantizeLinear and DequantizeLinear do one after
/// the other: x / scale rounded half to even, clamped to [low, high], times scale. NaN stays NaN. scale > 0;
/// |low|, |high| < 2^22.
void snap(float scale, std::int32_t low, std::int32_t high, std::span<float> x);

/// The same with the 256 codes over the values' own range, which 0 is made part of (ONNX's DynamicQuantizeLinear).
void snap_to_own_range(std::span<float> x);

/// One side of a strided copy: element (i0, i1, ...) lies at offset + i0 strides[0] + i1 strides[1] + ...; strides may
/// be negative.
struct StridedSide {
  std::int64_t offset = 0;
  std::vector<std::int64_t> strides;
};
/// Copies the elements of the index space `sizes` (1 or more each). T is float or std::int64_t.
template <class T>
void copy_strided(std::span<const std::int64_t> sizes, std::span<const T> in, const StridedSide& from, std::span<T> out,
                  const StridedSide& to);

/// Strides of a dense row-major array.
std::vector<std::int64_t> dense_strides(std::span<const std::int64_t> shape);

}  // namespace cimera::kernels
