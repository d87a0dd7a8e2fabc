#include "kernels/normalise.h"

#include <cmath>

#include <gtest/gtest.h>

#include "kernels/elementwise.h"
#include "tests/kernels/values.h"

namespace cimera::kernels {
namespace {

using Floats = std::vector<float>;

TEST(Function, TheOthersAgreeWithTheirDefinitions) {
  const Floats x = {-2.5F, -0.5F, 0.25F, 1.0F, 3.0F};
  const auto check = [&](Function function, double (*f)(double)) {
    Floats y(x.size());
    apply(function, x, y);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double v = f(x[i]);
      if (std::isnan(v)) EXPECT_TRUE(std::isnan(y[i]));
      else EXPECT_NEAR(y[i], v, 3e-7 * std::max(1.0, std::abs(v))) << i;
    }
  };
  check(Function::kNegate, [](double v) { return -v; });
  check(Function::kSqrt, [](double v) { return std::sqrt(v); });
  check(Function::kReciprocal, [](double v) { return 1 / v; });
  check(Function::kExp, [](double v) { return std::exp(v); });
  check(Function::kErf, [](double v) { return std::erf(v); });
  check(Function::kGelu, [](double v) { return v * 0.5 * std::erfc(-v / std::sqrt(2.0)); });
  check(Function::kSilu, [](double v) { return v / (1 + std::exp(-v)); });
}

TEST(Reduce, AlongTheMiddle) {
  const Floats x = {1, 10, 2, 20, 3, 60, -1, -2, -3, -4, -5, -12};  // [2][3][2]
  Floats y(4);
  reduce(Reduction::kSum, 2, 3, 2, x, y);
  EXPECT_EQ(y, (Floats{6, 90, -9, -18}));
  reduce(Reduction::kMean, 2, 3, 2, x, y);
  EXPECT_EQ(y, (Floats{2, 30, -3, -6}));
  reduce(Reduction::kMax, 2, 3, 2, x, y);
  EXPECT_EQ(y, (Floats{3, 60, -1, -2}));
}

TEST(Normalise, ByHand) {
  const Floats x = {1, 3, 5, 7, 2, 2, 2, 2}, factor = {1, 2, 1, 1}, addend = {0, 0, 0, 10};
  Floats y(8);
  normalise({.centred = true, .epsilon = 0.0, .factor = factor, .addend = addend}, 1, 4, x, y);
  const double deviation = std::sqrt(5.0);  // mean 4; squares 9 + 1 + 1 + 9 over 4
  EXPECT_NEAR(y[0], -3 / deviation, 1e-6);
  EXPECT_NEAR(y[1], 2 * -1 / deviation, 1e-6);
  EXPECT_NEAR(y[3], 3 / deviation + 10, 1e-6);
  normalise({.centred = false, .epsilon = 0.0, .factor = {}, .addend = {}}, 2, 4, x, y);
  EXPECT_NEAR(y[0], 1 / std::sqrt(21.0), 1e-7);  // 1 + 9 + 25 + 49 over 4
  EXPECT_FLOAT_EQ(y[5], 1.0F);
  normalise({.centred = true, .epsilon = 1e-5, .factor = {}, .addend = {}}, 2, 4, x, y);
  EXPECT_EQ(y[6], 0.0F);  // a row of equal values, where the deviation is 0
}

TEST(LocalResponse, SumsOverTheChannelsThatExist) {
  const Floats x = {1, 2, 3, 4};  // four channels of one pixel
  Floats y(4);
  local_response({.size = 3, .alpha = 3.0, .beta = 1.0, .bias = 2.0}, 4, 1, x, y);
  EXPECT_FLOAT_EQ(y[0], 1.0F / (2 + 1 + 4));
  EXPECT_FLOAT_EQ(y[1], 2.0F / (2 + 1 + 4 + 9));
  EXPECT_FLOAT_EQ(y[3], 4.0F / (2 + 9 + 16));
  local_response({.size = 2, .alpha = 2.0, .beta = 1.0, .bias = 1.0}, 4, 1, x, y);  // itself and the next one
  EXPECT_FLOAT_EQ(y[0], 1.0F / (1 + 1 + 4));
  EXPECT_FLOAT_EQ(y[3], 4.0F / (1 + 16));
}

}  // namespace
}  // namespace cimera::kernels
