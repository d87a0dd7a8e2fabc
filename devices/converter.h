// Published prices of analog to digital converters: energy, rate and area by resolution and node, one file a family.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/quantity.h"
#include "core/schema.h"

namespace cimera::devices {

using JoulesPerSiemens = decltype(Joules() / Siemens());
using VoltsSquared = decltype(Volts() * Volts());

/// Of one converter. Empty: its source does not say.
struct ConverterPrice {
  std::optional<Joules> energy;            ///< of one conversion, without what depends on the column
  std::optional<Hertz> rate;               ///< conversions per second, at most
  std::optional<SquareMetres> area;        ///
  std::optional<JoulesPerSiemens> column;  ///< of one conversion, per conductance of the cells on the column that are
                                           ///< driven; at a read voltage of ConverterLaw::kColumnVolts
};

/// A resolution that a source tabulates. Nothing is interpolated between rows.
struct ConverterRow {
  int bits = 0;
  std::optional<Metres> node;  ///< none: the source names no process, so no machine's feature size is it
  std::optional<Joules> energy;
  std::optional<Hertz> rate;
  std::optional<SquareMetres> area;
};
Schema<ConverterRow> schema(const ConverterRow*);

/// Cycles of one conversion of b bits.
enum class ConverterCycles {
  kOne,          ///< flash
  kBits,         ///< one decision a bit
  kBitsPlusOne,  ///< successive approximation with a cycle to sample
  kLevels,       ///< ramp: 2^b
};
EnumNames<ConverterCycles> enum_names(const ConverterCycles*);

/// A formula of a source, for one node: t = cycle * cycles(b);
/// E = (power_fixed + power_per_bit * b + power_per_level * (2^b - 1)) * t + energy_per_bit * b, and column * G^q * t
/// where q = column_exponent.
struct ConverterLaw {
  static constexpr Volts kColumnVolts = Volts::si(0.5);  ///< NeuroSim, SarADC.cpp: its circuits were simulated at 0.5 V

  Metres node;
  int lowest_bits = 1, highest_bits = 1;
  Seconds cycle;
  ConverterCycles cycles = ConverterCycles::kOne;
  Watts power_fixed, power_per_bit, power_per_level;
  Joules energy_per_bit;
  std::optional<VoltsSquared> column;
  double column_exponent = 1;
  std::optional<SquareMetres> area;

  ConverterPrice price(int bits) const;
};
Schema<ConverterLaw> schema(const ConverterLaw*);

/// A family: rows, laws, or both.
struct Converter {
  std::string description, type;
  std::vector<ConverterRow> rows;
  std::vector<ConverterLaw> laws;

  /// None where the family has no such resolution at this node.
  std::optional<ConverterPrice> price(int bits, Metres node) const;
  /// What it has, and what is nearest: "it has 4, 5, 6 bits at 32 nm; the nearest is 6 bits at 32 nm".
  std::string choices(int bits, Metres node) const;
};
Schema<Converter> schema(const Converter*);

/// Names of devices/converters, sorted.
std::vector<std::string> converter_names();
/// By its name there, or a path to a .yaml file. Throws Error(kInput) for an unknown name, with the nearest.
Loaded<Converter> load_converter(const std::string& name_or_path, const Where& where = {});

}  // namespace cimera::devices
