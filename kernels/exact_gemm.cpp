#include "kernels/exact_gemm.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <Eigen/Core>

#include "kernels/gemm.h"

namespace cimera::kernels {
namespace {

constexpr double kExactFloat = 16777216.0;  // 2^24: every integer up to here is an FP32 value
constexpr int kBase = 256;
constexpr int kMaxLowDigit = 128;

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// x = low + 256 high with -128 <= low <= 127.
int high_digit(int x) { return (x + kMaxLowDigit) >> 8; }
int low_digit(int x) { return x - kBase * high_digit(x); }

std::vector<std::vector<float>> cut(std::span<const std::int16_t> weights, int digits) {
  if (digits == 1) return {{weights.begin(), weights.end()}};
  std::vector<std::vector<float>> out(2, std::vector<float>(weights.size()));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    out[0][i] = static_cast<float>(low_digit(weights[i]));
    out[1][i] = static_cast<float>(high_digit(weights[i]));
  }
  return out;
}

/// Largest magnitude that a digit of inputs up to `max_input` can have.
int max_digit(int max_input, int digits) {
  if (digits == 1) return max_input;
  return std::max(std::min(max_input, kMaxLowDigit), high_digit(max_input));
}

/// Longest runs of rows whose partial sums stay exact; empty when even a single row does not.
template <class Piece>
std::vector<Piece> find_pieces(std::int64_t rows, std::int64_t columns, const std::vector<std::vector<float>>& weights,
                               int max_input) {
  std::vector<Piece> pieces;
  std::vector<double> sums(size(columns) * weights.size(), 0.0);  // of |w| in the current piece, per digit and column
  for (std::int64_t row = 0; row < rows; ++row) {
    for (int attempt = 0;; ++attempt) {
      double worst = 0.0;
      for (std::size_t d = 0; d < weights.size(); ++d) {
        for (std::size_t j = 0; j < size(columns); ++j) {
          double& sum = sums[d * size(columns) + j];
          sum += std::abs(static_cast<double>(weights[d][size(row * columns) + j]));
          worst = std::max(worst, sum);
        }
      }
      if (worst * max_input <= kExactFloat && !pieces.empty()) break;
      if (attempt == 1) return {};
      std::ranges::fill(sums, 0.0);
      pieces.push_back({.first = row});
    }
    ++pieces.back().count;
  }
  return pieces;
}

/// Digit `digit` of every value of x.
void take_digit(std::span<const float> x, int digit, std::vector<float>& out) {
  out.resize(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const int value = static_cast<int>(x[i]);
    out[i] = static_cast<float>(digit == 0 ? low_digit(value) : high_digit(value));
  }
}

}  // namespace

void gemm_reference(std::int64_t m, std::int64_t n, std::int64_t k, std::span<const std::int32_t> a,
                    std::span<const std::int32_t> b, std::span<std::int64_t> c) {
  using Matrix32 = Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Matrix64 = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Matrix32> left(a.data(), m, k);
  const Eigen::Map<const Matrix32> right(b.data(), k, n);
  Eigen::Map<Matrix64>(c.data(), m, n).noalias() = left.cast<std::int64_t>() * right.cast<std::int64_t>();
}

ExactGemm::ExactGemm(std::int64_t rows, std::int64_t columns, std::span<const std::int16_t> weights,
                     std::int32_t max_input)
    : rows_(rows), columns_(columns) {
  assert(rows >= 1 && rows <= (1 << 21) && columns >= 1 && static_cast<std::int64_t>(weights.size()) == rows * columns);
  assert(max_input >= 1 && max_input <= (1 << 16));
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
  for (const int weight_digits : {1, 2}) {
    std::vector<std::vector<float>> digits = cut(weights, weight_digits);
    for (const int input_digits : {1, 2}) {
      if (weight_digits * input_digits >= fewest) continue;
      std::vector<Piece> pieces = find_pieces<Piece>(rows, columns, digits, max_digit(max_input, input_digits));
      const std::int64_t products = weight_digits * input_digits * static_cast<std::int64_t>(pieces.size());
      if (pieces.empty() || products >= fewest) continue;
      fewest = products;
      input_digits_ = input_digits;
      weight_digits_ = digits;
      pieces_ = std::move(pieces);
    }
  }
  assert(!pieces_.empty());  // two digits each: a product is at most 2^16, a piece at least 256 rows
}

std::int64_t ExactGemm::passes() const {
  return input_digits_ * static_cast<std::int64_t>(weight_digits_.size() * pieces_.size());
}

void ExactGemm::multiply_rows(std::int64_t count, std::span<const float> x, std::span<double> y) const {
  multiply(count, x, y, false);
}

void ExactGemm::multiply_columns(std::int64_t count, std::span<const float> x, std::span<double> y) const {
  multiply(count, x, y, true);
}

void ExactGemm::multiply(std::int64_t count, std::span<const float> x, std::span<double> y, bool by_columns) const {
  assert(static_cast<std::int64_t>(x.size()) >= count * rows_);
  assert(static_cast<std::int64_t>(y.size()) >= count * columns_);
  x = x.first(size(count * rows_));
  y = y.first(size(count * columns_));
  std::ranges::fill(y, 0.0);
  std::vector<float> sums(y.size());
  std::vector<float> digit_values, piece_values;
  for (int digit = 0; digit < input_digits_; ++digit) {
    std::span<const float> values = x;
    if (input_digits_ > 1) {
      take_digit(x, digit, digit_values);
      values = digit_values;
    }
    for (const Piece& piece : pieces_) {
      std::span<const float> part = values;
      if (by_columns) {
        part = values.subspan(size(piece.first * count), size(piece.count * count));
      } else if (piece.count != rows_) {  // gather the columns of x that this piece multiplies
        piece_values.resize(size(count * piece.count));
        for (std::int64_t i = 0; i < count; ++i) {
          std::copy_n(values.begin() + i * rows_ + piece.first, piece.count, piece_values.begin() + i * piece.count);
        }
        part = piece_values;
      }
      for (std::size_t w = 0; w < weight_digits_.size(); ++w) {
        const auto weights = std::span<const float>(weight_digits_[w])
                                 .subspan(size(piece.first * columns_), size(piece.count * columns_));
        if (by_columns) {
          gemm(columns_, count, piece.count, weights, part, sums, {.transpose_a = true});
        } else {
          gemm(count, columns_, piece.count, part, weights, sums);
        }
        const double weight = (digit == 1 ? kBase : 1) * (w == 1 ? kBase : 1);
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += weight * static_cast<double>(sums[i]);
      }
    }
  }
}

}  // namespace cimera::kernels
