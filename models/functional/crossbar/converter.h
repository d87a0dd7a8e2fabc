// The analog-to-digital conversion of one column sum: code = clamp(round_half_even(sum / lsb)).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/functional/crossbar/config.h"

namespace cimera::functional {

/// The converters of a layer. Steps are in level units and have at most 10 significant bits, so that shift-and-add sums
/// of codes stay exact in a double and partial sums may be added in any order.
struct Converter {
  std::vector<double> lsb;  ///< by slice of a weight
  double unit_lsb = 1.0;    ///< of columns that measure the sum of inputs: unit step, or what never clips
  std::int32_t min_code = 0, max_code = 255;

  /// `limits`, by slice, in level units: the largest |sum| that calibration asks for; needed for (and only for)
  /// AdcRange::kPercentile. Throws Error(kRun) where they are missing.
  explicit Converter(const CrossbarConfig& config, std::span<const double> limits = {});

  /// True when sums of `lowest`..`highest` whole level units of a slice pass without loss.
  bool lossless(int slice, std::int64_t lowest, std::int64_t highest) const {
    return lsb[static_cast<std::size_t>(slice)] == 1.0 && lowest >= min_code && highest <= max_code;
  }
};

}  // namespace cimera::functional
