#include "kernels/gemm.h"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/kernels/values.h"

namespace cimera::kernels {
namespace {

struct Size {
  std::int64_t m, n, k;
};
constexpr Size kSizes[] = {{1, 1, 1},      {1, 10, 256},  {7, 5, 3},  {8, 784, 25},
                           {16, 196, 200}, {64, 64, 577}, {33, 1, 40}};

template <class T>
std::vector<T> transposed(const std::vector<T>& x, std::int64_t rows, std::int64_t columns) {
  std::vector<T> out(x.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      out[static_cast<std::size_t>(c * rows + r)] = x[static_cast<std::size_t>(r * columns + c)];
    }
  }
  return out;
}

/// sum_k a[i][k] b[k][j] and sum_k |a[i][k] b[k][j]|, in FP64.
template <class A, class B>
std::pair<double, double> naive(const Size& s, const std::vector<A>& a, const std::vector<B>& b, std::int64_t i,
                                std::int64_t j) {
  double sum = 0.0, magnitude = 0.0;
  for (std::int64_t k = 0; k < s.k; ++k) {
    const double product = static_cast<double>(a[static_cast<std::size_t>(i * s.k + k)]) *
                           static_cast<double>(b[static_cast<std::size_t>(k * s.n + j)]);
    sum += product;
    magnitude += std::abs(product);
  }
  return {sum, magnitude};
}

TEST(Gemm, FloatsAgreeWithANaiveSumWithinTheRoundingBound) {
  for (const Size& s : kSizes) {
    const auto a = random_floats(s.m * s.k, -1, 1, 1), b = random_floats(s.k * s.n, -1, 1, 2);
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        std::vector<float> c(static_cast<std::size_t>(s.m * s.n), 7.0F);
        gemm(s.m, s.n, s.k, ta ? transposed(a, s.m, s.k) : a, tb ? transposed(b, s.k, s.n) : b, c,
             {.transpose_a = ta, .transpose_b = tb});
        for (std::int64_t i = 0; i < s.m * s.n; ++i) {
          const auto [sum, magnitude] = naive(s, a, b, i / s.n, i % s.n);
          // Any order of k products and sums is off by at most k 2^-24 times the sum of magnitudes.
          const double bound = static_cast<double>(s.k) * std::ldexp(1.0, -24) * magnitude;
          ASSERT_NEAR(c[static_cast<std::size_t>(i)], sum, bound) << s.m << "x" << s.n << "x" << s.k;
        }
      }
    }
  }
}

TEST(Gemm, AccumulateAddsToWhatIsThere) {
  std::vector<float> c = {10, 20};
  gemm(1, 2, 2, std::vector<float>{1, 2}, std::vector<float>{3, 4, 5, 6}, c, {.accumulate = true});
  EXPECT_EQ(c, (std::vector<float>{10 + 13, 20 + 16}));
}

TEST(Gemm, FloatBitsDependNeitherOnTheAddressOfTheDataNorOnTheThread) {
  for (const Size& s : kSizes) {
    const auto a = random_floats(s.m * s.k, -1, 1, 3), b = random_floats(s.k * s.n, -1, 1, 4);
    std::vector<float> expected(static_cast<std::size_t>(s.m * s.n));
    gemm(s.m, s.n, s.k, a, b, expected);
    constexpr std::int64_t kOffsets = 16;
    std::vector<int> equal(kOffsets, 0);
    set_threads(2);
    parallel_for(kOffsets, 1, [&](std::int64_t begin, std::int64_t) {
      const auto offset = static_cast<std::size_t>(begin);
      std::vector<float> moved_a(offset), moved_b(kOffsets - offset), c(expected.size() + offset);
      moved_a.insert(moved_a.end(), a.begin(), a.end());
      moved_b.insert(moved_b.end(), b.begin(), b.end());
      gemm(s.m, s.n, s.k, std::span(moved_a).subspan(offset), std::span(moved_b).subspan(kOffsets - offset),
           std::span(c).subspan(offset));
      equal[offset] = std::memcmp(c.data() + offset, expected.data(), expected.size() * sizeof(float)) == 0 ? 1 : 0;
    });
    set_threads(0);
    EXPECT_EQ(equal, std::vector<int>(kOffsets, 1)) << s.m << "x" << s.n << "x" << s.k;
  }
}

TEST(Gemm, BytesAreExactAtTheEndsOfTheRange) {
  for (const Size& s : kSizes) {
    auto a = random_integers<std::uint8_t>(s.m * s.k, 0, 127, 5);
    auto b = random_integers<std::int8_t>(s.k * s.n, -128, 127, 6);
    std::fill_n(a.begin(), s.k, std::uint8_t{127});  // row 0: nothing but the largest values
    for (std::int64_t k = 0; k < s.k; ++k) b[static_cast<std::size_t>(k * s.n)] = -128;
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        std::vector<std::int32_t> c(static_cast<std::size_t>(s.m * s.n));
        gemm(s.m, s.n, s.k, ta ? transposed(a, s.m, s.k) : a, tb ? transposed(b, s.k, s.n) : b, c,
             {.transpose_a = ta, .transpose_b = tb});
        for (std::int64_t i = 0; i < s.m * s.n; ++i) {
          ASSERT_EQ(c[static_cast<std::size_t>(i)], naive(s, a, b, i / s.n, i % s.n).first);
        }
      }
    }
  }
}

TEST(Gemm, BytesAboveSevenBitsAreRefused) {
  std::vector<std::int32_t> c(1);
  EXPECT_THROW(gemm(1, 1, 2, std::vector<std::uint8_t>{127, 128}, std::vector<std::int8_t>{1, 1}, c), Error);
}

}  // namespace
}  // namespace cimera::kernels
