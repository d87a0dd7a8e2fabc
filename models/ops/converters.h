// What the converters that a machine names give it: devices/converters by its resolution and its node.
#pragma once

#include <string>
#include <vector>

#include "core/schema.h"
#include "models/ops/conditions.h"
#include "models/ops/crossbar_machine.h"

namespace cimera::ops {

/// How the source of a figure begins that a converter gave.
inline constexpr std::string_view kFromConverter = "the converter, ";

/// Gives each component of `machine`, called `name`, that names a converter its energy, its area (of `count` of them)
/// and what it draws for a column, where these are unknown; and the machine its adc_rate, where that is. Known figures
/// stay. `fields` and `withdrawn` are brought up to date; a family that has no such resolution at the node is added to
/// `withdrawn`, with the nearest that it has. Throws Error(kInput) when the machine has no feature size, when it
/// converts faster than the converter can, when a family has no linear term of the column that is to be measured, and
/// for an unknown family.
void take_converters(const std::string& name, CrossbarMachine& machine, std::vector<FieldInfo>& fields,
                     std::vector<Withdrawn>& withdrawn);

}  // namespace cimera::ops
