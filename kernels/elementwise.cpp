#include "kernels/elementwise.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/error.h"

namespace cimera::kernels {
namespace {

template <class F>
void map(std::span<const float> x, std::span<float> y, const F& f) {
  assert(y.size() >= x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = f(x[i]);
}

/// Calls body with the offsets into `Sides` arrays of each run along the last dimension of an index space.
template <std::size_t Sides, class Body>
void for_each_run(std::span<const std::int64_t> sizes, const std::vector<std::int64_t>* const (&strides)[Sides],
                  const Body& body) {
  const std::size_t outer = sizes.empty() ? 0 : sizes.size() - 1;
  std::vector<std::int64_t> index(outer, 0);
  std::int64_t offset[Sides] = {};
  for (;;) {
    body(offset);
    std::size_t d = outer;
    for (;;) {  // step the index like an odometer
      if (d == 0) return;
      --d;
      for (std::size_t s = 0; s < Sides; ++s) offset[s] += (*strides[s])[d];
      if (++index[d] < sizes[d]) break;
      for (std::size_t s = 0; s < Sides; ++s) offset[s] -= (*strides[s])[d] * sizes[d];
      index[d] = 0;
    }
  }
}

template <class F>
void combine(const BroadcastLoop& loop, std::span<const float> a, std::span<const float> b, std::span<float> y,
             const F& f) {
  const std::int64_t run = loop.sizes.empty() ? 1 : loop.sizes.back();
  const std::int64_t step_a = loop.sizes.empty() ? 0 : loop.stride_a.back();
  const std::int64_t step_b = loop.sizes.empty() ? 0 : loop.stride_b.back();
  float* out = y.data();
  const auto body = [&](const std::int64_t(&offset)[2]) {
    const float* left = a.data() + offset[0];
    const float* right = b.data() + offset[1];
    if (step_a == 1 && step_b == 1) {
      for (std::int64_t i = 0; i < run; ++i) out[i] = f(left[i], right[i]);
    } else if (step_a == 1 && step_b == 0) {
      for (std::int64_t i = 0; i < run; ++i) out[i] = f(left[i], *right);
    } else {
      for (std::int64_t i = 0; i < run; ++i) out[i] = f(left[i * step_a], right[i * step_b]);
    }
    out += run;
  };
  for_each_run<2>(loop.sizes, {&loop.stride_a, &loop.stride_b}, body);
}

}  // namespace

void apply(Function function, std::span<const float> x, std::span<float> y) {
  constexpr float kInverseRoot2 = 0.70710678118654752F;
  switch (function) {
    case Function::kRelu:
      return map(x, y, [](float v) { return v < 0.0F ? 0.0F : v; });
    case Function::kSigmoid:
      return map(x, y, [](float v) { return 1.0F / (1.0F + std::exp(-v)); });
    case Function::kTanh:
      return map(x, y, [](float v) { return std::tanh(v); });
    case Function::kNegate:
      return map(x, y, [](float v) { return -v; });
    case Function::kSqrt:
      return map(x, y, [](float v) { return std::sqrt(v); });
    case Function::kReciprocal:
      return map(x, y, [](float v) { return 1.0F / v; });
    case Function::kExp:
      return map(x, y, [](float v) { return std::exp(v); });
    case Function::kErf:
      return map(x, y, [](float v) { return std::erf(v); });
    case Function::kGelu:
      return map(x, y, [](float v) { return 0.5F * v * (1.0F + std::erf(v * kInverseRoot2)); });
    case Function::kSilu:
      return map(x, y, [](float v) { return v / (1.0F + std::exp(-v)); });
    case Function::kIdentity:
      return map(x, y, [](float v) { return v; });
  }
}

BroadcastLoop broadcast_loop(std::span<const std::int64_t> shape_a, std::span<const std::int64_t> shape_b) {
  const std::size_t rank = std::max(shape_a.size(), shape_b.size());
  const auto aligned = [rank](std::span<const std::int64_t> shape, std::size_t d) {
    return d + shape.size() < rank ? 1 : shape[d + shape.size() - rank];
  };
  BroadcastLoop loop;
  loop.sizes.resize(rank);
  loop.stride_a.resize(rank);
  loop.stride_b.resize(rank);
  std::int64_t next_a = 1, next_b = 1;
  for (std::size_t d = rank; d-- > 0;) {
    const std::int64_t size_a = aligned(shape_a, d), size_b = aligned(shape_b, d);
    if (size_a != size_b && size_a != 1 && size_b != 1) fail_run("elementwise operands do not broadcast");
    loop.sizes[d] = size_a == 1 ? size_b : size_a;
    loop.stride_a[d] = size_a == 1 ? 0 : next_a;
    loop.stride_b[d] = size_b == 1 ? 0 : next_b;
    next_a *= size_a;
    next_b *= size_b;
  }
  return loop;
}

void arithmetic(Arithmetic op, const BroadcastLoop& loop, std::span<const float> a, std::span<const float> b,
                std::span<float> y) {
  switch (op) {
    case Arithmetic::kAdd:
      return combine(loop, a, b, y, [](float u, float v) { return u + v; });
    case Arithmetic::kSub:
      return combine(loop, a, b, y, [](float u, float v) { return u - v; });
    case Arithmetic::kMul:
      return combine(loop, a, b, y, [](float u, float v) { return u * v; });
    case Arithmetic::kDiv:
      return combine(loop, a, b, y, [](float u, float v) { return u / v; });
  }
}

void softmax(std::int64_t outer, std::int64_t size, std::int64_t inner, std::span<const float> x, std::span<float> y) {
  assert(static_cast<std::int64_t>(x.size()) >= outer * size * inner && y.size() >= x.size());
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t i = 0; i < inner; ++i) {
      const float* in = x.data() + o * size * inner + i;
      float* out = y.data() + o * size * inner + i;
      float largest = in[0];
      for (std::int64_t k = 1; k < size; ++k) largest = std::max(largest, in[k * inner]);
      double sum = 0.0;
      for (std::int64_t k = 0; k < size; ++k) {
        out[k * inner] = std::exp(in[k * inner] - largest);
        sum += static_cast<double>(out[k * inner]);
      }
      for (std::int64_t k = 0; k < size; ++k) {
        out[k * inner] = static_cast<float>(static_cast<double>(out[k * inner]) / sum);
      }
    }
  }
}

