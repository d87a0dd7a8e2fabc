// The value-determining parameters of a crossbar machine: how weights lie in cells, how inputs are driven, how columns
// are converted. Bit-serial inputs, bit-sliced weights and flip encoding as in Shafiee et al., ISCA 2016 (ISAAC).
#pragma once

#include <cstdint>

#include "core/error.h"

namespace cimera::ops {

enum class WeightEncoding {
  kDifferential,  ///< magnitude slices in one of two columns, by sign; the pair is subtracted before ONE conversion
  kOffset,        ///< w + 2^(b-1) in unsigned slices; 2^(b-1) * (sum of inputs) is subtracted digitally
  kFlip,  ///< offset, and a column whose levels sum to more than half of rows * (L-1) is stored as L-1-level (ISAAC
          ///< section 5); undone digitally with the sum of inputs
};

enum class AdcRange {
  kUnitStep,   ///< one code is one level unit; sums outside the codes clip
  kFullRange,  ///< the smallest step, not below one level unit, at which nothing can clip in a full array of ideal
               ///< cells
};

/// Valid ranges are given with each member; check() enforces them.
struct CrossbarConfig {
  int rows = 128;             ///< cells per column of one array, 1..4096
  int columns = 128;          ///< cells per row of one array, 1..16384
  int cell_bits = 2;          ///< 1..8; a cell has L = 2^cell_bits levels
  int weight_bits = 16;       ///< 1..16
  int input_bits = 16;        ///< 1..16
  bool input_signed = false;  ///< two's complement; the sign bit is a step of its own, weighted -2^(b-1)
  int dac_bits = 1;           ///< input bits driven per step, 1..8
  WeightEncoding encoding = WeightEncoding::kFlip;  ///
  int adc_bits = 8;                                 ///< 1..24 (differential: 2..24), and adc_bits + input_bits <= 31
  AdcRange adc_range = AdcRange::kUnitStep;         ///

  /// Throws Error(kInput) at `where`, naming the value, the rule and the nearest valid choice.
  void check(const Where& where = {}) const;

  int levels() const { return 1 << cell_bits; }
  bool differential() const { return encoding == WeightEncoding::kDifferential; }

  /// Slices of one weight: ceil(b / cell_bits); differential ones hold the b-1 bits of the magnitude (at least one).
  int slices() const;
  int cells_per_weight() const { return slices() * (differential() ? 2 : 1); }
  /// Whole weights beside each other in one array: floor(columns / cells_per_weight()).
  int weights_per_array() const { return columns / cells_per_weight(); }

  /// Whether a weight code can be stored: two's complement range for b > 1, for differential slices also limited by
  /// the bits of the magnitude; -1 and +1 for b = 1 (differential also 0).
  bool holds(int weight) const;
  /// Smallest and largest code that can be stored.
  int weight_min() const;
  int weight_max() const;

  /// Steps in which one input is driven: ceil(b / dac_bits); signed ceil((b-1) / dac_bits) + 1.
  int steps() const;
  /// Largest digit that a step drives.
  int digit_max() const;

  /// Largest |column sum| of a full array of ideal cells in one step, in level units.
  std::int64_t sum_bound() const;
  /// Bits that hold every sum of products over `row_blocks` row blocks: what a partial sum takes on its way to another
  /// tile. weight_bits + input_bits + ceil(log2(rows)) + ceil(log2(row_blocks)); row_blocks >= 1.
  int sum_bits(std::int64_t row_blocks) const;
  /// Fewest bits with which a converter of unit step never clips on ideal cells.
  int lossless_adc_bits() const;
};

}  // namespace cimera::ops
