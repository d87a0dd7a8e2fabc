// What the arrays of a layer share, and the form in which their operands are held.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "devices/cell_model.h"
#include "models/functional/crossbar/cell_read.h"
#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/converter.h"
#include "models/functional/crossbar/planes.h"

namespace cimera::functional {

/// How the operands of a layer are held: the width of a digit and the digits of an input code.
struct OperandForm {
  Lane lane;
  StepPlan plan;

  /// Words of a digit row for so many places.
  int words(int places) const { return (places + lanes_per_word(lane) - 1) / lanes_per_word(lane); }
  /// Positions that fill whole tiles, and at least two of them.
  int chunk() const;
};

/// The rows of an array in the groups that are driven together. Operands hold each group from a whole word on.
class RowGroups {
 public:
  RowGroups(const CrossbarConfig& config, int rows)
      : rows_(rows),
        together_(std::min(rows, config.rows_together())),
        padded_(together_ == rows ? rows : (together_ + 3) / 4 * 4) {}

  int count() const { return (rows_ + together_ - 1) / together_; }
  int size(int group) const { return std::min(together_, rows_ - group * together_); }
  int first_row(int group) const { return group * together_; }
  /// Places of operands, with the unused ones at the end of a group.
  int places() const { return count() * padded_; }
  int first_place(int group) const { return group * padded_; }
  int place(int row) const { return row / together_ * padded_ + row % together_; }

 private:
  int rows_, together_, padded_;
};

/// How the noise of reads is computed.
enum class NoiseDraws { kNone, kOutput, kPerCell };

/// What all arrays of a layer share.
struct ArraySetting {
  CrossbarConfig config;
  Converter converter;
  OperandForm planes;  ///< the machine's own steps and slices
  OperandForm whole;   ///< whole weight codes and digits as wide as the sums allow: the exact shortcut
  bool shortcut;       ///< take it where nothing is lost
  NoiseDraws noise = NoiseDraws::kNone;
  bool deviates() const { return noise != NoiseDraws::kNone || config.adc.errs(); }
  std::optional<CellRead> cell_read = std::nullopt;   ///< where the energy of reads is measured
  std::optional<CellRead> adc_column = std::nullopt;  ///< where that of converters is
  bool measures() const { return cell_read || adc_column; }
};

/// How the arrays of a layer are to be computed.
struct ArrayChoice {
  const devices::CellModel* cell = nullptr;  ///< null: cells that hold their levels exactly and read without noise
  bool shortcut = true;                      ///< ArraySetting::shortcut
  std::vector<double> adc_limits = {};       ///< see Converter
};

/// The setting of arrays of a layer with `layer_rows` rows. Checks the configuration.
ArraySetting array_setting(const CrossbarConfig& config, const PlaneKernels& kernels, int layer_rows,
                           const ArrayChoice& choice);

/// Inputs of a few positions to the rows of one array, as digit rows of one form.
struct PackedInputs {
  int positions = 0;
  const std::uint32_t* digits = nullptr;  ///< readable up to a whole number of tiles
  std::int64_t stride = 0;                ///< words
  const double* input_sum = nullptr;      ///< [positions]: sum of the codes
  std::int64_t steps = 0;                 ///< input steps executed, of all positions together
  std::uint64_t first_read = 0;           ///< index of the first read; position p and step t are that + p * steps + t
  /// [digit row][square_stride]: squared digits of the rows of the array; where noise of the output is drawn
  const float* squared_digits = nullptr;
  std::int64_t square_stride = 0;
  const std::int64_t* squares = nullptr;  ///< [rows]: sum of the squared digits; where the energy of reads is measured
};

}  // namespace cimera::functional
