// The analog-to-digital conversion of one column sum: code = clamp(round_half_even(sum / lsb)).
#pragma once

#include <cstdint>

#include "models/functional/crossbar/config.h"

namespace cimera::functional {

/// One converter of a machine. `lsb` is in level units and has at most 10 significant bits, so that shift-and-add sums
/// of codes stay exact in a double and partial sums may be added in any order.
struct Converter {
  double lsb = 1.0;
  std::int32_t min_code = 0, max_code = 255;

  explicit Converter(const CrossbarConfig& config);

  /// True when sums of `lowest`..`highest` whole level units pass without loss.
  bool lossless(std::int64_t lowest, std::int64_t highest) const {
    return lsb == 1.0 && lowest >= min_code && highest <= max_code;
  }
};

}  // namespace cimera::functional
