#include "kernels/normalise.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace cimera::kernels {

void reduce(Reduction kind, std::int64_t outer, std::int64_t size, std::int64_t inner, std::span<const float> x,
            std::span<float> y) {
  assert(size >= 1 && static_cast<std::int64_t>(x.size()) >= outer * size * inner);
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t i = 0; i < inner; ++i) {
      const float* value = x.data() + o * size * inner + i;
      double sum = 0.0;
      float largest = *value;
      for (std::int64_t s = 0; s < size; ++s, value += inner) {
        sum += static_cast<double>(*value);
        largest = std::max(largest, *value);
      }
      if (kind == Reduction::kMean) sum /= static_cast<double>(size);
      y[static_cast<std::size_t>(o * inner + i)] = kind == Reduction::kMax ? largest : static_cast<float>(sum);
    }
  }
}

void normalise(const Normalisation& how, std::int64_t rows, std::int64_t width, std::span<const float> x,
               std::span<float> y) {
  assert(width >= 1 && static_cast<std::int64_t>(x.size()) >= rows * width);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* in = x.data() + r * width;
    float* out = y.data() + r * width;
    double mean = 0.0, square = 0.0;
    if (how.centred) {
      for (std::int64_t c = 0; c < width; ++c) mean += static_cast<double>(in[c]);
      mean /= static_cast<double>(width);
    }
    for (std::int64_t c = 0; c < width; ++c) square += std::pow(static_cast<double>(in[c]) - mean, 2);
    const double scale = 1.0 / std::sqrt(square / static_cast<double>(width) + how.epsilon);
    for (std::int64_t c = 0; c < width; ++c) {
      const auto at = static_cast<std::size_t>(c);
      double value = (static_cast<double>(in[c]) - mean) * scale;
      if (!how.factor.empty()) value *= static_cast<double>(how.factor[at]);
      if (!how.addend.empty()) value += static_cast<double>(how.addend[at]);
      out[c] = static_cast<float>(value);
    }
  }
}

void local_response(const LocalResponse& how, std::int64_t channels, std::int64_t pixels, std::span<const float> x,
                    std::span<float> y) {
  const std::int64_t before = (how.size - 1) / 2, after = how.size - 1 - before;
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t first = std::max<std::int64_t>(0, c - before), last = std::min(channels - 1, c + after);
    for (std::int64_t p = 0; p < pixels; ++p) {
      double sum = 0.0;
      for (std::int64_t k = first; k <= last; ++k)
        sum += std::pow(static_cast<double>(x[static_cast<std::size_t>(k * pixels + p)]), 2);
      const auto at = static_cast<std::size_t>(c * pixels + p);
      y[at] = static_cast<float>(static_cast<double>(x[at]) /
                                 std::pow(how.bias + how.alpha / static_cast<double>(how.size) * sum, how.beta));
    }
  }
}

}  // namespace cimera::kernels
