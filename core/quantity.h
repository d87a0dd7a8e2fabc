// Values with their physical dimension in the type; SI inside. Read and printed with units.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.h"

namespace cimera {

/// Exponents of the base units kilogram, metre, second, ampere, kelvin, and bit (information).
struct Dim {
  std::int8_t kg = 0, m = 0, s = 0, A = 0, K = 0, bit = 0;

  friend constexpr bool operator==(const Dim&, const Dim&) = default;
  friend constexpr Dim operator+(Dim a, Dim b) {
    return {std::int8_t(a.kg + b.kg), std::int8_t(a.m + b.m), std::int8_t(a.s + b.s),
            std::int8_t(a.A + b.A),   std::int8_t(a.K + b.K), std::int8_t(a.bit + b.bit)};
  }
  friend constexpr Dim operator-(Dim a, Dim b) {
    return {std::int8_t(a.kg - b.kg), std::int8_t(a.m - b.m), std::int8_t(a.s - b.s),
            std::int8_t(a.A - b.A),   std::int8_t(a.K - b.K), std::int8_t(a.bit - b.bit)};
  }
};

/// An SI value of dimension D. The ways in are `si`, literals and `parse_quantity`; the ways out are `si()` and
/// `in(unit)`.
template <Dim D>
class Quantity {
 public:
  static constexpr Dim kDim = D;

  constexpr Quantity() = default;
  static constexpr Quantity si(double value) { return Quantity(value); }

  constexpr double si() const { return si_; }
  constexpr double in(Quantity unit) const { return si_ / unit.si_; }

  friend constexpr Quantity operator-(Quantity a) { return Quantity(-a.si_); }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.si_ + b.si_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.si_ - b.si_); }
  friend constexpr Quantity operator*(Quantity a, double k) { return Quantity(a.si_ * k); }
  friend constexpr Quantity operator*(double k, Quantity a) { return Quantity(a.si_ * k); }
  friend constexpr Quantity operator/(Quantity a, double k) { return Quantity(a.si_ / k); }
  constexpr Quantity& operator+=(Quantity other) { return si_ += other.si_, *this; }
  friend constexpr auto operator<=>(Quantity, Quantity) = default;

 private:
  constexpr explicit Quantity(double value) : si_(value) {}
  double si_ = 0.0;
};

/// Product and quotient; a result without dimension is a plain double.
template <Dim A, Dim B>
constexpr auto operator*(Quantity<A> a, Quantity<B> b) {
  if constexpr (A + B == Dim{}) return a.si() * b.si();
  else return Quantity<A + B>::si(a.si() * b.si());
}
template <Dim A, Dim B>
constexpr auto operator/(Quantity<A> a, Quantity<B> b) {
  if constexpr (A == B) return a.si() / b.si();
  else return Quantity<A - B>::si(a.si() / b.si());
}
template <Dim D>
constexpr auto operator/(double k, Quantity<D> q) {
  return Quantity<Dim{} - D>::si(k / q.si());
}

using Metres = Quantity<Dim{.m = 1}>;
using SquareMetres = Quantity<Dim{.m = 2}>;
using Seconds = Quantity<Dim{.s = 1}>;
using Hertz = Quantity<Dim{.s = -1}>;
using Joules = Quantity<Dim{.kg = 1, .m = 2, .s = -2}>;
using Watts = Quantity<Dim{.kg = 1, .m = 2, .s = -3}>;
using Amperes = Quantity<Dim{.A = 1}>;
using Volts = Quantity<Dim{.kg = 1, .m = 2, .s = -3, .A = -1}>;
using Ohms = Quantity<Dim{.kg = 1, .m = 2, .s = -3, .A = -2}>;
using Siemens = Quantity<Dim{.kg = -1, .m = -2, .s = 3, .A = 2}>;
using Farads = Quantity<Dim{.kg = -1, .m = -2, .s = 4, .A = 2}>;
using Kelvins = Quantity<Dim{.K = 1}>;
using Bits = Quantity<Dim{.bit = 1}>;
using BitsPerSecond = Quantity<Dim{.s = -1, .bit = 1}>;
using JoulesPerBit = Quantity<Dim{.kg = 1, .m = 2, .s = -2, .bit = -1}>;

/// "voltage", "energy per bit", ... for messages; "number" for no dimension.
std::string dim_name(Dim dim);
/// Example units of a dimension for messages and docs: "V, mV".
std::string dim_units(Dim dim);

