// Who wants to know how far a run is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace cimera::study {

/// Told after each step: what is done, and how many of how many steps. May be empty. Called from one thread.
using Progress = std::function<void(const std::string& what, std::int64_t done, std::int64_t total)>;

}  // namespace cimera::study
