// Where the codes of a converter begin when its parts do not match.
#pragma once

#include <cstdint>
#include <vector>

#include "core/stream.h"
#include "models/functional/crossbar/config.h"

namespace cimera::functional {

/// Thresholds of one converter of `bits` bits, 2^bits - 1 of them, rising: the lowest input, in steps of the code above
/// the lowest code, at which the code is 1, 2, ... Without mismatch they are 0.5, 1.5, ...
///
/// - SAR: capacitor i is the sum of 2^i unit capacitors of 1 + sigma * n each, and there is one unit more; their
/// weights
///   are shares of the sum of all, times 2^bits. Bits are decided from the highest on, so with a[k] the weight of the
///   capacitors of code k, code k or more is reached at min(a[k], a[the bits of k above i, and bit i]) over the bits i
///   that k does not have.
/// - Ramp: step k is 1 + sigma * n; the steps are scaled so that the last threshold is where it should be.
/// - Flash: threshold k - 1/2 + sigma * n; the code is the number of comparators that have flipped, whatever their
/// order.
///
/// Converter c of array `unit` uses line c of the stream.
std::vector<float> converter_thresholds(const ops::ConverterErrors& errors, int bits, const Stream& stream,
                                        std::uint32_t unit, std::uint32_t converter);

}  // namespace cimera::functional
