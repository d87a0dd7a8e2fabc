#include "kernels/exact_gemm.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <utility>

#include <Eigen/Core>

#include "core/parallel.h"
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

/// Adds |w| of one row to the sums by column, digit by digit, and returns the largest sum. The sums are below 2^25.
std::int32_t add_row(std::span<const std::int16_t> row, int digits, std::vector<std::int32_t>& sums) {
  std::int32_t worst = 0;
  std::int32_t* sum = sums.data();
  const auto add = [&](const auto& digit) {
    for (std::size_t j = 0; j < row.size(); ++j) {
      sum[j] += std::abs(digit(row[j]));
      worst = std::max(worst, sum[j]);
    }
    sum += row.size();
  };
  if (digits == 1) {
    add([](int w) { return w; });
  } else {
    add(low_digit), add(high_digit);
  }
  return worst;
}

/// Longest runs of rows whose partial sums stay exact; empty when even a single row does not, or when they are more
/// than `most`.
template <class Piece>
std::vector<Piece> find_pieces(std::int64_t rows, std::int64_t columns, std::span<const std::int16_t> weights,
                               int digits, int max_input, std::int64_t most) {
  std::vector<Piece> pieces;
  std::vector<std::int32_t> sums(size(columns * digits), 0);  // of |w| in the current piece, per digit and column
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::span<const std::int16_t> here = weights.subspan(size(row * columns), size(columns));
    for (int attempt = 0;; ++attempt) {
      const double worst = add_row(here, digits, sums);
      if (worst * max_input <= kExactFloat && !pieces.empty()) break;
      if (attempt == 1 || std::ssize(pieces) == most) return {};
      std::ranges::fill(sums, 0);
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
  int weight_digits = 0;
  // Two digits each first, of 1 x 2 and 2 x 1 only what is still better: most are given up after a few rows.
  for (const auto& [of_weights, of_inputs] : {std::pair{1, 1}, {2, 2}, {1, 2}, {2, 1}}) {
    const std::int64_t most = (fewest - 1) / (of_weights * of_inputs);
    if (most < 1) continue;
    std::vector<Piece> pieces =
        find_pieces<Piece>(rows, columns, weights, of_weights, max_digit(max_input, of_inputs), most);
    if (pieces.empty()) continue;
    fewest = of_weights * of_inputs * std::ssize(pieces);
    input_digits_ = of_inputs;
    weight_digits = of_weights;
    pieces_ = std::move(pieces);
  }
  assert(!pieces_.empty());  // two digits each: a product is at most 2^16, a piece at least 256 rows
  weight_digits_ = cut(weights, weight_digits);
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
  std::vector<std::vector<float>> digits(size(input_digits_));
  for (int digit = 0; digit < input_digits_ && input_digits_ > 1; ++digit) take_digit(x, digit, digits[size(digit)]);
  // All sums are exact, also those of y, so products may be added in any order.
  const auto pieces = static_cast<std::int64_t>(pieces_.size()), products = passes();
  std::mutex mutex;
  parallel_for(products, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(y.size());
    for (std::int64_t product = begin; product < end; ++product) {
      const std::int64_t digit = product % input_digits_, w = product / input_digits_ / pieces;
      const std::span<const float> values = input_digits_ > 1 ? std::span<const float>(digits[size(digit)]) : x;
      multiply_piece(pieces_[size(product / input_digits_ % pieces)], weight_digits_[size(w)], count, values,
                     by_columns, sums);
      const double weight = (digit == 1 ? kBase : 1) * (w == 1 ? kBase : 1);
      const std::scoped_lock lock(mutex);
      for (std::size_t i = 0; i < y.size(); ++i) y[i] += weight * static_cast<double>(sums[i]);
    }
  });
}

void ExactGemm::multiply_piece(const Piece& piece, std::span<const float> weights, std::int64_t count,
                               std::span<const float> x, bool by_columns, std::span<float> sums) const {
  weights = weights.subspan(size(piece.first * columns_), size(piece.count * columns_));
  if (by_columns) {
    x = x.subspan(size(piece.first * count), size(piece.count * count));
    return gemm(columns_, count, piece.count, weights, x, sums, {.transpose_a = true});
  }
  std::vector<float> part;
  if (piece.count != rows_) {  // gather the columns of x that this piece multiplies
    part.resize(size(count * piece.count));
    for (std::int64_t i = 0; i < count; ++i)
      std::copy_n(x.begin() + i * rows_ + piece.first, piece.count, part.begin() + i * piece.count);
    x = part;
  }
  gemm(count, columns_, piece.count, x, weights, sums);
}

}  // namespace cimera::kernels
