// Exact integer matrix products: a plain reference, and a fast one on the FP32 units.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cimera::kernels {

/// c [m][n] = a [m][k] b [k][n] in 64-bit integers, by Eigen. Slow; what everything else is checked against.
void gemm_reference(std::int64_t m, std::int64_t n, std::int64_t k, std::span<const std::int32_t> a,
                    std::span<const std::int32_t> b, std::span<std::int64_t> c);

/// Integer products y = x w with fixed weights, exact to the last bit, by FP32 products of small integers.
///
/// FP32 adds integers exactly, in any order and with or without fused multiply-add, as long as every partial sum stays
/// at or below 2^24. So the rows are cut into pieces with max|x| sum_k |w[k][j]| <= 2^24 for every column j, and each
/// piece is one FP32 product. Where single products are too large for pieces of useful length, x, w or both are first
/// cut into two digits of base 256 (-128..127 and the rest). The pieces are added in FP64, exact below 2^53. Which cut
/// needs the fewest FP32 products is found once, in the constructor.
class ExactGemm {
 public:
  /// weights [rows][columns]; inputs must satisfy |x| <= max_input. 1 <= max_input <= 2^16, rows <= 2^21.
  ExactGemm(std::int64_t rows, std::int64_t columns, std::span<const std::int16_t> weights, std::int32_t max_input);

  /// y [count][columns] = x [count][rows] w. x holds integers.
  void multiply_rows(std::int64_t count, std::span<const float> x, std::span<double> y) const;
  /// y [columns][count] = w^T x [rows][count]. x holds integers.
  void multiply_columns(std::int64_t count, std::span<const float> x, std::span<double> y) const;

  /// FP32 products that one multiplication takes.
  std::int64_t passes() const;

 private:
  struct Piece {
    std::int64_t first = 0, count = 0;  ///< rows
  };
  void multiply(std::int64_t count, std::span<const float> x, std::span<double> y, bool by_columns) const;
  /// One FP32 product: of a digit of the weights and one of the inputs.
  void multiply_piece(const Piece& piece, std::span<const float> weights, std::int64_t count, std::span<const float> x,
                      bool by_columns, std::span<float> sums) const;

  std::int64_t rows_ = 0, columns_ = 0;
  int input_digits_ = 1;
  std::vector<std::vector<float>> weight_digits_;  ///< one or two matrices [rows][columns], lowest digit first
  std::vector<Piece> pieces_;
};

}  // namespace cimera::kernels
