#include "workloads/code_grid.h"

#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "kernels/elementwise.h"

namespace cimera::workloads {

int CodeGrid::bits() const { return std::bit_width(static_cast<std::uint32_t>(high - low)); }

void CodeGrid::snap(std::span<float> values) const {
  kernels::snap(scale, low - zero_point, high - zero_point, values);
}

void CodeGrid::check(const Where& where) const {
  constexpr std::int32_t kMost = (1 << 16) - 1;
  if (!(std::isfinite(scale) && scale > 0.0F))
    fail_input(where, fmt::format("the scale of its codes is {}; it must be above 0", scale));
  if (low < -kMost || high > kMost || low >= high || high - low > kMost)
    fail_input(where, fmt::format("codes {} to {} are none of 1 to 16 bits", low, high));
  if (zero_point < low || zero_point > high)
    fail_input(where, fmt::format("the zero point {} is none of the codes {} to {}", zero_point, low, high));
}

}  // namespace cimera::workloads
