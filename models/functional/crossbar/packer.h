// Input codes of a block of positions, cut into digit rows once for all arrays that share the rows.
#pragma once

#include <cstdint>
#include <vector>

#include "models/functional/crossbar/aligned.h"
#include "models/functional/crossbar/array.h"
#include "models/functional/crossbar/planes.h"

namespace cimera::functional {

/// Working memory of one thread.
class InputPacker {
 public:
  /// For row blocks of at most `rows` rows.
  InputPacker(const ArraySetting& setting, const PlaneKernels& kernels, int rows);

  /// Positions of one block: as many as fit the level-2 cache, at most 64.
  int capacity() const { return capacity_; }

  /// Takes codes[position][row], `stride` from position to position, for up to capacity() positions. Throws Error(kRun)
  /// when a code is out of range.
  void take(const std::int32_t* codes, std::int64_t stride, int positions, int rows);

  /// What was taken, in the form of the planes or in that of the exact shortcut; made when first asked for. `steps`,
  /// `first_read`: see PackedInputs.
  PackedInputs packed(bool whole, std::int64_t steps, std::uint64_t first_read = 0);

 private:
  struct Panel {
    AlignedArray<std::uint32_t> digits;
    std::int64_t stride = 0;
    bool made = false;
  };
  void square_digits();
  [[noreturn]] void refuse(const std::int32_t* codes, int rows) const;

  const ArraySetting& setting_;
  const PlaneKernels& kernels_;
  int capacity_ = 0, positions_ = 0, rows_ = 0, places_ = 0;
  std::int64_t code_stride_;
  AlignedArray<std::uint16_t> codes_;  // [position][code_stride_], zero where no row is
  AlignedArray<double> sums_;
  std::vector<std::int64_t> squares_;
  Panel planes_, whole_;
  AlignedArray<float> squared_digits_;  // of planes_, where noise of the output is drawn
  std::int64_t square_stride_ = 0;
};

}  // namespace cimera::functional
