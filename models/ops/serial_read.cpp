#include "models/ops/serial_read.h"

#include <algorithm>

namespace cimera::ops {
namespace {

/// Bits of the digit of each input step; a sign is a step of one bit.
std::vector<int> digit_widths(const CrossbarConfig& config) {
  std::vector<int> widths;
  const int magnitude = config.input_bits - (config.input_signed ? 1 : 0);
  for (int at = 0; at < magnitude; at += config.dac_bits) widths.push_back(std::min(config.dac_bits, magnitude - at));
  if (config.input_signed) widths.push_back(1);
  return widths;
}

}  // namespace

Schema<SerialRead> schema(const SerialRead*) {
  using T = SerialRead;
  return Schema<T>("serial read", "arrays that integrate an input bit by bit and then convert, decision by decision")
      .need("decision", &T::decision, "time of one decision of a converter, one a bit of its result")
      .positive()
      .need("phase", &T::phase, "time between two phases, sampling included")
      .positive();
}

SerialCounts serial_counts(const CrossbarConfig& config) {
  SerialCounts counts;
  for (const int bits : digit_widths(config)) {
    counts.decisions += std::max<std::int64_t>(1, config.adc_bits - counts.planes);
    counts.planes += bits;
    counts.integrations += (std::int64_t{1} << bits) - 1;
    ++counts.phases;
  }
  return counts;
}

int phase_bits(int input_bits, int whole) { return input_bits <= whole ? whole : (input_bits + 1) / 2; }

}  // namespace cimera::ops
