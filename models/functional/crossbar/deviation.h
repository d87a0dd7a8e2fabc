// What a conversion sees besides the programmed cells: noise of reads, and offset and noise of its converter.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/stream.h"
#include "devices/cell_model.h"
#include "devices/flicker_noise.h"
#include "models/functional/crossbar/aligned.h"
#include "models/functional/crossbar/array_setting.h"
#include "models/functional/crossbar/encode.h"
#include "models/functional/crossbar/planes.h"

namespace cimera::functional {

/// Working memory of one thread.
struct DeviationScratch {
  AlignedArray<float> normals;    // [digit row][columns]
  AlignedArray<float> cells;      // the same: what cells add, in level units, where they draw one by one
  AlignedArray<float> variances;  // [digit row][kSumStride]
  AlignedArray<float> deviation;  // the same, in codes
};

/// Of one array. Every read of an array at one position and step is addressed by a 64-bit index, so that its noise
/// depends on nothing else.
///
/// Noise of cells in two ways. Per cell: a normal for every cell of a driven row and read (the reference, and the only
/// way for 1/f noise, whose reads depend on each other). Of the output: a column's noise is the sum of independent
/// normals, so one normal of variance sum over rows of (digit * sigma)^2 has the same distribution exactly, as long as
/// each read has noise of its own; it costs one more product. A digit d takes d times the noise of digit 1, as noise
/// of a conductance does.
class Deviation {
 public:
  /// `levels`: effective levels, [cell column][row] of `cells`.
  Deviation(const ArraySetting& setting, const devices::CellModel* cell, const CellBlock& cells,
            std::span<const float> levels, const Stream& stream, std::uint32_t unit);

  /// Offset and gain error of the converter of each sensed column, in codes and relative.
  float offset(int column) const { return offset_[column]; }
  float gain_error(int column) const { return gain_error_[static_cast<std::size_t>(column)]; }

  /// Thresholds of converters whose parts do not match, and by column where those of its converter begin, as
  /// Conversion has them; null where they match.
  const float* thresholds() const { return thresholds_.empty() ? nullptr : thresholds_.data(); }
  const std::int32_t* table() const { return table_.data(); }

  /// Draws what all columns need for the reads of a group of rows at some positions.
  void draw(const ArraySetting& setting, const PackedInputs& inputs, int row_group, int first_position, int positions,
            DeviationScratch& scratch) const;

  /// Deviations of the groups [group, group + groups) at some of the positions that draw() was called for; `row` is
  /// their first digit row among those. `gain`: codes per level unit, by column. The result, [digit row][kSumStride],
  /// is in the scratch.
  const float* at(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs, int row_group,
                  int first_position, int positions, int row, int group, int groups, const float* gain,
                  DeviationScratch& scratch) const;

 private:
  void hold_variances(const CellBlock& cells, std::span<const float> sigma);
  void add_cells(const PackedInputs& inputs, int row_group, std::int64_t first_row, int rows, float* sums) const;

  int rows_, columns_, padded_;  // sensed columns, and up to whole groups
  std::uint32_t unit_;
  Stream cell_noise_, converter_noise_;
  std::unique_ptr<const devices::FlickerNoise> flicker_;
  RowGroups row_groups_;
  AlignedArray<float> variance_;  // of the output: [group][place][kGroupColumns]
  std::vector<float> sigma_;      // per cell: [cell column][row], with the sign of the cell
  std::vector<int> sensed_of_;    // per cell, by cell column
  AlignedArray<float> offset_;
  std::vector<float> gain_error_;
  std::vector<float> thresholds_;
  AlignedArray<std::int32_t> table_;
};

}  // namespace cimera::functional
