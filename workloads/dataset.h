// Images with labels, as a network is fed: float, NCHW.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/network.h"

namespace cimera::workloads {

/// A block of samples, row-major; `shape` is that of one sample without the batch (C, H, W).
struct Batch {
  std::int64_t first = 0;  ///< index of sample 0 in the data set it was taken from; addresses random streams
  std::int64_t count = 0;
  Shape shape;
  std::vector<float> values;         ///< [count][elements(shape)]
  std::vector<std::int32_t> labels;  ///< [count]; empty when the data have none
};

/// How raw samples become network input: (x / scale - mean[c]) / std[c].
struct InputTransform {
  double scale = 1.0;
  std::vector<double> mean, std;  ///< per channel, or empty for 0 and 1
};

/// The samples to evaluate on, with their origin for the report.
struct Dataset {
  std::string name;  ///< as the user wrote it, "synthetic digits (seed 1)"
  Batch samples;     ///< raw values, before InputTransform

  std::int64_t size() const { return samples.count; }
};

/// Rows [begin, begin + count) with the transform applied; throws when the channels do not match.
Batch take(const Dataset& data, std::int64_t begin, std::int64_t count, const InputTransform& transform);

}  // namespace cimera::workloads
