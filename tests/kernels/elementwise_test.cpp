#include "kernels/elementwise.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/kernels/values.h"

namespace cimera::kernels {
namespace {

using Floats = std::vector<float>;
using Sizes = std::vector<std::int64_t>;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(Activation, Relu) {
  Floats y(5);
  apply(Function::kRelu, Floats{-1, -0.0F, 2, kInf, kNan}, y);
  EXPECT_EQ((Floats{y[0], y[1], y[2], y[3]}), (Floats{0, 0, 2, kInf}));
  EXPECT_TRUE(std::isnan(y[4]));
}

TEST(Activation, SigmoidAndTanhOverTheWholeRange) {
  const Floats x = {-1e30F, -100, -3, -1e-3F, 0, 0.5F, 20, 1e30F};
  Floats s(x.size()), t(x.size());
  apply(Function::kSigmoid, x, s);
  apply(Function::kTanh, x, t);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x[i];
    EXPECT_NEAR(s[i], 1 / (1 + std::exp(-v)), 1.2e-7);
    EXPECT_NEAR(t[i], std::tanh(v), 1.2e-7);
  }
  EXPECT_EQ(s[4], 0.5F);
}

TEST(Broadcast, AgreesWithIndexArithmetic) {
  const std::vector<std::pair<Sizes, Sizes>> cases = {{{2, 3, 4}, {2, 3, 4}},
                                                      {{2, 3, 4}, {4}},
                                                      {{2, 3, 4}, {3, 1}},
                                                      {{1, 3, 1}, {2, 1, 4}},
                                                      {{4}, {2, 3, 4}},
                                                      {{}, {2, 2}},
                                                      {{5}, {}},
                                                      {{}, {}},
                                                      {{1}, {1}},
                                                      {{2, 1}, {1, 3}}};
  for (const auto& [shape_a, shape_b] : cases) {
    std::int64_t count_a = 1, count_b = 1;
    for (const std::int64_t s : shape_a) count_a *= s;
    for (const std::int64_t s : shape_b) count_b *= s;
    const Floats a = random_floats(count_a, 1, 2, 1), b = random_floats(count_b, 1, 2, 2);
    const BroadcastLoop loop = broadcast_loop(shape_a, shape_b);
    std::int64_t count = 1;
    for (const std::int64_t s : loop.sizes) count *= s;
    Floats sum(static_cast<std::size_t>(count)), quotient(sum);
    arithmetic(Arithmetic::kAdd, loop, a, b, sum);
    arithmetic(Arithmetic::kDiv, loop, a, b, quotient);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto operand = [&](const Floats& values, const Sizes& shape) {
        std::int64_t rest = i, offset = 0, step = 1;
        for (std::size_t back = 1; back <= loop.sizes.size(); ++back) {
          const std::int64_t index = rest % loop.sizes[loop.sizes.size() - back];
          rest /= loop.sizes[loop.sizes.size() - back];
          if (back > shape.size()) continue;
          const std::int64_t size = shape[shape.size() - back];
          offset += size == 1 ? 0 : index * step;
          step *= size;
        }
        return values[static_cast<std::size_t>(offset)];
      };
      ASSERT_EQ(sum[static_cast<std::size_t>(i)], operand(a, shape_a) + operand(b, shape_b));
      ASSERT_EQ(quotient[static_cast<std::size_t>(i)], operand(a, shape_a) / operand(b, shape_b));
    }
  }
}

TEST(Broadcast, TheOtherOperations) {
  const BroadcastLoop loop = broadcast_loop(Sizes{2}, Sizes{2});
  Floats y(2);
  arithmetic(Arithmetic::kSub, loop, Floats{5, 7}, Floats{2, 10}, y);
  EXPECT_EQ(y, (Floats{3, -3}));
  arithmetic(Arithmetic::kMul, loop, Floats{5, 7}, Floats{2, 10}, y);
  EXPECT_EQ(y, (Floats{10, 70}));
  EXPECT_THROW(broadcast_loop(Sizes{2}, Sizes{3}), Error);
}

TEST(Softmax, SumsToOneAlongItsDimensionAndSurvivesLargeValues) {
  constexpr std::int64_t kOuter = 2, kSize = 3, kInner = 4;
  Floats x = random_floats(kOuter * kSize * kInner, -5, 5, 1);
  for (std::int64_t k = 0; k < kSize; ++k) x[static_cast<std::size_t>(k * kInner)] += 1e4F;  // one column far up
  Floats y(x.size());
  softmax(kOuter, kSize, kInner, x, y);
  for (std::int64_t o = 0; o < kOuter; ++o) {
    for (std::int64_t i = 0; i < kInner; ++i) {
      double sum = 0.0, norm = 0.0;
      const auto at = [&](std::int64_t k) { return static_cast<std::size_t>((o * kSize + k) * kInner + i); };
      for (std::int64_t k = 0; k < kSize; ++k) norm += std::exp(static_cast<double>(x[at(k)]) - x[at(0)]);
      for (std::int64_t k = 0; k < kSize; ++k) {
        EXPECT_NEAR(y[at(k)], std::exp(static_cast<double>(x[at(k)]) - x[at(0)]) / norm, 1e-6);
        sum += y[at(k)];
      }
      EXPECT_NEAR(sum, 1.0, 1e-6);
    }
  }
}

