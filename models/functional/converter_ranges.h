// Ranges of a machine's converters from data, layer by layer.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "models/ops/crossbar_machine.h"
#include "workloads/dataset.h"
#include "workloads/quantize.h"

namespace cimera::functional {

/// By layer of a network and slice of a weight: the largest |column sum| that the converters are made for, in level
/// units. Empty for machines whose ranges do not come from data.
using ConverterRanges = std::map<std::uint32_t, std::vector<double>>;

/// Images whose sums are looked at; more change a percentile hardly.
inline constexpr std::int64_t kRangeImages = 64;

/// Runs the first kRangeImages of `images` through the network in exact integers, and looks at the sums that each layer
/// would give in the machine's arrays with ideal cells and wires. Nothing for AdcRange other than kPercentile. Results
/// do not depend on threads. Throws Error(kInput) where ranges are to come from data and there are none.
ConverterRanges calibrate_converters(const ops::CrossbarMachine& machine, const workloads::QuantizedNetwork& network,
                                     const workloads::Batch& images);

}  // namespace cimera::functional
