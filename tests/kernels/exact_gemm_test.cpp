#include "kernels/exact_gemm.h"

#include <gtest/gtest.h>

#include "tests/kernels/values.h"

namespace cimera::kernels {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

TEST(GemmReference, MultipliesBeyond32Bits) {
  std::vector<std::int64_t> c(2);
  gemm_reference(1, 2, 2, std::vector<std::int32_t>{65535, -65535}, std::vector<std::int32_t>{65535, 1, -65535, 2}, c);
  EXPECT_EQ(c, (std::vector<std::int64_t>{2 * 65535LL * 65535LL, -65535}));
}

/// Integers of `bits` bits, all of them at the end of the range that makes sums largest when `extreme`.
struct Case {
  int weight_bits, input_bits;
  bool input_signed, extreme;
  std::int64_t rows, columns, count, passes;  ///< passes: FP32 products expected, 0 for any
};

class ExactGemmTest : public ::testing::TestWithParam<Case> {};

TEST_P(ExactGemmTest, EqualsTheReferenceBitForBit) {
  const Case& p = GetParam();
  const int weight_max = p.weight_bits == 1 ? 1 : (1 << (p.weight_bits - 1)) - 1;
  const int low = p.input_signed ? -(1 << (p.input_bits - 1)) : 0;
  const int high = p.input_signed ? -low - 1 : (1 << p.input_bits) - 1;
  auto weights = random_integers<std::int16_t>(p.rows * p.columns, -weight_max, weight_max, 1);
  auto inputs = random_integers<std::int32_t>(p.count * p.rows, low, high, 2);
  if (p.extreme) {
    for (auto& w : weights) w = static_cast<std::int16_t>(weight_max);
    for (auto& x : inputs) x = p.input_signed ? low : high;
  }
  std::vector<std::int64_t> expected(size(p.count * p.columns));
  gemm_reference(p.count, p.columns, p.rows, inputs, std::vector<std::int32_t>(weights.begin(), weights.end()),
                 expected);

  const ExactGemm gemm(p.rows, p.columns, weights, std::max(-low, high));
  if (p.passes > 0) {
    EXPECT_EQ(gemm.passes(), p.passes);
  }
  std::vector<double> rows(expected.size()), columns(expected.size());
  gemm.multiply_rows(p.count, std::vector<float>(inputs.begin(), inputs.end()), rows);
  std::vector<float> turned(inputs.size());
  for (std::int64_t i = 0; i < p.count; ++i) {
    for (std::int64_t k = 0; k < p.rows; ++k)
      turned[size(k * p.count + i)] = static_cast<float>(inputs[size(i * p.rows + k)]);
  }
  gemm.multiply_columns(p.count, turned, columns);
  for (std::int64_t i = 0; i < p.count; ++i) {
    for (std::int64_t j = 0; j < p.columns; ++j) {
      ASSERT_EQ(rows[size(i * p.columns + j)], static_cast<double>(expected[size(i * p.columns + j)]));
      ASSERT_EQ(columns[size(j * p.count + i)], static_cast<double>(expected[size(i * p.columns + j)]));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Widths, ExactGemmTest,
    ::testing::Values(Case{1, 1, false, false, 100, 7, 9, 1}, Case{8, 8, false, false, 200, 16, 196, 1},
                      Case{8, 8, false, true, 518, 3, 2, 1},  // 518 * 255 * 127 is the last product up to 2^24
                      Case{8, 8, false, true, 519, 3, 2, 2},  // one row more takes a second piece
                      Case{8, 8, true, true, 5000, 3, 2, 0}, Case{4, 12, false, true, 600, 5, 3, 0},
                      Case{12, 4, true, true, 600, 5, 3, 0}, Case{12, 12, true, false, 300, 5, 3, 0},
                      Case{16, 16, false, false, 300, 5, 3, 0}, Case{16, 16, false, true, 1500, 4, 3, 0},
                      Case{16, 16, true, true, 1500, 4, 3, 0}, Case{16, 1, false, true, 513, 4, 3, 0},
                      Case{1, 16, false, true, 513, 4, 3, 0}, Case{16, 16, true, true, 1, 1, 1, 0}));

}  // namespace
}  // namespace cimera::kernels