TEST(Quantize, RoundsHalfToEvenAndClamps) {
  const Floats x = {-3, -2.5F, -1.5F, -0.5F, 0, 0.5F, 1.5F, 2.5F, 2.500001F, 6.4F, 6.6F, 1e30F, -1e30F, kNan, kInf};
  std::vector<std::int32_t> codes(x.size());
  quantize<std::int32_t>(x, 1.0, -4, 7, codes);
  EXPECT_EQ(codes, (std::vector<std::int32_t>{-3, -2, -2, 0, 0, 0, 2, 2, 3, 6, 7, 7, -4, -4, 7}));
  Floats floats(x.size());
  quantize<float>(x, 1.0, -4, 7, floats);
  EXPECT_EQ(floats, Floats(codes.begin(), codes.end()));
}

TEST(Quantize, AgreesWithNearbyintForEveryScale) {
  const Floats x = random_floats(10000, -100, 100, 3);
  for (const double scale : {1e-3, 0.1, 1.0 / 3, 7.0, 1e9}) {
    std::vector<std::int32_t> codes(x.size());
    quantize<std::int32_t>(x, scale, -32768, 65535, codes);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(codes[i], std::clamp(std::nearbyint(static_cast<double>(x[i]) / scale), -32768.0, 65535.0));
    }
  }
}

TEST(Snap, RoundsToMultiplesInFP32) {
  Floats x = {-3, -0.5F, -0.75F, 0.25F, 0.75F, 1.25F, 1.3F, 9, kInf, -kInf};
  snap(0.5F, -2, 4, x);  // steps -6, -1, -1.5, 0.5, 1.5, 2.5, 2.6, 18
  EXPECT_EQ(x, (Floats{-1, -0.5F, -1, 0, 1, 1, 1.5F, 2, 2, -1}));
  Floats nan = {kNan};
  snap(0.5F, -2, 4, nan);
  EXPECT_TRUE(std::isnan(nan[0]));
  Floats random = random_floats(10000, -100, 100, 3);
  const Floats before = random;
  snap(0.37F, -128, 127, random);
  for (std::size_t i = 0; i < random.size(); ++i)
    ASSERT_EQ(random[i], std::nearbyint(std::clamp(before[i] / 0.37F, -128.0F, 127.0F)) * 0.37F);
  Floats again = random;
  snap(0.37F, -128, 127, again);
  EXPECT_EQ(again, random);
}

TEST(Snap, TheOwnRangeHas256CodesOneOfThemZero) {
  Floats x = {-64, 0.5F, 191, 10.4F, 1.5F};  // steps of 1
  snap_to_own_range(x);
  EXPECT_EQ(x, (Floats{-64, 0, 191, 10, 2}));
  Floats positive = {2, 510};  // 0 is part of the range: steps of 2
  snap_to_own_range(positive);
  EXPECT_EQ(positive, (Floats{2, 510}));
  Floats zeros = {0, -0.0F};
  snap_to_own_range(zeros);
  EXPECT_EQ(zeros, (Floats{0, 0}));
}

TEST(CopyStrided, TransposesReversesAndEmbeds) {
  const Floats x = {1, 2, 3, 4, 5, 6};  // 2 x 3
  Floats y(6);
  copy_strided<float>(Sizes{3, 2}, x, {.offset = 0, .strides = {1, 3}}, y, {.offset = 0, .strides = {2, 1}});
  EXPECT_EQ(y, (Floats{1, 4, 2, 5, 3, 6}));
  copy_strided<float>(Sizes{2, 3}, x, {.offset = 5, .strides = {-3, -1}}, y, {.offset = 0, .strides = {3, 1}});
  EXPECT_EQ(y, (Floats{6, 5, 4, 3, 2, 1}));
  Floats padded(12, 0.0F);  // 3 x 4 around 2 x 3
  copy_strided<float>(Sizes{2, 3}, x, {.offset = 0, .strides = {3, 1}}, padded, {.offset = 1, .strides = {4, 1}});
  EXPECT_EQ(padded, (Floats{0, 1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0}));
  std::vector<std::int64_t> integer(1);
  copy_strided<std::int64_t>(Sizes{}, std::vector<std::int64_t>{7}, {}, integer, {});
  EXPECT_EQ(integer.front(), 7);
  EXPECT_EQ(dense_strides(Sizes{2, 3, 4}), (Sizes{12, 4, 1}));
}

}  // namespace
}  // namespace cimera::kernels
