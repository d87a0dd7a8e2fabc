// Converter ranges from data: what the columns of a layer sum to on calibration inputs, with ideal cells.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "models/functional/crossbar/array.h"
#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/encode.h"
#include "models/functional/crossbar/histogram.h"
#include "models/functional/crossbar/planes.h"

namespace cimera::functional {

/// The sums of a weight matrix's columns over any number of calibration inputs.
class RangeCalibration {
 public:
  RangeCalibration(const CrossbarConfig& config, const WeightBlock& weights);

  /// Adds the sums that these inputs, codes[positions][rows], give with ideal cells and wires in every array and step.
  /// Runs on the calling thread; may be called from several.
  void observe(std::span<const std::int32_t> codes, std::int64_t positions);

  /// By slice, the sums of all calls.
  const std::vector<SumHistogram>& sums() const { return sums_; }

 private:
  PlaneKernels kernels_;
  ArraySetting setting_;
  int rows_;
  std::vector<ProgrammedArray> arrays_;  // by row block
  std::vector<SumHistogram> sums_;
  std::mutex mutex_;
};

/// CrossbarOptions::adc_limits, as config.adc_percentile and adc_range_of ask for.
std::vector<double> converter_limits(const CrossbarConfig& config, std::span<const SumHistogram> by_slice);

}  // namespace cimera::functional