template <class T>
void quantize(std::span<const float> x, double scale, std::int32_t low, std::int32_t high, std::span<T> codes) {
  assert(scale > 0.0 && codes.size() >= x.size());
  // Adding 1.5 * 2^52 leaves no bits for a fraction, so the sum is rounded to an integer, half to even.
  constexpr double kRound = 6755399441055744.0;
  const double lowest = low, highest = high;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double value = static_cast<double>(x[i]) / scale;
    const double above = value > lowest ? value : lowest;
    const double clamped = above < highest ? above : highest;
    codes[i] = static_cast<T>((clamped + kRound) - kRound);
  }
}

template void quantize<std::int16_t>(std::span<const float>, double, std::int32_t, std::int32_t,
                                     std::span<std::int16_t>);
template void quantize<float>(std::span<const float>, double, std::int32_t, std::int32_t, std::span<float>);
template void quantize<std::int32_t>(std::span<const float>, double, std::int32_t, std::int32_t,
                                     std::span<std::int32_t>);

void snap(float scale, std::int32_t low, std::int32_t high, std::span<float> x) {
  assert(scale > 0.0F);
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: leaves no bits for a fraction
  const auto lowest = static_cast<float>(low), highest = static_cast<float>(high);
  for (float& value : x) {
    const float code = value / scale;
    const float above = code < lowest ? lowest : code;
    const float clamped = above > highest ? highest : above;
    value = ((clamped + kRound) - kRound) * scale;
  }
}

void snap_to_own_range(std::span<float> x) {
  constexpr float kCodes = 255.0F;
  float lowest = 0.0F, highest = 0.0F;
  for (const float value : x) {
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  if (lowest == highest) return;  // all are 0
  const float scale = (highest - lowest) / kCodes;
  const auto zero = static_cast<std::int32_t>(std::clamp(std::nearbyint(-lowest / scale), 0.0F, kCodes));
  snap(scale, -zero, static_cast<std::int32_t>(kCodes) - zero, x);
}

template <class T>
void copy_strided(std::span<const std::int64_t> sizes, std::span<const T> in, const StridedSide& from, std::span<T> out,
                  const StridedSide& to) {
  assert(from.strides.size() == sizes.size() && to.strides.size() == sizes.size());
  const std::int64_t run = sizes.empty() ? 1 : sizes.back();
  const std::int64_t step_in = sizes.empty() ? 0 : from.strides.back();
  const std::int64_t step_out = sizes.empty() ? 0 : to.strides.back();
  for_each_run<2>(sizes, {&from.strides, &to.strides}, [&](const std::int64_t(&offset)[2]) {
    const T* source = in.data() + from.offset + offset[0];
    T* target = out.data() + to.offset + offset[1];
    for (std::int64_t i = 0; i < run; ++i) target[i * step_out] = source[i * step_in];
  });
}

template void copy_strided<float>(std::span<const std::int64_t>, std::span<const float>, const StridedSide&,
                                  std::span<float>, const StridedSide&);
template void copy_strided<std::int64_t>(std::span<const std::int64_t>, std::span<const std::int64_t>,
                                         const StridedSide&, std::span<std::int64_t>, const StridedSide&);

std::vector<std::int64_t> dense_strides(std::span<const std::int64_t> shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

}  // namespace cimera::kernels
