#include "models/functional/crossbar/converter.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::functional {
namespace {

/// The smallest number with 10 significant bits that is not below `x`.
double round_up(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return std::ldexp(std::ceil(std::ldexp(mantissa, 10)), exponent - 10);
}

}  // namespace

Converter::Converter(const CrossbarConfig& config, std::span<const double> limits)
    : lsb(static_cast<std::size_t>(config.slices()), 1.0) {
  const bool has_sign = config.differential();
  max_code = (1 << (config.adc_bits - (has_sign ? 1 : 0))) - 1;
  min_code = has_sign ? -max_code - 1 : 0;
  const bool calibrated = config.adc_range == AdcRange::kPercentile;
  if (limits.size() != (calibrated ? lsb.size() : 0))
    fail_run(fmt::format("{} calibrated converter ranges for {} slices", limits.size(), calibrated ? lsb.size() : 0));
  if (config.adc_range == AdcRange::kUnitStep) return;
  unit_lsb = round_up(std::max(1.0, static_cast<double>(config.unit_sum_bound()) / max_code));
  for (std::size_t s = 0; s < lsb.size(); ++s) {
    const double largest = calibrated ? limits[s] : static_cast<double>(config.sum_bound());
    lsb[s] = round_up(std::max(1.0, largest / max_code));
  }
}

}  // namespace cimera::functional
