// Arrays that integrate the bits of an input one after another and then convert what they have integrated, step by
// step: the voltage-mode neurons of NeuRRAM (Wan et al., Nature 608, 2022).
#pragma once

#include <cstdint>
#include <vector>

#include "core/duration.h"
#include "core/schema.h"
#include "models/ops/crossbar_config.h"

namespace cimera::ops {

/// Times of such a read, beside that of one integration (CrossbarPipeline::array_read). An input step ("phase") drives
/// a digit bit by bit; bit k is integrated 2^k times. Then every column is converted, one decision a bit of the result;
/// a later phase decides only on what the earlier ones have left, result bits - bits driven in earlier phases.
struct SerialRead {
  Duration decision;  ///< one decision of a converter
  Duration phase;     ///< between phases, sampling included
};
Schema<SerialRead> schema(const SerialRead*);

/// What one product takes in all its phases together.
struct SerialCounts {
  std::int64_t phases = 0;
  std::int64_t planes = 0;        ///< bits of an input
  std::int64_t integrations = 0;  ///< sum over phases of 2^bits - 1
  std::int64_t decisions = 0;     ///< of one converter; at least one a phase
};
SerialCounts serial_counts(const CrossbarConfig& config);

/// Bits of a digit: an input of up to `whole` bits is driven in one phase, a longer one in two, the first of
/// ceil(bits / 2). `input_bits` without the sign, at least 1.
int phase_bits(int input_bits, int whole);

}  // namespace cimera::ops
