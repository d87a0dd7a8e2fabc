// 1/f noise of cells at any read, as a pure function of the read's index: Voss's sum of random numbers that are renewed
// every 1, 2, 4, ... reads (Gardner, "White and brown music, fractal curves and one-over-f fluctuations", Scientific
// American 238 (1978) 16; McCartney's variant is the same sum).
#pragma once

#include <span>
#include <vector>

#include "core/stream.h"

namespace cimera::devices {

/// With K octaves, the noise of a cell at read r is K^(-1/2) times the sum over k = 0..K-1 of a standard normal that is
/// addressed by (k, r >> k). Its standard deviation is 1, and its power spectrum falls as 1/f from f_read / 2^K to
/// f_read / 2, where f_read is the rate of reads (within 0.5 dB: it is a sum of steps). Reads may be asked for in any
/// order.
class FlickerNoise {
 public:
  /// `octaves` is 1..64.
  FlickerNoise(const Stream& stream, int octaves);

  int octaves() const { return static_cast<int>(octaves_.size()); }

  /// Element i is the noise of cell i of line (at.unit, at.line) at read at.read; it does not depend on out.size().
  void normal(const Stream::Address& at, std::span<float> out) const;

 private:
  std::vector<Stream> octaves_;
};

}  // namespace cimera::devices
