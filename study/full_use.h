// What a machine is and reaches with everything at work, from its component table alone.
#pragma once

#include <string>

#include "models/ops/machine.h"

namespace cimera::study {

/// A table of the components (power at full use and its share, area, price of an event) and of the levels that hold
/// them, and the machine's peak rates.
std::string full_use_text(const ops::MachineSpec& machine);

}  // namespace cimera::study
