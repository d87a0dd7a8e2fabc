// The inner kernels of a crossbar read, chosen for the processor at run time. All sums are exact integers and all
// results are the same on every target.
//
// Operands are panels of 32-bit words; a word holds the digits (or cell values) of 4 rows as bytes or of 2 rows as
// int16, so that one dot-product instruction adds 4 or 2 products to each 32-bit sum.
//   digits: [digit row][words], digit row = position * steps + step, `stride` words apart
//   cells:  [group of 16 columns][words][16 columns]
//   sums:   [digit row][kSumStride], kTileRows digit rows at a time, up to kTileGroups groups beside each other
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/functional/crossbar/steps.h"

namespace cimera::functional {

inline constexpr int kGroupColumns = 16;
inline constexpr int kTileRows = 8;
inline constexpr int kTileGroups = 3;
inline constexpr int kSumStride = kTileGroups * kGroupColumns;
inline constexpr int kCodePadding = 32;  ///< codes that pack() handles at a time
inline constexpr int kReadPast = 8;      ///< elements that combine() may read behind its operands

/// Width of a digit or cell value inside a word.
enum class Lane { kInt8, kInt16 };
inline constexpr int lanes_per_word(Lane lane) { return lane == Lane::kInt8 ? 4 : 2; }

/// Panels of one call of dot(). int8: digits are 0..255 and cells -128..127; int16: both signed.
struct DotOperands {
  const std::uint32_t* digits;
  std::int64_t digit_stride;  ///< words from digit row to digit row
  const std::uint32_t* cells;
  std::int64_t group_stride;  ///< words from group to group
  int words;                  ///< of a digit row
  int groups;                 ///< 1..kTileGroups
  int tiles;                  ///< of kTileRows digit rows each
};

/// What convert() does to each sum: code = clamp(round_half_even(float(sum) * gain + deviation)), in binary32.
struct Conversion {
  const float* gain;       ///< by column: codes per unit of a sum; null: 1, for whole level units and unit step
  const float* deviation;  ///< [digit row][kSumStride], in codes: noise and offset; null: none
  std::int32_t min_code, max_code;
  /// Where codes begin, 2^bits - 1 rising thresholds for each converter, in steps above min_code; null: at halves. With
  /// thresholds there must be a gain and a deviation.
  const float* thresholds = nullptr;
  const std::int32_t* table = nullptr;  ///< by column: where those of its converter begin in `thresholds`
  int bits = 0;
};

/// Operands of dot_float(): squared digits and variances, whose sums are the variances of columns.
struct VarianceOperands {
  const float* squares;  ///< [digit row][square_stride]
  std::int64_t square_stride;
  const float* variances;     ///< [group][row][kGroupColumns]
  std::int64_t group_stride;  ///< numbers from group to group
  int rows;
  int groups;      ///< 1..kTileGroups
  int digit_rows;  ///< any number
};

/// deviation = offset + normal * sqrt(variance * gain^2 + noise^2).
struct DeviationTerms {
  const float* variances;  ///< [digit row][kSumStride]; null: 0
  const float* normals;    ///< [digit row][normal_stride]; null: 0
  std::int64_t normal_stride;
  const float* gain;    ///< by column, codes per level unit
  const float* offset;  ///< by column, codes
  float noise;          ///< codes
  int groups, digit_rows;
};

struct PlaneKernels {
  /// Copies codes to 16 bits and returns their sum; `*in_range` becomes false when a code + offset is outside
  /// 0..2^bits - 1.
  std::int64_t (*narrow)(const std::int32_t* codes, int count, std::int32_t offset, int bits, std::uint16_t* out,
                         bool* in_range);
  /// Writes plan.count digit rows of one position. `codes` and the rows are padded to kCodePadding codes.
  void (*pack8)(const std::uint16_t* codes, int count, const StepPlan& plan, std::uint32_t* rows, std::int64_t stride);
  void (*pack16)(const std::uint16_t* codes, int count, const StepPlan& plan, std::uint32_t* rows, std::int64_t stride);
  /// sums[r][c] = sum over words of the products of their lanes. dot8 is null where the processor multiplies bytes no
  /// faster than 16-bit numbers.
  void (*dot8)(const DotOperands& operands, std::int32_t* sums);
  void (*dot16)(const DotOperands& operands, std::int32_t* sums);
  /// squares[i] = (digit i of a row of 16-bit digits)^2, for i < count; `squares` has room for kCodePadding more.
  void (*square)(const std::uint32_t* digits, int count, float* squares);
  /// sums[r][c] = sum over rows, in order, of squares[r][row] * variances[row][c]; in binary32, with or without fused
  /// multiply-adds.
  void (*dot_float)(const VarianceOperands& operands, float* sums);
  /// out[digit row][kSumStride].
  void (*deviate)(const DeviationTerms& terms, float* out);
  /// totals[p][c] = shift-and-add over the steps of the codes. `totals` has `stride` columns. Returns how many
  /// conversions were clamped.
  std::int64_t (*convert)(const std::int32_t* sums, int positions, int groups, const StepPlan& plan,
                          const Conversion& conversion, std::int32_t* totals, std::int64_t stride);
  /// out[j] += constant[j] * constant_factor + sum over rows r of totals[r * stride + j] * factor[r * stride + j], for
  /// j < columns. `totals`, `factor` and `constant` are readable kReadPast elements past their ends.
  void (*combine)(const std::int32_t* totals, const double* factor, std::int64_t stride, int rows, int columns,
                  const double* constant, double constant_factor, double* out);
};

/// The fastest kernels that this processor has. `vnni`: AVX-512 VNNI may be used.
PlaneKernels plane_kernels(bool vnni = true);

}  // namespace cimera::functional
