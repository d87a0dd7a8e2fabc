// The value-determining parameters of a crossbar machine: how weights lie in cells, how inputs are driven, how columns
// are converted. Bit-serial inputs, bit-sliced weights and flip encoding as in Shafiee et al., ISCA 2016 (ISAAC).
#pragma once

#include <cstdint>

#include "core/error.h"
#include "models/ops/array_wires.h"

namespace cimera::ops {

enum class WeightEncoding {
  kDifferential,  ///< magnitude slices in one of two columns, by sign; the pair is subtracted before ONE conversion
  kOffset,        ///< w + 2^(b-1) in unsigned slices; 2^(b-1) * (sum of inputs) is subtracted digitally
  kFlip,  ///< offset, and a column whose levels sum to more than half of rows * (L-1) is stored as L-1-level (ISAAC
          ///< section 5); undone digitally with the sum of inputs
  kOffsetColumn,  ///< offset, and the sum of inputs is measured: one column of each array, all cells of level
                  ///< 2^(cell_bits - 1), is converted like the others
  kTwoSided,  ///< differential around the middle level: a signed slice d = -(L-1)..L-1 in levels ceil((L-1 + d) / 2)
              ///< and that - d
};

enum class AdcRange {
  kUnitStep,    ///< one code is one level unit; sums outside the codes clip
  kFullRange,   ///< the smallest step, not below one level unit, at which nothing can clip in a full array of ideal
                ///< cells
  kPercentile,  ///< the smallest step, not below one level unit, at which `adc_percentile` of the sums that ideal cells
                ///< give on the calibration set do not clip; of each layer (and slice) its own
};

/// Whose sums a calibrated converter range is for. The step of a slice is a gain before its converters (or their
/// reference), so that ranges may differ from slice to slice.
enum class AdcRangeOf { kLayer, kSlice };

/// How a row is driven with a digit d of 0..D.
enum class InputCoding {
  kAmplitude,   ///< one pulse of the voltage v_read * d / D
  kPulseWidth,  ///< d pulses of v_read, one behind the other; a step takes as long as D of them
};

/// Where the slices of a weight lie.
enum class SliceLayout {
  kTogether,  ///< beside each other in one array
  kApart,     ///< each in an array of its own; their sums are shifted and added like those of row blocks
};

/// How a converter finds its code, which decides what mismatch of its parts does to its thresholds.
enum class ConverterType {
  kSar,    ///< successive approximation with binary weighted capacitors: bit i is made of 2^i unit capacitors
  kRamp,   ///< a ramp of 2^b steps that is compared with the input
  kFlash,  ///< 2^b - 1 comparators (a multilevel sense amplifier), or one
};

/// What converters do wrong, drawn for each of them once; in steps of their codes unless said otherwise.
struct ConverterErrors {
  ConverterType type = ConverterType::kSar;
  /// Standard deviation of a unit capacitor (SAR) or of a step (ramp), relative; of the threshold of a comparator
  /// (flash), in steps of the code.
  double mismatch_sigma = 0.0;
  double offset_sigma = 0.0;  ///< standard deviation of the offsets of converters
  double gain_sigma = 0.0;    ///< of their gains, relative
  double noise_sigma = 0.0;   ///< of each conversion

  bool errs() const { return mismatch_sigma != 0.0 || offset_sigma != 0.0 || gain_sigma != 0.0 || noise_sigma != 0.0; }
};

/// Valid ranges are given with each member; check() enforces them.
struct CrossbarConfig {
  int rows = 128;             ///< cells per column of one array, 1..4096
  int columns = 128;          ///< cells per row of one array, 1..16384
  int active_rows = 0;        ///< rows driven together; an array of more is read several times a step; 0: all; 0..4096
  int cell_bits = 2;          ///< 1..8; a cell has L = 2^cell_bits levels
  int weight_bits = 16;       ///< 1..16
  int input_bits = 16;        ///< 1..16
  bool input_signed = false;  ///< two's complement; the sign bit is a step of its own, weighted -2^(b-1)
  int dac_bits = 1;           ///< input bits driven per step, 1..8
  InputCoding input_coding = InputCoding::kAmplitude;  ///
  WeightEncoding encoding = WeightEncoding::kFlip;     ///
  int adc_bits = 8;                                    ///< 1..24 (differential: 2..24), and adc_bits + input_bits <= 31
  AdcRange adc_range = AdcRange::kUnitStep;            ///
  double adc_percentile = 99.9;  ///< for kPercentile: share of |sums| inside the range, in %, above 0 to 100
  AdcRangeOf adc_range_of = AdcRangeOf::kSlice;       ///< for kPercentile
  SliceLayout slice_layout = SliceLayout::kTogether;  ///
  ConverterErrors adc = {};                           ///< each >= 0
  int columns_per_adc = 1;                            ///< cells of a row beside each other that share a converter, >= 1
  bool noise_per_cell = false;  ///< draw the noise of reads cell by cell; the same distribution, much slower
  ArrayWires wires = {};        ///< interleaved: pairs only; inputs that open gates: one bit at a time

