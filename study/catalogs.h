// What ships with cimera, by name.
#pragma once

#include <string>
#include <vector>

namespace cimera::study {

/// Names of devices/catalog, sorted.
std::vector<std::string> device_names();

}  // namespace cimera::study
