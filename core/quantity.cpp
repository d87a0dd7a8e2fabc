#include "core/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "core/units.h"

namespace cimera {
namespace {

using detail::Unit;

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

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
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
    if (expected != Dim{}) {
      const std::string units = dim_units(expected);
      fail("got a number without a unit; write " + std::string(text) + " " + units.substr(0, units.find(',')));
    }
    return number;
  }
  std::string_view wrong;
  const std::optional<Unit> unit = detail::parse_unit(unit_text, wrong);
  if (!unit) fail("got the unknown unit '" + std::string(wrong) + "'" + detail::unit_hint(wrong, expected));
  if (unit->dim != expected) {
    fail("got " + (unit_text == "%" ? std::string("a percentage") : with_article(dim_name(unit->dim))));
  }
  const double si = detail::scale(number, *unit);
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
  if (dim == SquareMetres::kDim && si == 0.0) return "0 mm^2";  // as areas are written
  if (!prefixed || si == 0.0 || !std::isfinite(si)) return significant(si, kDigits) + " " + unit;

  const bool area = dim == SquareMetres::kDim;
  const double lowest = area ? 0.01 : 1.0;  // 0.01 .. 10000 mm^2, but 1 .. 1000 pJ
  const bool up = !area && dim != Seconds::kDim;
  const bool down = dim.bit <= 0 && dim != Hertz::kDim;
  const double rounded = std::strtod(significant(si, kDigits).c_str(), nullptr);
  std::string text;
  for (const auto& [prefix, exponent] : kLadder) {
    if ((exponent > 0 && !up) || (exponent < 0 && !down)) continue;
    const double in_front = detail::scale(rounded, {dim, 1.0, area ? -2 * exponent : -exponent});
    if (!text.empty() && std::abs(in_front) < lowest * (1.0 - 1e-9)) break;
    text = significant(in_front, kDigits) + " " + std::string(prefix) + unit;
  }
  return text;
}

}  // namespace cimera
