// One programmed crossbar array and its reads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/stream.h"
#include "devices/cell_model.h"
#include "models/functional/crossbar/aligned.h"
#include "models/functional/crossbar/array_setting.h"
#include "models/functional/crossbar/counts.h"
#include "models/functional/crossbar/deviation.h"
#include "models/functional/crossbar/encode.h"
#include "models/functional/crossbar/histogram.h"
#include "models/functional/crossbar/planes.h"
#include "models/functional/crossbar/wired_cells.h"

namespace cimera::functional {

/// Working memory of read(), for one thread.
struct ArrayScratch {
  ArrayScratch(const ArraySetting& setting, int positions);

  AlignedArray<std::int32_t> sums, totals;
  DeviationScratch deviation;
};

/// Holds effective levels as fixed-point numbers of fraction_bits() bits (0 for ideal cells, whose levels are whole;
/// else as many as int16 values and 32-bit sums allow): an effective level is off by at most 2^-(fraction_bits() + 1),
/// far below any programming error, and every sum is exact, so that results depend neither on the order of additions
/// nor on the processor. When cells are ideal and the converter loses nothing on any sum that these columns can give,
/// the array holds the weight codes instead and read() is one exact integer product.
///
/// Where wires resist, the effective levels are those of the whole array (WiredCells). Where the input changes what the
/// wires do (it opens gates), the circuit is solved for every step instead: each sum is rounded to fraction_bits().
class ProgrammedArray {
 public:
  /// Programs the cells as programmed_levels() does; null: cells without wires that hold their levels exactly.
  ProgrammedArray(const ArraySetting& setting, const devices::CellModel* cell, const WeightBlock& weights,
                  SliceRange slices, const Stream& stream, std::uint32_t unit);

  int rows() const { return rows_; }
  int weights() const { return weights_; }
  SliceRange slices() const { return slices_; }
  bool exact() const { return exact_; }
  int fraction_bits() const { return fraction_bits_; }
  const OperandForm& form(const ArraySetting& setting) const { return exact_ ? setting.whole : setting.planes; }

  /// The level that a sensed column holds in a row (of a pair: the difference); `slice` counts from the first one of
  /// the array. Not for exact() arrays, nor where every step is solved.
  double level(const ArraySetting& setting, int row, int weight, int slice) const;

  /// out[p * out_stride + j] += sum over rows of x * w as the machine computes it; counts what it did. `inputs` are of
  /// form(setting).
  void read(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs, ArrayScratch& scratch,
            double* out, std::int64_t out_stride, CrossbarCounts& counts) const;

  /// Adds the sums of all columns and steps to the histograms of their slices. Not for exact() arrays and wires.
  void observe(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
               ArrayScratch& scratch, std::span<SumHistogram> by_slice) const;

 private:
  void hold_codes(const ArraySetting& setting, const WeightBlock& weights);
  /// Columns (or pairs) that a read converts.
  int sensed_columns() const { return weights_ * slices_.count() + units_; }
  /// `sensed`: the effective level of each sensed column in each row, as CellBlock orders them.
  void hold_levels(const ArraySetting& setting, bool ideal, const CellBlock& cells, std::span<const float> sensed);
  void store(int column, Lane lane, int row, int value);
  int positions_together(const ArraySetting& setting) const;
  std::int64_t read_planes(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                           ArrayScratch& scratch, double* out, std::int64_t out_stride) const;
  /// Column sums of all steps, of one group of rows, as the circuit gives them: [digit row][whole groups of columns],
  /// fixed-point numbers.
  std::vector<std::int32_t> solved_sums(const ArraySetting& setting, const PackedInputs& inputs, int row_group) const;
  std::int64_t convert_group(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                             int row_group, ArrayScratch& scratch) const;
  void multiply(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs, int row_group,
                int position, int positions, int group, int groups, std::int32_t* sums) const;
  void read_codes(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                  ArrayScratch& scratch, double* out, std::int64_t out_stride) const;

  int rows_, weights_;
  SliceRange slices_;
  RowGroups row_groups_;
  int units_;  // columns that measure the sum of inputs
  bool exact_ = false;
  int fraction_bits_ = 0;
  int words_ = 0, groups_ = 0;          // of the panel
  AlignedArray<std::uint32_t> panel_;   // cells: see planes.h
  AlignedArray<float> gain_;            // planes, by column; empty where sums are codes
  std::optional<Deviation> deviation_;  // where reads are noisy or converters err
  AlignedArray<float> level_gain_;      // there, by column: codes per level unit
  AlignedArray<double> factor_;         // planes: [slice][weight]; exact: [step][kSumStride]
  AlignedArray<double> constant_;       // planes: factors of the input sum; exact: what the bias of the inputs added
  std::optional<WiredCells> wired_;     // where every step is solved
  // Where they are measured, of a row driven with digit 1 for one step: of its cells, and of the converters.
  std::vector<ops::JouleSum> row_energy_, row_column_energy_;
};

}  // namespace cimera::functional
