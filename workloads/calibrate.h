// The ranges of the values that enter the weighted layers, measured by FP32 inference.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/dataset.h"
#include "workloads/network.h"
#include "workloads/quantize.h"

namespace cimera::workloads {

/// The range that the input codes of a layer are to cover: low <= 0 <= high.
struct ActivationRange {
  double low = 0.0, high = 0.0;
};

/// Real value of one step of codes of `bits` bits that cover the range: unsigned where low is 0, else two's complement.
double code_step(const ActivationRange& range, int bits);

/// One range per layer of the network (unused for layers without weights). See quantize() for the errors.
std::vector<ActivationRange> calibrate(const Network& network, const QuantizeOptions& options, const Batch& data);

/// How many of the magnitudes of a set of values lie in each of equal bins over [0, limit]; zeros are not counted.
struct Histogram {
  static constexpr std::int64_t kBins = std::int64_t{1} << 14;
  double limit = 0.0;
  std::int64_t zeros = 0;
  std::vector<std::int64_t> counts = std::vector<std::int64_t>(kBins, 0);

  double width() const { return limit / static_cast<double>(kBins); }
  void add(float value);
  void merge(const Histogram& other);
  /// Smallest bin edge below which lie at least `percent` % of all magnitudes, zeros included.
  double percentile(double percent) const;
  /// The clipping in steps of limit / 100 that makes the mean square error of codes with step clip / `steps` smallest.
  /// Where a step covers fewer than 8 bins, rounding errors are taken as uniform (step^2 / 12).
  double best_clip(std::int64_t steps) const;
};

}  // namespace cimera::workloads
