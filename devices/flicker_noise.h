// 1/f noise of cells at any read, as a pure function of the read's index: Voss's sum of random numbers that are renewed
// every 1, 2, 4, ... reads (Gardner, "White and brown music, fractal curves and one-over-f fluctuations", Scientific
// American 238 (1978) 16; McCartney's variant is the same sum).
#pragma once

#include <cstdint>
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
  friend class FlickerLine;

  std::vector<Stream> octaves_;
};

/// The noise of one line, read by read: the same numbers, and for reads that follow each other two normals a cell and
/// read instead of K. One thread uses it; it refers to `noise`.
class FlickerLine {
 public:
  FlickerLine(const FlickerNoise& noise, std::size_t cells);

  /// As FlickerNoise::normal(). The result holds until the next call.
  std::span<const float> at(const Stream::Address& at);

 private:
  const FlickerNoise& noise_;
  std::size_t cells_;
  Stream::Address last_;
  bool first_ = true;
  std::vector<float> sums_;  ///< [octave][cell]: sum of this octave and all slower ones
  std::vector<float> out_;
};

}  // namespace cimera::devices