  /// Throws Error(kInput) at `where`, naming the value, the rule and the nearest valid choice.
  void check(const Where& where = {}) const;

  int levels() const { return 1 << cell_bits; }
  /// Signed codes: pairs are subtracted before they are converted.
  bool differential() const {
    return encoding == WeightEncoding::kDifferential || encoding == WeightEncoding::kTwoSided;
  }

  /// Slices of one weight: ceil(b / cell_bits); differential ones hold the b-1 bits of the magnitude (at least one).
  int slices() const;
  int cells_per_slice() const { return differential() ? 2 : 1; }
  int cells_per_weight() const { return slices() * cells_per_slice(); }
  /// Arrays that hold the slices of the same weights: slices() where these lie apart, else 1.
  int slice_arrays() const { return slice_layout == SliceLayout::kApart ? slices() : 1; }
  int slices_per_array() const { return slices() / slice_arrays(); }
  /// Cells of one weight beside each other in an array.
  int columns_per_weight() const { return slices_per_array() * cells_per_slice(); }
  /// Cells of a row that measure the sum of inputs, not weights.
  int unit_columns() const { return encoding == WeightEncoding::kOffsetColumn ? 1 : 0; }
  int unit_level() const { return levels() / 2; }
  /// Weights (or one slice of each) beside each other in one array.
  int weights_per_array() const { return (columns - unit_columns()) / columns_per_weight(); }
  /// Columns (differential: pairs) that a read of an array with so many weights converts.
  int columns_converted(int weights) const { return weights * slices_per_array() + unit_columns(); }
  std::int64_t columns_converted(std::int64_t weights) const { return weights * slices_per_array() + unit_columns(); }
  /// Whether every read needs the sum of the inputs, made digitally.
  bool sums_inputs() const { return encoding == WeightEncoding::kOffset || encoding == WeightEncoding::kFlip; }
  /// Groups of rows that an array with so many rows drives one after the other in a step.
  std::int64_t row_groups(std::int64_t of_rows) const {
    return active_rows == 0 ? 1 : (of_rows + active_rows - 1) / active_rows;
  }
  /// Rows driven together in a full array.
  int rows_together() const { return active_rows == 0 || active_rows > rows ? rows : active_rows; }
  /// Bits of a weight that one array is written with.
  int stored_bits() const { return slice_arrays() == 1 ? weight_bits : cell_bits + (differential() ? 1 : 0); }

  /// Whether a weight code can be stored: two's complement range for b > 1, for differential slices also limited by
  /// the bits of the magnitude; -1 and +1 for b = 1 (differential also 0).
  bool holds(int weight) const;
  /// Smallest and largest code that can be stored.
  int weight_min() const;
  int weight_max() const;

  /// Steps in which one input is driven: ceil(b / dac_bits); signed ceil((b-1) / dac_bits) + 1.
  int steps() const;
  /// Pulses of a step, one behind the other.
  int pulses() const { return input_coding == InputCoding::kPulseWidth ? (1 << dac_bits) - 1 : 1; }
  /// Whether every driven row is at the same voltage.
  bool one_voltage() const { return dac_bits == 1 || input_coding == InputCoding::kPulseWidth; }
  /// Largest digit that a step drives.
  int digit_max() const;

  /// Largest |column sum| of one read of a full array of ideal cells, in level units.
  std::int64_t sum_bound() const;
  /// The same of a column that measures the sum of inputs.
  std::int64_t unit_sum_bound() const { return std::int64_t{rows_together()} * unit_level() * digit_max(); }
  /// Bits that hold every sum over `arrays` arrays of one column, slices or row blocks: what a partial sum takes on its
  /// way to another tile. weight_bits + input_bits + ceil(log2(rows)) + ceil(log2(row blocks)); arrays >= 1.
  int sum_bits(std::int64_t arrays) const;
  /// Fewest bits with which a converter of unit step never clips on ideal cells.
  int lossless_adc_bits() const;
};

}  // namespace cimera::ops
