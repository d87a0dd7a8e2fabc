// The values of an axis: texts of a file, and ranges in them.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"

namespace cimera::study {

/// Most values of one axis.
inline constexpr std::size_t kMostValues = 10'000;

/// Puts values in the place of each range among `texts`; what is no range stays as it is. With numbers LOW < HIGH, and
/// a unit behind HIGH that all values get ("10..40 Ohm log 3"):
///   LOW..HIGH           whole numbers, one by one
///   LOW..HIGH step S    from LOW on, as far as HIGH
///   LOW..HIGH linear N  N values, LOW and HIGH among them
///   LOW..HIGH log N     the same, each the same factor above the one before, rounded to 4 digits; LOW > 0
/// Other numbers are rounded to 12 digits. Throws Error(kInput) at `where` for ranges that are none of these, for
/// values that come twice, and for more than kMostValues.
std::vector<std::string> expand_values(const std::vector<std::string>& texts, const Where& where);

/// A number and what stands behind it: "10 mOhm" is 10 and "mOhm". `is` is false where it begins with none.
struct NumberText {
  bool is = false;
  double number = 0.0;
  std::string unit;
};
NumberText split_number(const std::string& text);

/// "0.5 Ohm" and 20 kOhm: the text of a value times a quantity. Throws Error(kInput) at `where` where one is no number.
std::string times(const std::string& value, const std::string& quantity, const Where& where);

}  // namespace cimera::study
