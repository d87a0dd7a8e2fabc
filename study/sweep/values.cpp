#include "study/sweep/values.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <regex>
#include <set>

#include <fmt/format.h>

namespace cimera::study {
namespace {

std::string number_text(double number, const std::string& unit) {
  const std::string text = fmt::format("{:.12g}", number);
  return unit.empty() ? text : text + " " + unit;
}

/// "4..10 Ohm log 3" in its parts.
struct RangeText {
  double low = 0.0, high = 0.0;
  std::string unit, how;
  double by = 1.0;  ///< step, or count
};

std::optional<RangeText> split_range(const std::string& text) {
  static const std::string kNumber = R"(([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))";
  static const std::regex kRange("\\s*" + kNumber + R"(\s*\.\.\s*)" + kNumber +
                                 R"(\s*([^\s\d]\S*)??(?:\s+(step|linear|log)\s+)" + kNumber + R"()?\s*)");
  std::smatch parts;
  if (!std::regex_match(text, parts, kRange)) return std::nullopt;
  RangeText range{std::stod(parts[1]), std::stod(parts[2]), parts[3], parts[4], 1.0};
  if (parts[5].matched) range.by = std::stod(parts[5]);
  return range;
}

/// Between the ends of a range four digits say enough.
double log_value(const RangeText& range, double share, bool inside) {
  const double value = range.low * std::pow(range.high / range.low, share);
  return inside ? std::stod(fmt::format("{:.4g}", value)) : value;
}

std::vector<double> numbers_of(const RangeText& range, const std::string& text, const Where& where) {
  const auto refuse = [&](const std::string& why) { fail_input(where, fmt::format("'{}': {}", text, why)); };
  if (!(range.low < range.high)) refuse("a range goes from a number to a larger one");
  const bool counted = range.how == "linear" || range.how == "log";
  if (range.how.empty() && (range.low != std::floor(range.low) || range.high != std::floor(range.high)))
    refuse("a range of numbers that are not whole needs step S, linear COUNT or log COUNT");
  if (range.how == "step" && !(range.by > 0.0)) refuse("the step must be above 0");
  if (counted && (range.by != std::floor(range.by) || range.by < 2.0))
    refuse("the count must be a whole number of at least 2");
  if (range.how == "log" && !(range.low > 0.0)) refuse("a logarithmic range begins above 0");
  // What rounding takes from the last step, it may have.
  const double count = counted ? range.by : std::floor((range.high - range.low) / range.by * (1 + 1e-12)) + 1.0;
  if (count > static_cast<double>(kMostValues))
    refuse(fmt::format("{:.0f} values; an axis has at most {}", count, kMostValues));
  std::vector<double> numbers;
  for (double i = 0; i < count; ++i) {
    const double share = counted ? i / (count - 1.0) : 0.0;
    const bool inside = i > 0 && i + 1 < count;
    if (range.how == "log") numbers.push_back(log_value(range, share, inside));
    else if (range.how == "linear") numbers.push_back(range.low + (range.high - range.low) * share);
    else numbers.push_back(range.low + range.by * i);
  }
  return numbers;
}

}  // namespace

std::vector<std::string> expand_values(const std::vector<std::string>& texts, const Where& where) {
  std::vector<std::string> values;
  for (const std::string& text : texts) {
    const std::optional<RangeText> range = split_range(text);
    // Paths hold dots too ("../net.onnx"): what begins like a range and is none is a slip.
    if (!range && text.find("..") != std::string::npos && split_number(text).is)
      fail_input(where,
                 fmt::format("'{}': expected LOW..HIGH, LOW..HIGH step S, LOW..HIGH linear COUNT or LOW..HIGH log "
                             "COUNT, with a unit only behind HIGH",
                             text));
    if (!range) values.push_back(text);
    else
      for (const double number : numbers_of(*range, text, where)) values.push_back(number_text(number, range->unit));
  }
  if (values.size() > kMostValues)
    fail_input(where, fmt::format("{} values; an axis has at most {}", values.size(), kMostValues));
  std::set<std::string> seen;
  for (const std::string& value : values)
    if (!seen.insert(value).second) fail_input(where, fmt::format("the value '{}' comes twice", value));
  return values;
}

NumberText split_number(const std::string& text) {
  NumberText split;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, split.number);
  split.is = error == std::errc();
  if (split.is) split.unit = std::string(rest, end);
  split.unit.erase(0, split.unit.find_first_not_of(' '));
  return split;
}

std::string times(const std::string& value, const std::string& quantity, const Where& where) {
  const NumberText a = split_number(value), b = split_number(quantity);
  if (!a.is || !a.unit.empty())
    fail_input(where, fmt::format("'{}': with `times`, values are numbers without a unit", value));
  if (!b.is) fail_input(where, fmt::format("times = {}: expected a quantity, such as 10 kOhm", quantity));
  return number_text(a.number * b.number, b.unit);
}

}  // namespace cimera::study
