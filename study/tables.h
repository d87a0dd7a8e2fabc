// Results for people: tables for a terminal.
#pragma once

#include <string>

#include "study/result.h"

namespace cimera::study {

/// Machines beside each other: time, energy, area, efficiency, accuracy, where the energy goes, and what was assumed.
/// The best of each column is marked, per batch size; figures that are unknown take no part.
std::string compare_text(const Report& report);

/// The same of one machine in depth: also layer by layer, busiest units, and what was counted.
std::string run_text(const Report& report);

}  // namespace cimera::study
