// Whole-number arithmetic that several rooms need.
#pragma once

#include <cstdint>

namespace cimera {

/// n / d rounded up, for d > 0 and any n.
constexpr std::int64_t ceil_div(std::int64_t n, std::int64_t d) { return n / d + (n % d > 0 ? 1 : 0); }

}  // namespace cimera
