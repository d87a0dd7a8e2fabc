// Kernels that look along one dimension: reductions and normalisations. Sums are in FP64.
#pragma once

#include <cstdint>
#include <span>

namespace cimera::kernels {

enum class Reduction { kMean, kSum, kMax };
/// Over the middle dimension of [outer][size][inner]; y is [outer][inner]. size >= 1.
void reduce(Reduction kind, std::int64_t outer, std::int64_t size, std::int64_t inner, std::span<const float> x,
            std::span<float> y);

/// What layer normalisation (Ba et al., arXiv 1607.06450, eq. 4) and its form without centring (Zhang and Sennrich,
/// NeurIPS 2019, eq. 4) need; `factor` and `addend` have one value a column, or are empty.
struct Normalisation {
  bool centred = true;
  double epsilon = 1e-5;
  std::span<const float> factor, addend;
};
/// Each row of x [rows][width] by itself.
void normalise(const Normalisation& how, std::int64_t rows, std::int64_t width, std::span<const float> x,
               std::span<float> y);

/// Local response normalisation (Krizhevsky et al., NIPS 2012, section 3.3): y = x / (bias + alpha / size * s)^beta,
/// where s is the sum of x^2 over the channels c - floor((size - 1) / 2) to c + ceil((size - 1) / 2) that exist.
struct LocalResponse {
  std::int64_t size = 1;
  double alpha = 1e-4, beta = 0.75, bias = 1.0;
};
/// x is [channels][pixels].
void local_response(const LocalResponse& how, std::int64_t channels, std::int64_t pixels, std::span<const float> x,
                    std::span<float> y);

}  // namespace cimera::kernels
