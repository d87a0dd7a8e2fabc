// The real numbers that integer codes stand for.
#pragma once

#include <cstdint>
#include <span>

#include "core/error.h"

namespace cimera::workloads {

/// Codes low .. high, each standing for scale * (code - zero_point): the linear quantisation of ONNX's QuantizeLinear.
struct CodeGrid {
  float scale = 1.0F;           ///< above 0, finite
  std::int32_t zero_point = 0;  ///< the code of 0, low .. high
  std::int32_t low = 0, high = 255;

  bool operator==(const CodeGrid&) const = default;
  /// Bits of a code: of high - low, 1 to 16.
  int bits() const;
  /// Rounds values to the nearest that has a code, half to even, with the FP32 arithmetic of ONNX; NaN stays NaN.
  void snap(std::span<float> values) const;
  /// Throws Error(kInput) at `where` for what the members' comments do not allow.
  void check(const Where& where) const;
};

}  // namespace cimera::workloads
