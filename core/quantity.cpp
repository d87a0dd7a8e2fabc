#include "core/quantity.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cimera {
namespace {

/// What one unit, or a product of units, stands for: factor x 10^exponent in SI. The power of ten is kept apart so that
/// "1.6 ns" becomes 1.6 / 1e9, which is correctly rounded; 1.6 * 1e-9 is not.
struct Unit {
  Dim dim;
  double factor = 1.0;
  int exponent = 0;
};

/// kUp: no millihertz; kData: no millibit either, but Ki, Mi, ...
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
    {"B", {Bits::kDim, 8.0}, Prefixes::kData},
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

/// How a dimension is called and printed. `unit` is what format_si puts behind the prefix.
struct DimText {
  Dim dim;
  std::string_view name;
  std::string_view examples;
  std::string_view unit;
};

constexpr DimText kDims[] = {
    {Dim{}, "number", "no unit, or %", ""},
    {Metres::kDim, "length", "nm, um", "m"},
    {SquareMetres::kDim, "area", "um^2, mm^2", "m^2"},
    {Seconds::kDim, "time", "ns, us", "s"},
    {Hertz::kDim, "frequency", "MHz, GHz", "Hz"},
    {Joules::kDim, "energy", "pJ, nJ", "J"},
    {Watts::kDim, "power", "mW, W", "W"},
    {Amperes::kDim, "current", "uA, mA", "A"},
    {Volts::kDim, "voltage", "V, mV", "V"},
    {Ohms::kDim, "resistance", "Ohm, kOhm", "Ohm"},
    {Siemens::kDim, "conductance", "uS, mS", "S"},
    {Farads::kDim, "capacitance", "fF, pF", "F"},
    {Kelvins::kDim, "temperature", "K", "K"},
    {Bits::kDim, "amount of data", "bit, B, KiB", "bit"},
    {BitsPerSecond::kDim, "data rate", "GB/s, Gbit/s", "bit/s"},
    {JoulesPerBit::kDim, "energy per bit", "pJ/bit, pJ/B", "J/bit"},
    {Dim{.s = 1, .A = 1}, "charge", "fC, pC", "C"},
    {Dim{.K = -1}, "change per kelvin", "1/K, %/K", "1/K"},
    {Ohms::kDim - Metres::kDim, "resistance per length", "Ohm/um", "Ohm/m"},
    {Farads::kDim - Metres::kDim, "capacitance per length", "fF/um", "F/m"},
    {Joules::kDim - Metres::kDim, "energy per length", "pJ/mm", "J/m"},
    {Seconds::kDim - Metres::kDim, "time per length", "ps/mm", "s/m"},
    {Watts::kDim - SquareMetres::kDim, "power per area", "W/mm^2, mW/um^2", "W/m^2"},
    {Bits::kDim - SquareMetres::kDim, "data per area", "Gbit/mm^2", "bit/m^2"},
};

const DimText* find(Dim dim) {
  for (const DimText& known : kDims)
    if (known.dim == dim) return &known;
  return nullptr;
}

/// "kg*m^2*s^-3" for a dimension that has no name of its own.
std::string base_units(Dim dim) {
  const std::array<std::pair<std::string_view, int>, 6> parts{
      {{"kg", dim.kg}, {"m", dim.m}, {"s", dim.s}, {"A", dim.A}, {"K", dim.K}, {"bit", dim.bit}}};
  std::string text;
  for (const auto& [symbol, power] : parts) {
    if (power == 0) continue;
    if (!text.empty()) text += '*';
    text += symbol;
    if (power != 1) text += '^' + std::to_string(power);
  }
  return text;
}

std::string with_article(std::string_view noun) {
  constexpr std::string_view kVowels = "aeiou";
  return (kVowels.find(noun[0]) == std::string_view::npos ? "a " : "an ") + std::string(noun);
}

std::string expected_text(Dim dim) { return with_article(dim_name(dim)) + " (" + dim_units(dim) + ")"; }

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

/// Reads "fF/um", "mm^2", "kg*m^2*s^-3"; the symbol that is not known goes to `wrong`.
std::optional<Unit> parse_unit(std::string_view text, std::string_view& wrong) {
  constexpr int kHighestPower = 9;
  const std::string_view whole = text;
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

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// The unit of the expected dimension that differs from `wrong` in case only ("KB" for "kB").
std::string case_hint(std::string_view wrong, Dim expected) {
  std::vector<std::string> units;
  const auto consider = [&](std::string_view prefix, std::string_view symbol) {
    std::string text = std::string(prefix) + std::string(symbol);
    const std::optional<Unit> unit = find_symbol(text);
    const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    const bool near = std::equal(text.begin(), text.end(), wrong.begin(), wrong.end(), same);
    if (near && unit && unit->dim == expected) units.push_back(std::move(text));
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

std::string significant(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

constexpr int kDigits = 4;  ///< significant digits printed

/// The prefixes that are printed, upwards.
constexpr std::pair<std::string_view, int> kLadder[] = {{"a", -18}, {"f", -15}, {"p", -12}, {"n", -9},
                                                        {"u", -6},  {"m", -3},  {"", 0},    {"k", 3},
                                                        {"M", 6},   {"G", 9},   {"T", 12},  {"P", 15}};

std::string format_number(double value) {
  constexpr double kWholeLimit = 1e15;
  if (value == std::floor(value) && std::abs(value) < kWholeLimit) return significant(value, 15);
  return significant(value, kDigits);
}

/// "64 KiB" where four digits are exact.
std::optional<std::string> format_bytes(double bits) {
  constexpr std::array<std::string_view, 4> kBinary{"KiB", "MiB", "GiB", "TiB"};
  double value = bits / 8.0;
  if (value < 1024.0) return std::nullopt;
  std::size_t step = 0;
  for (value /= 1024.0; value >= 1024.0 && step + 1 < kBinary.size(); value /= 1024.0) ++step;
  const std::string text = significant(value, kDigits);
  if (std::strtod(text.c_str(), nullptr) != value) return std::nullopt;
  return text + " " + std::string(kBinary[step]);
}

}  // namespace

std::string dim_name(Dim dim) {
  const DimText* known = find(dim);
  return known != nullptr ? std::string(known->name) : "quantity in " + base_units(dim);
}

std::string dim_units(Dim dim) {
  const DimText* known = find(dim);
  return known != nullptr ? std::string(known->examples) : base_units(dim);
}

double parse_quantity(std::string_view text, Dim expected, const Where& where, std::string_view key) {
  text = trimmed(text);
  const auto fail = [&](const std::string& reason) {
    const std::string subject = key.empty() ? std::string(text) : std::string(key) + " = " + std::string(text);
    fail_input(where, subject + ": expected " + expected_text(expected) + ", " + reason);
  };
  if (text.empty()) fail("got nothing");

  double number = 0.0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status == std::errc::result_out_of_range) fail("got a number that a double cannot hold");
  if (status != std::errc{}) fail("got text");
  if (!std::isfinite(number)) fail("got a value that is not finite");

  const std::string_view unit_text = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  if (unit_text.empty()) {
    if (expected != Dim{}) fail("got a number without a unit");
    return number;
  }
  std::string_view wrong;
  const std::optional<Unit> unit = parse_unit(unit_text, wrong);
  if (!unit) fail("got the unknown unit '" + std::string(wrong) + "'" + case_hint(wrong, expected));
  if (unit->dim != expected) {
    fail("got " + (unit_text == "%" ? std::string("a percentage") : with_article(dim_name(unit->dim))));
  }
  const double si = scale(number, *unit);
  if (!std::isfinite(si)) fail("got a value that is not finite");
  return si;
}

std::string format_si(double si, Dim dim) {
  if (dim == Dim{}) return format_number(si);
  if (dim == Bits::kDim) {
    if (const std::optional<std::string> bytes = format_bytes(si)) return *bytes;
  }
  const DimText* known = find(dim);
  const std::string unit = known != nullptr ? std::string(known->unit) : base_units(dim);
  const bool prefixed = known != nullptr && dim != Kelvins::kDim && !unit.starts_with("1/");
  if (!prefixed || si == 0.0 || !std::isfinite(si)) return significant(si, kDigits) + " " + unit;

  const bool area = dim == SquareMetres::kDim;
  const double lowest = area ? 0.01 : 1.0;  // 0.01 .. 10000 mm^2, but 1 .. 1000 pJ
  const bool up = !area && dim != Seconds::kDim;
  const bool down = dim.bit <= 0 && dim != Hertz::kDim;
  const double rounded = std::strtod(significant(si, kDigits).c_str(), nullptr);
  std::string text;
  for (const auto& [prefix, exponent] : kLadder) {
    if ((exponent > 0 && !up) || (exponent < 0 && !down)) continue;
    const double in_front = scale(rounded, {dim, 1.0, area ? -2 * exponent : -exponent});
    if (!text.empty() && std::abs(in_front) < lowest * (1.0 - 1e-9)) break;
    text = significant(in_front, kDigits) + " " + std::string(prefix) + unit;
  }
  return text;
}

}  // namespace cimera
