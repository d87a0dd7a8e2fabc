// What a crossbar did, in whole events, and what it measured. Counted by the code that does the work.
#pragma once

#include <cstdint>

#include "models/ops/joule_sum.h"

namespace cimera::functional {

struct CrossbarCounts {
  std::int64_t cells_programmed = 0;     ///< cells given a target level; both cells of a differential pair
  std::int64_t input_bits = 0;           ///< bits written into the input registers of the arrays' rows
  std::int64_t array_reads = 0;          ///< one per array, position and step
  std::int64_t row_drives = 0;           ///< DAC events: one per mapped row and array read, whatever the digit
  std::int64_t sample_holds = 0;         ///< columns (differential: pairs) held; equals the conversions
  std::int64_t adc_conversions = 0;      ///< columns (differential: pairs) converted; unused columns are not
  std::int64_t shift_adds = 0;           ///< one per conversion; offset and flip: one more per array read (input sum)
  std::int64_t clipped_conversions = 0;  ///< conversions whose rounded sum lay outside the codes
  ops::JouleSum cell_read = {};          ///< dissipated in the cells, see cell_read.h; 0 unless it is measured
  ops::JouleSum adc_column = {};         ///< what converters drew for the conductance of columns; the same

  CrossbarCounts& operator+=(const CrossbarCounts& other);
  friend bool operator==(const CrossbarCounts&, const CrossbarCounts&) = default;
};

inline CrossbarCounts& CrossbarCounts::operator+=(const CrossbarCounts& other) {
  cells_programmed += other.cells_programmed;
  input_bits += other.input_bits;
  array_reads += other.array_reads;
  row_drives += other.row_drives;
  sample_holds += other.sample_holds;
  adc_conversions += other.adc_conversions;
  shift_adds += other.shift_adds;
  clipped_conversions += other.clipped_conversions;
  cell_read += other.cell_read;
  adc_column += other.adc_column;
  return *this;
}

}  // namespace cimera::functional
