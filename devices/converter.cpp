#include "devices/converter.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/resources.h"
#include "core/yaml.h"

namespace cimera::devices {
namespace {

using namespace literals;

constexpr const char* kFolder = "devices/converters";

/// A column of the linear law only: within this of 1, G^q is G to 3 % from 1 uS to 1 mS.
constexpr double kLinear = 0.003;

bool same(Metres a, Metres b) { return std::abs(a / b - 1.0) < 1e-9; }

}  // namespace

EnumNames<ConverterCycles> enum_names(const ConverterCycles*) {
  return {{"one", ConverterCycles::kOne},
          {"bits", ConverterCycles::kBits},
          {"bits_plus_one", ConverterCycles::kBitsPlusOne},
          {"levels", ConverterCycles::kLevels}};
}

ConverterPrice ConverterLaw::price(int bits) const {
  const double levels = std::ldexp(1.0, bits);
  const std::map<ConverterCycles, double> counts{{ConverterCycles::kOne, 1},
                                                 {ConverterCycles::kBits, bits},
                                                 {ConverterCycles::kBitsPlusOne, bits + 1},
                                                 {ConverterCycles::kLevels, levels}};
  const Seconds time = cycle * counts.at(cycles);
  ConverterPrice price;
  price.energy = (power_fixed + power_per_bit * bits + power_per_level * (levels - 1)) * time + energy_per_bit * bits;
  price.rate = 1.0 / time;
  price.area = area;
  if (column && std::abs(column_exponent - 1) <= kLinear) price.column = JoulesPerSiemens::si(column->si() * time.si());
  return price;
}

std::optional<ConverterPrice> Converter::price(int bits, Metres node) const {
  for (const ConverterRow& row : rows)
    if (row.bits == bits && row.node && same(*row.node, node))
      return ConverterPrice{.energy = row.energy, .rate = row.rate, .area = row.area, .column = {}};
  for (const ConverterLaw& law : laws)
    if (same(law.node, node) && law.lowest_bits <= bits && bits <= law.highest_bits) return law.price(bits);
  return std::nullopt;
}

std::string Converter::choices(int bits, Metres node) const {
  std::map<double, std::set<int>> offers;  // bits by node
  for (const ConverterRow& row : rows)
    if (row.node) offers[row.node->si()].insert(row.bits);
  for (const ConverterLaw& law : laws)
    for (int b = law.lowest_bits; b <= law.highest_bits; ++b) offers[law.node.si()].insert(b);
  if (offers.empty()) return "its source names no process, so it can be chosen for none";
  const auto far = [&](double at) { return std::abs(std::log(at / node.si())); };
  const auto nearest = std::min_element(offers.begin(), offers.end(),
                                        [&](const auto& a, const auto& b) { return far(a.first) < far(b.first); });
  const int best = *std::min_element(nearest->second.begin(), nearest->second.end(),
                                     [&](int a, int b) { return std::abs(a - bits) < std::abs(b - bits); });
  std::vector<std::string> nodes;
  for (const auto& [at, offered] : offers)
    nodes.push_back(fmt::format("{} bits at {}", fmt::join(offered, ", "), format(Metres::si(at))));
  return fmt::format("it has {}; the nearest is {} bits at {}", fmt::join(nodes, "; "), best,
                     format(Metres::si(nearest->first)));
}

Schema<ConverterRow> schema(const ConverterRow*) {
  using T = ConverterRow;
  return Schema<T>("row of a converter", "a resolution that the source tabulates")
      .need("bits", &T::bits, "resolution")
      .range(1, 24)
      .need("node", &T::node, "feature size of the process")
      .positive()
      .need("energy", &T::energy, "of one conversion")
      .positive()
      .need("rate", &T::rate, "conversions per second, at most")
      .positive()
      .need("area", &T::area, "of one converter")
      .positive();
}

Schema<ConverterLaw> schema(const ConverterLaw*) {
  using T = ConverterLaw;
  return Schema<T>("law of a converter", "the formula of a source, at one node")
      .need("node", &T::node, "feature size of the process")
      .positive()
      .need("lowest_bits", &T::lowest_bits, "resolutions that it is for: the lowest")
      .range(1, 24)
      .need("highest_bits", &T::highest_bits, "and the highest")
      .range(1, 24)
      .need("cycle", &T::cycle, "time of one cycle")
      .positive()
      .need("cycles", &T::cycles, "cycles of a conversion of b bits: one, bits (b), bits_plus_one, levels (2^b)")
      .opt("power_fixed", &T::power_fixed, "power while it converts", "0")
      .at_least(0_W)
      .opt("power_per_bit", &T::power_per_bit, "the same, times b", "0")
      .at_least(0_W)
      .opt("power_per_level", &T::power_per_level, "the same, times 2^b - 1", "0")
      .at_least(0_W)
      .opt("energy_per_bit", &T::energy_per_bit, "energy of a conversion, times b", "0")
      .at_least(0_J)
      .opt("column", &T::column,
           "power per conductance of the driven cells of a column, read at 0.5 V; goes with the read voltage",
           "does not depend on the column")
      .opt("column_exponent", &T::column_exponent, "of that conductance in siemens", "1")
      .range(0.5, 2)
      .opt("area", &T::area, "of one converter", "unknown")
      .positive()
      .check("lowest_bits must not be above highest_bits", [](const T& l) { return l.lowest_bits <= l.highest_bits; });
}

Schema<Converter> schema(const Converter*) {
  using T = Converter;
  return Schema<T>("converter", "a family of analog to digital converters")
      .need("description", &T::description, "what it is and who priced it")
      .need("type", &T::type, "sar, ramp, flash, sense_amplifier, ...")
      .group("rows", &T::rows, "resolutions that the source tabulates")
      .group("laws", &T::laws, "formulas of the source, by node")
      .check("a converter needs `rows` or `laws`", [](const T& c) { return !c.rows.empty() || !c.laws.empty(); });
}

std::vector<std::string> converter_names() { return catalog_names(kFolder); }

Loaded<Converter> load_converter(const std::string& name_or_path, const Where& where) {
  const auto find = [](const std::string& name, const Where& at) {
    return name.ends_with(".yaml") ? std::filesystem::path(name) : catalog_file(kFolder, "converter", name, at);
  };
  return load<Converter>(read_document(find(name_or_path, where), find, {}));
}

}  // namespace cimera::devices
