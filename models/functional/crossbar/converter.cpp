#include "models/functional/crossbar/converter.h"

#include <algorithm>
#include <cmath>

namespace cimera::functional {
namespace {

/// The smallest number with 10 significant bits that is not below `x`.
double round_up(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return std::ldexp(std::ceil(std::ldexp(mantissa, 10)), exponent - 10);
}

}  // namespace

Converter::Converter(const CrossbarConfig& config) {
  const bool has_sign = config.differential();
  max_code = (1 << (config.adc_bits - (has_sign ? 1 : 0))) - 1;
  min_code = has_sign ? -max_code - 1 : 0;
  if (config.adc_range == AdcRange::kFullRange)
    lsb = round_up(std::max(1.0, static_cast<double>(config.sum_bound()) / max_code));
}

}  // namespace cimera::functional
