// Machines of different sizes beside each other: as many copies of each as have the area, or draw the power, of one of
// them.
#pragma once

#include <string>
#include <vector>

#include "study/result.h"

namespace cimera::study {

/// Sets Result::normalized of every result whose size and that of `reference` at the same batch size are known; none
/// for Normalize::kNone. Copies may be a fraction: what a larger or smaller machine of the same kind would do.
void normalize(Normalize by, const std::string& reference, std::vector<Result>& results);

/// One row per machine and batch size.
std::string normalized_table(const Report& report);
/// What the copies of `report` share: "area of cpu_ddr4".
std::string normalized_by(const Report& report);

}  // namespace cimera::study
