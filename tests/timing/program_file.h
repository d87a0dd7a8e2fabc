// Programs of tests as YAML files, so that the numbers a result was computed from by hand stand beside the computation.
#pragma once

#include <filesystem>

#include "models/ops/program.h"

namespace cimera::timing {

/// Reads units, tasks and edges; tasks and units are named, a task moves or handles 100 elements of 8 bits.
ops::Program read_program(const std::filesystem::path& file);

}  // namespace cimera::timing
