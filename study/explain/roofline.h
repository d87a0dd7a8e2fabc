// The roofline of a machine, and where each layer lies below it.
//
// Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for multicore architectures",
// Communications of the ACM 52 (2009): attainable speed = min(peak, bandwidth x operations per byte).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/ops/event.h"
#include "study/machines.h"
#include "study/result.h"

namespace cimera::study {

/// A speed that no layer exceeds, from the machine's file.
struct Peak {
  std::string name;             ///< "all 16,128 arrays"
  double ops_per_second = 0.0;  ///< a multiply-accumulate is 2
};

/// A level that data pass on their way to where they are computed.
struct Level {
  std::string name;  ///< "host memory"
  double bytes_per_second = 0.0;
  std::vector<ops::Event> traffic;  ///< events that count the bits that pass
};

/// A layer: `speed` is its operations over the time from the first start to the last end of what computes it, or over
/// what its busiest unit takes where that is longer: moves of data may run ahead.
struct RooflinePoint {
  std::string layer;
  double operations = 0.0;  ///< of the batch
  double speed = 0.0;       ///< operations per second
  double alone = 0.0;       ///< operations per second if its busiest unit never waited
  std::size_t level = 0;    ///< the level that takes the longest for its bytes
  double bytes = 0.0;       ///< through that level; 0: none pass any level
  double roof = 0.0;        ///< operations per second: the lowest peak, or what the level allows

  double intensity() const { return operations / bytes; }  ///< operations per byte; bytes > 0
};

struct Roofline {
  std::vector<Peak> peaks;  ///< highest first
  std::vector<Level> levels;
  std::vector<RooflinePoint> points;

  double peak() const { return peaks.back().ops_per_second; }  ///< the lowest
};

/// Peaks and levels of a machine of which a network uses `arrays` arrays on `tiles` tiles (0 for a host).
Roofline machine_roofline(const Machine& machine, std::int64_t arrays, std::int64_t tiles);

/// With a point for each layer that does arithmetic and takes time.
Roofline roofline(const Machine& machine, const workloads::Network& network, const Result& result);

}  // namespace cimera::study
