// The units that people write: symbols, SI and binary prefixes, products and powers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/quantity.h"

namespace cimera::detail {

/// What one unit, or a product of units, stands for: factor x 10^exponent in SI. The power of ten is kept apart so that
/// "1.6 ns" becomes 1.6 / 1e9, which is correctly rounded; 1.6 * 1e-9 is not.
struct Unit {
  Dim dim;
  double factor = 1.0;
  int exponent = 0;
};

/// Reads "fF/um", "mm^2", "kg*m^2*s^-3"; the symbol that is not known goes to `wrong`.
std::optional<Unit> parse_unit(std::string_view text, std::string_view& wrong);

/// "; did you mean 'kB'?" for the unit of the expected dimension that differs from `wrong` in case only, or by the "s"
/// of a plural; or "".
std::string unit_hint(std::string_view wrong, Dim expected);

/// number x unit.factor x 10^unit.exponent.
double scale(double number, const Unit& unit);

}  // namespace cimera::detail
