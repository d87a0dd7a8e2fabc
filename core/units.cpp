#include "core/units.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "core/error.h"

namespace cimera::detail {
namespace {

/// kUp: none below 1 (no millihertz); kData: none below 1, but also Ki, Mi, ...
enum class Prefixes { kNone, kAll, kUp, kData };

struct Symbol {
  std::string_view text;
  Unit unit;
  Prefixes prefixes;
};

constexpr Symbol kSymbols[] = {
    {"s", {Seconds::kDim}, Prefixes::kAll},
    {"min", {Seconds::kDim, 60.0}, Prefixes::kNone},
    {"h", {Seconds::kDim, 3600.0}, Prefixes::kNone},
    {"day", {Seconds::kDim, 86400.0}, Prefixes::kNone},
    {"year", {Seconds::kDim, 31557600.0}, Prefixes::kNone},  // 365.25 days
    {"Hz", {Hertz::kDim}, Prefixes::kUp},
    {"J", {Joules::kDim}, Prefixes::kAll},
    {"eV", {Joules::kDim, 1.602176634, -19}, Prefixes::kAll},  // exact since the SI of 2019
    {"W", {Watts::kDim}, Prefixes::kAll},
    {"V", {Volts::kDim}, Prefixes::kAll},
    {"A", {Amperes::kDim}, Prefixes::kAll},
    {"C", {Dim{.s = 1, .A = 1}}, Prefixes::kAll},
    {"Ohm", {Ohms::kDim}, Prefixes::kAll},
    {"ohm", {Ohms::kDim}, Prefixes::kAll},
    {"\u03A9", {Ohms::kDim}, Prefixes::kAll},  // Greek capital omega
    {"\u2126", {Ohms::kDim}, Prefixes::kAll},  // the ohm sign
    {"S", {Siemens::kDim}, Prefixes::kAll},
    {"F", {Farads::kDim}, Prefixes::kAll},
    {"m", {Metres::kDim}, Prefixes::kAll},
    {"cm", {Metres::kDim, 1.0, -2}, Prefixes::kNone},
    {"g", {Dim{.kg = 1}, 1.0, -3}, Prefixes::kAll},
    {"K", {Kelvins::kDim}, Prefixes::kAll},
    {"bit", {Bits::kDim}, Prefixes::kData},
    {"b", {Bits::kDim}, Prefixes::kData},
    {"bits", {Bits::kDim}, Prefixes::kData},
    {"B", {Bits::kDim, 8.0}, Prefixes::kData},
    {"byte", {Bits::kDim, 8.0}, Prefixes::kData},
    {"bytes", {Bits::kDim, 8.0}, Prefixes::kData},
    {"%", {Dim{}, 1.0, -2}, Prefixes::kNone},
    {"1", {Dim{}}, Prefixes::kNone},
};

struct Prefix {
  std::string_view text;
  double factor;
  int exponent;
  bool binary;
};

constexpr Prefix kPrefixes[] = {
    {"a", 1.0, -18, false},
    {"f", 1.0, -15, false},
    {"p", 1.0, -12, false},
    {"n", 1.0, -9, false},
    {"u", 1.0, -6, false},
    {"\u00B5", 1.0, -6, false},
    {"\u03BC", 1.0, -6, false},
    {"m", 1.0, -3, false},
    {"k", 1.0, 3, false},
    {"M", 1.0, 6, false},
    {"G", 1.0, 9, false},
    {"T", 1.0, 12, false},
    {"P", 1.0, 15, false},
    {"Ki", 1024.0, 0, true},
    {"Mi", 1048576.0, 0, true},
    {"Gi", 1073741824.0, 0, true},
    {"Ti", 1099511627776.0, 0, true},
};

std::optional<Unit> find_symbol(std::string_view text) {
  for (const Symbol& symbol : kSymbols)
    if (symbol.text == text) return symbol.unit;
  for (const Prefix& prefix : kPrefixes) {
    if (!text.starts_with(prefix.text)) continue;
    for (const Symbol& symbol : kSymbols) {
      if (symbol.prefixes == Prefixes::kNone || symbol.text != text.substr(prefix.text.size())) continue;
      if (prefix.binary && symbol.prefixes != Prefixes::kData) continue;
      if (prefix.exponent < 0 && symbol.prefixes != Prefixes::kAll) continue;
      return Unit{symbol.unit.dim, symbol.unit.factor * prefix.factor, symbol.unit.exponent + prefix.exponent};
    }
  }
  return std::nullopt;
}

void multiply(Unit& unit, const Unit& by, int power) {
  for (int i = 0; i < std::abs(power); ++i) {
    unit.dim = power > 0 ? unit.dim + by.dim : unit.dim - by.dim;
    unit.factor = power > 0 ? unit.factor * by.factor : unit.factor / by.factor;
    unit.exponent += power > 0 ? by.exponent : -by.exponent;
  }
}

}  // namespace

std::optional<Unit> parse_unit(std::string_view text, std::string_view& wrong) {
  constexpr int kHighestPower = 9;
  const std::string_view whole = text;
  if (whole == "1") return wrong = whole, std::nullopt;  // only in front of a "/"
  Unit unit;
  int sign = 1;
  for (bool more = true; more;) {
    const std::size_t end = std::min(text.find_first_of("/*"), text.size());
    const std::string_view term = text.substr(0, end);
    const std::size_t caret = std::min(term.find('^'), term.size());
    const std::optional<Unit> symbol = find_symbol(term.substr(0, caret));
    int power = 1;
    if (caret < term.size()) {
      const auto [rest, status] = std::from_chars(term.data() + caret + 1, term.data() + term.size(), power);
      if (status != std::errc{} || rest != term.data() + term.size() || std::abs(power) > kHighestPower) power = 0;
    }
    if (!symbol || power == 0) return wrong = term.empty() ? whole : term, std::nullopt;
    multiply(unit, *symbol, sign * power);
    more = end < text.size();
    if (more) sign = text[end] == '/' ? -1 : 1;
    text.remove_prefix(more ? end + 1 : end);
  }
  return unit;
}

std::string unit_hint(std::string_view wrong, Dim expected) {
  if (wrong.ends_with('s')) {
    const std::string_view singular = wrong.substr(0, wrong.size() - 1);
    const std::optional<Unit> unit = find_symbol(singular);
    if (unit && unit->dim == expected) return "; did you mean '" + std::string(singular) + "'?";
  }
  std::vector<std::string> units;
  const auto consider = [&](std::string_view prefix, std::string_view symbol) {
    std::string text = std::string(prefix) + std::string(symbol);
    const std::optional<Unit> unit = find_symbol(text);
    const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    const bool near = std::equal(text.begin(), text.end(), wrong.begin(), wrong.end(), same);
    if (near && text != wrong && unit && unit->dim == expected) units.push_back(std::move(text));
  };
  for (const Symbol& symbol : kSymbols) {
    consider("", symbol.text);
    for (const Prefix& prefix : kPrefixes) consider(prefix.text, symbol.text);
  }
  return did_you_mean(wrong, units);
}

double scale(double number, const Unit& unit) {
  number *= unit.factor;
  const int steps = std::abs(unit.exponent);
  constexpr int kExactPower = 22;  // 10^22 is the largest power of ten that a double holds exactly
  if (steps > kExactPower) return number * std::pow(10.0, unit.exponent);
  double power = 1.0;
  for (int i = 0; i < steps; ++i) power *= 10.0;
  return unit.exponent < 0 ? number / power : number * power;
}

}  // namespace cimera::detail
