// The value-determining parameters of a crossbar machine live with the machine contract, where mapping reads them too.
#pragma once

#include "models/ops/crossbar_config.h"

namespace cimera::functional {

using ops::AdcRange;
using ops::AdcRangeOf;
using ops::CrossbarConfig;
using ops::InputCoding;
using ops::SliceLayout;
using ops::WeightEncoding;

}  // namespace cimera::functional