/// Reads "6 kOhm", "1.28 GHz", "20.7 mW", "25.6 GB/s", "0.5 pJ/bit", "62.5 mm^2", "5 %", "128" into SI (bits for
/// information). A unit is symbols joined by / and *, each with an SI prefix (a f p n u m k M G T P; Ki Mi Gi Ti for
/// bit and B) and a whole power: "fF/um", "1/K". The result is the double nearest to the text where the unit is
/// decimal. Throws Error(kInput) at `where` naming `key` (may be empty), the text, the expected dimension, and what was
/// found instead.
double parse_quantity(std::string_view text, Dim expected, const Where& where, std::string_view key);

/// "3.187 pJ": four significant digits and the SI prefix that leaves 1..1000 in front of the unit of `dim` (areas in
/// mm^2, um^2, ... with 0.01..10000 in front; information in bit, or in KiB, MiB, ... where that is exact in four
/// digits; whole numbers without dimension in full). parse_quantity reads it back.
std::string format_si(double si, Dim dim);

template <Dim D>
std::string format(Quantity<D> q) {
  return format_si(q.si(), D);
}

/// Literals give the same double as parse_quantity does for the same text.
namespace literals {
#define CIMERA_UNIT(suffix, type, scale)                                                               \
  constexpr type operator""_##suffix(long double v) { return type::si(static_cast<double>(v) scale); } \
  constexpr type operator""_##suffix(unsigned long long v) { return type::si(static_cast<double>(v) scale); }
CIMERA_UNIT(fs, Seconds, / 1e15)
CIMERA_UNIT(ps, Seconds, / 1e12)
CIMERA_UNIT(ns, Seconds, / 1e9)
CIMERA_UNIT(us, Seconds, / 1e6)
CIMERA_UNIT(ms, Seconds, / 1e3)
CIMERA_UNIT(s, Seconds, )
CIMERA_UNIT(kHz, Hertz, *1e3)
CIMERA_UNIT(MHz, Hertz, *1e6)
CIMERA_UNIT(GHz, Hertz, *1e9)
CIMERA_UNIT(fJ, Joules, / 1e15)
CIMERA_UNIT(pJ, Joules, / 1e12)
CIMERA_UNIT(nJ, Joules, / 1e9)
CIMERA_UNIT(uJ, Joules, / 1e6)
CIMERA_UNIT(mJ, Joules, / 1e3)
CIMERA_UNIT(J, Joules, )
CIMERA_UNIT(uW, Watts, / 1e6)
CIMERA_UNIT(mW, Watts, / 1e3)
CIMERA_UNIT(W, Watts, )
CIMERA_UNIT(nA, Amperes, / 1e9)
CIMERA_UNIT(uA, Amperes, / 1e6)
CIMERA_UNIT(mA, Amperes, / 1e3)
CIMERA_UNIT(A, Amperes, )
CIMERA_UNIT(mV, Volts, / 1e3)
CIMERA_UNIT(V, Volts, )
CIMERA_UNIT(Ohm, Ohms, )
CIMERA_UNIT(kOhm, Ohms, *1e3)
CIMERA_UNIT(MOhm, Ohms, *1e6)
CIMERA_UNIT(GOhm, Ohms, *1e9)
CIMERA_UNIT(nS, Siemens, / 1e9)
CIMERA_UNIT(uS, Siemens, / 1e6)
CIMERA_UNIT(mS, Siemens, / 1e3)
CIMERA_UNIT(S, Siemens, )
CIMERA_UNIT(fF, Farads, / 1e15)
CIMERA_UNIT(pF, Farads, / 1e12)
CIMERA_UNIT(nm, Metres, / 1e9)
CIMERA_UNIT(um, Metres, / 1e6)
CIMERA_UNIT(mm, Metres, / 1e3)
CIMERA_UNIT(um2, SquareMetres, / 1e12)
CIMERA_UNIT(mm2, SquareMetres, / 1e6)
CIMERA_UNIT(K, Kelvins, )
CIMERA_UNIT(bit, Bits, )
CIMERA_UNIT(B, Bits, *8.0)
CIMERA_UNIT(KiB, Bits, *8192.0)
CIMERA_UNIT(MiB, Bits, *8388608.0)
CIMERA_UNIT(GiB, Bits, *8589934592.0)
CIMERA_UNIT(GBps, BitsPerSecond, *8.0 * 1e9)
#undef CIMERA_UNIT
}  // namespace literals

}  // namespace cimera
