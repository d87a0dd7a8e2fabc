#include "core/quantity.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/stream.h"
#include "tests/core/error_text.h"

namespace cimera {
namespace {

using namespace literals;

// The algebra of dimensions.
static_assert(std::is_same_v<decltype(1_V / 1_Ohm), Amperes>);
static_assert(std::is_same_v<decltype(1_V * 1_A), Watts>);
static_assert(std::is_same_v<decltype(1_V * 1_V * 1_S), Watts>);
static_assert(std::is_same_v<decltype(1_W * 1_s), Joules>);
static_assert(std::is_same_v<decltype(1_J / 1_bit), JoulesPerBit>);
static_assert(std::is_same_v<decltype(1_bit / 1_s), BitsPerSecond>);
static_assert(std::is_same_v<decltype(1.0 / 1_s), Hertz>);
static_assert(std::is_same_v<decltype(1.0 / 1_Ohm), Siemens>);
static_assert(std::is_same_v<decltype(1_fF * 1_V * 1_V), Joules>);
static_assert(std::is_same_v<decltype(1_um * 1_um), SquareMetres>);
static_assert(std::is_same_v<decltype(1_s * 1_GHz), double>);
static_assert(std::is_same_v<decltype(1_J / 1_pJ), double>);
static_assert((2_V + 3_V).si() == 5.0 && (2_V - 3_V).si() == -1.0 && (-(2_V)).si() == -2.0);
static_assert((3_V * 2.0).si() == 6.0 && (2.0 * 3_V).si() == 6.0 && (3_V / 2.0).si() == 1.5);
static_assert(1_ns < 1_us && 1000_ps == 1_ns && (1_us).in(1_ns) > 999.0);

// What must not compile, each beside a twin that must.
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};
static_assert(Addable<Volts, Volts> && !Addable<Volts, Amperes> && !Addable<Volts, double>);
static_assert(Comparable<Seconds, Seconds> && !Comparable<Seconds, Hertz> && !Comparable<Seconds, double>);
template <class A, class B>
concept Subtractable = requires(A a, B b) {
  a - b;
};
template <class A, class B>
concept Accumulates = requires(A a, B b) {
  a += b;
};
static_assert(Subtractable<Joules, Joules> && !Subtractable<Joules, Watts>);
static_assert(Accumulates<Joules, Joules> && !Accumulates<Joules, double>);
static_assert(std::is_convertible_v<Volts, Volts> && !std::is_convertible_v<double, Volts>);
static_assert(!std::is_constructible_v<Volts, double> && !std::is_convertible_v<Volts, double>);
template <class Q>
concept InVolts = requires(Q q) {
  q.in(1_V);
};
static_assert(InVolts<Volts> && !InVolts<Amperes>);

const Dim kAll[] = {Dim{},
                    Metres::kDim,
                    SquareMetres::kDim,
                    Seconds::kDim,
                    Hertz::kDim,
                    Joules::kDim,
                    Watts::kDim,
                    Amperes::kDim,
                    Volts::kDim,
                    Ohms::kDim,
                    Siemens::kDim,
                    Farads::kDim,
                    Kelvins::kDim,
                    Bits::kDim,
                    BitsPerSecond::kDim,
                    JoulesPerBit::kDim,
                    Dim{.K = -1},
                    Dim{.s = 1, .A = 1},
                    Dim{.kg = 1},
                    Dim{.m = 1, .s = -2, .A = 3, .bit = -1},
                    Dim{.m = -1, .A = 1}};

double parse(std::string_view text, Dim dim) { return parse_quantity(text, dim, {"x.yaml", 7}, "key"); }

std::string refusal(std::string_view text, Dim dim) {
  return error_text([&] { parse(text, dim); });
}

TEST(ParseQuantity, ReadsUnits) {
  EXPECT_EQ(parse("6 kOhm", Ohms::kDim), 6000.0);
  EXPECT_EQ(parse("1333 ohm", Ohms::kDim), 1333.0);
  EXPECT_EQ(parse("2 M\u03A9", Ohms::kDim), 2e6);
  EXPECT_EQ(parse("1.28 GHz", Hertz::kDim), 1.28e9);
  EXPECT_EQ(parse("20.7 mW", Watts::kDim), 20.7e-3);
  EXPECT_EQ(parse("-0.2 V", Volts::kDim), -0.2);
  EXPECT_EQ(parse("3uA", Amperes::kDim), 3e-6);
  EXPECT_EQ(parse("3 \u00B5A", Amperes::kDim), 3e-6);
  EXPECT_EQ(parse("10 uS", Siemens::kDim), 10e-6);
  EXPECT_EQ(parse("0.1 fF", Farads::kDim), 0.1 / 1e15);
  EXPECT_EQ(parse("100 ns", Seconds::kDim), 100e-9);
  EXPECT_EQ(parse("10 year", Seconds::kDim), 10 * 365.25 * 86400);
  EXPECT_EQ(parse("62.5 mm^2", SquareMetres::kDim), 62.5e-6);
  EXPECT_EQ(parse("1200 um^2", SquareMetres::kDim), 1200e-12);
  EXPECT_EQ(parse("300 K", Kelvins::kDim), 300.0);
  EXPECT_EQ(parse("1.1 eV", Joules::kDim), 1.1 * 1.602176634 / 1e19);
}

TEST(ParseQuantity, ReadsInformation) {
  EXPECT_EQ(parse("1 B", Bits::kDim), 8.0);
  EXPECT_EQ(parse("1 kB", Bits::kDim), 8000.0);
  EXPECT_EQ(parse("64 KiB", Bits::kDim), 64.0 * 1024 * 8);
  EXPECT_EQ(parse("2 MiB", Bits::kDim), 2.0 * 1024 * 1024 * 8);
  EXPECT_EQ(parse("3 bits", Bits::kDim), 3.0);
  EXPECT_EQ(parse("3 bytes", Bits::kDim), 24.0);
  EXPECT_EQ(parse("64 Kibytes", Bits::kDim), 64.0 * 1024 * 8);
  EXPECT_EQ(parse("8 Gb", Bits::kDim), 8e9);
  EXPECT_EQ(parse("8 Gibit", Bits::kDim), 8.0 * 1024 * 1024 * 1024);
  EXPECT_EQ(parse("25.6 GB/s", BitsPerSecond::kDim), 204.8e9);
  EXPECT_EQ(parse("16 Gb/s", BitsPerSecond::kDim), 16e9);
  EXPECT_EQ(parse("0.5 pJ/bit", JoulesPerBit::kDim), 0.5e-12);
  EXPECT_EQ(parse("4 pJ/B", JoulesPerBit::kDim), 0.5e-12);
}

TEST(ParseQuantity, ReadsNumbersAndPercent) {
  EXPECT_EQ(parse("128", {}), 128.0);
  EXPECT_EQ(parse("  1e-3\t", {}), 1e-3);
  EXPECT_EQ(parse("5 %", {}), 0.05);
  EXPECT_EQ(parse("5%", {}), 0.05);
  EXPECT_EQ(parse("0.1 %/K", Dim{.K = -1}), 1e-3);
  EXPECT_EQ(parse("0 V", Volts::kDim), 0.0);
}

TEST(ParseQuantity, ReadsProductsAndPowers) {
  EXPECT_DOUBLE_EQ(parse("0.2 fF/um", Farads::kDim - Metres::kDim), 0.2e-9);
  EXPECT_DOUBLE_EQ(parse("3 kg*m^2*s^-3", Watts::kDim), 3.0);
  EXPECT_DOUBLE_EQ(parse("2 W/cm^2", Watts::kDim - SquareMetres::kDim), 2e4);
  EXPECT_DOUBLE_EQ(parse("3 1/s", Hertz::kDim), 3.0);
}

TEST(ParseQuantity, RefusesTheWrongDimension) {
  EXPECT_EQ(error_text([] {
              parse_quantity("0.2 A", Volts::kDim, {"models/catalog/x.yaml", 7}, "v_read");
            }),
            "models/catalog/x.yaml:7: v_read = 0.2 A: expected a voltage (V, mV), got a current");
  EXPECT_EQ(refusal("5 V", {}), "x.yaml:7: key = 5 V: expected a number (no unit, or %), got a voltage");
  EXPECT_EQ(refusal("5 J", Watts::kDim), "x.yaml:7: key = 5 J: expected a power (mW, W), got an energy");
  EXPECT_EQ(refusal("5 pJ", JoulesPerBit::kDim),
            "x.yaml:7: key = 5 pJ: expected an energy per bit (pJ/bit, pJ/B), got an energy");
  EXPECT_EQ(refusal("5 um", SquareMetres::kDim), "x.yaml:7: key = 5 um: expected an area (um^2, mm^2), got a length");
  EXPECT_EQ(refusal("5 %", Volts::kDim), "x.yaml:7: key = 5 %: expected a voltage (V, mV), got a percentage");
  EXPECT_EQ(refusal("5 g*m", Volts::kDim), "x.yaml:7: key = 5 g*m: expected a voltage (V, mV), got a quantity in kg*m");
}

TEST(ParseQuantity, RefusesANumberWithoutItsUnit) {
  EXPECT_EQ(refusal("0", Volts::kDim),
            "x.yaml:7: key = 0: expected a voltage (V, mV), got a number without a unit; write 0 V");
  EXPECT_EQ(refusal("300", Kelvins::kDim),
            "x.yaml:7: key = 300: expected a temperature (K), got a number without a unit; write 300 K");
}

TEST(ParseQuantity, RefusesWhatIsNoFiniteNumber) {
  for (const char* text : {"nan V", "NaN V", "inf V", "-inf V", "infinity"}) {
    EXPECT_EQ(refusal(text, Volts::kDim),
              "x.yaml:7: key = " + std::string(text) + ": expected a voltage (V, mV), got a value that is not finite");
  }
  EXPECT_EQ(refusal("1e308 kV", Volts::kDim),
            "x.yaml:7: key = 1e308 kV: expected a voltage (V, mV), got a value that is not finite");
  EXPECT_EQ(refusal("1e999 V", Volts::kDim),
            "x.yaml:7: key = 1e999 V: expected a voltage (V, mV), got a number that a double cannot hold");
}

TEST(ParseQuantity, RefusesWhatIsNoNumber) {
  EXPECT_EQ(refusal("", Volts::kDim), "x.yaml:7: key = : expected a voltage (V, mV), got nothing");
  for (const char* text : {"fast", "V", "+5 V", "0x10 V x", "--5 V", ", 5"}) {
    const std::string message = refusal(text, Volts::kDim);
    EXPECT_EQ(message.rfind("x.yaml:7: key = " + std::string(text) + ": expected a voltage (V, mV), got ", 0), 0u)
        << message;
  }
  EXPECT_EQ(error_text([] { parse_quantity("fast", Volts::kDim, {}, ""); }),
            "fast: expected a voltage (V, mV), got text");
}

TEST(ParseQuantity, RefusesUnknownUnits) {
  const std::string start = "x.yaml:7: key = ";
  EXPECT_EQ(refusal("5 KB", Bits::kDim), start +
                                             "5 KB: expected an amount of data (bit, B, KiB), got the unknown unit "
                                             "'KB'; did you mean 'kB'?");
  EXPECT_EQ(refusal("5 mhz", Hertz::kDim),
            start + "5 mhz: expected a frequency (MHz, GHz), got the unknown unit 'mhz'; did you mean 'MHz'?");
  EXPECT_EQ(refusal("5 years", Seconds::kDim),
            start + "5 years: expected a time (ns, us), got the unknown unit 'years'; did you mean 'year'?");
  EXPECT_EQ(refusal("5 Vs", Seconds::kDim), start + "5 Vs: expected a time (ns, us), got the unknown unit 'Vs'")
      << "volts are no time";
  EXPECT_EQ(refusal("5 V V", Volts::kDim), start + "5 V V: expected a voltage (V, mV), got the unknown unit 'V V'");
  EXPECT_EQ(refusal("5 V/", Volts::kDim), start + "5 V/: expected a voltage (V, mV), got the unknown unit 'V/'");
  EXPECT_EQ(refusal("5 1", {}), start + "5 1: expected a number (no unit, or %), got the unknown unit '1'");
  EXPECT_EQ(refusal("1,000", {}), start + "1,000: expected a number (no unit, or %), got the unknown unit ',000'");
  EXPECT_EQ(refusal("5 V^x", Volts::kDim), start + "5 V^x: expected a voltage (V, mV), got the unknown unit 'V^x'");
  EXPECT_EQ(refusal("5 V^99", Volts::kDim), start + "5 V^99: expected a voltage (V, mV), got the unknown unit 'V^99'");
  EXPECT_EQ(refusal("5 mB", Bits::kDim).find("unknown unit 'mB'") != std::string::npos, true);
  EXPECT_EQ(refusal("5 KiV", Volts::kDim).find("unknown unit 'KiV'") != std::string::npos, true);
}

TEST(Literals, AgreeWithTheParser) {
  EXPECT_EQ((100_ns).si(), parse("100 ns", Seconds::kDim));
  EXPECT_EQ((7_fs).si(), parse("7 fs", Seconds::kDim));
  EXPECT_EQ((1.28_GHz).si(), parse("1.28 GHz", Hertz::kDim));
  EXPECT_EQ((3.187_pJ).si(), parse("3.187 pJ", Joules::kDim));
  EXPECT_EQ((20.7_mW).si(), parse("20.7 mW", Watts::kDim));
  EXPECT_EQ((0.7_uA).si(), parse("0.7 uA", Amperes::kDim));
  EXPECT_EQ((6_kOhm).si(), parse("6 kOhm", Ohms::kDim));
  EXPECT_EQ((0.3_uS).si(), parse("0.3 uS", Siemens::kDim));
  EXPECT_EQ((0.372_mm2).si(), parse("0.372 mm^2", SquareMetres::kDim));
  EXPECT_EQ((32_nm).si(), parse("32 nm", Metres::kDim));
  EXPECT_EQ((0.1_fF).si(), parse("0.1 fF", Farads::kDim));
  EXPECT_EQ((64_KiB).si(), parse("64 KiB", Bits::kDim));
  EXPECT_EQ((25.6_GBps).si(), parse("25.6 GB/s", BitsPerSecond::kDim));
}

TEST(Format, ShowsFourDigitsAndThePrefixThatFits) {
  EXPECT_EQ(format(3.187_pJ), "3.187 pJ");
  EXPECT_EQ(format(999.96_pJ), "1 nJ");
  EXPECT_EQ(format(1_fJ), "1 fJ");
  EXPECT_EQ(format(0_J), "0 J");
  EXPECT_EQ(format(-(5_mV)), "-5 mV");
  EXPECT_EQ(format(65.8_W), "65.8 W");
  EXPECT_EQ(format(6_kOhm), "6 kOhm");
  EXPECT_EQ(format(3600_s), "3600 s");
  EXPECT_EQ(format(300_K), "300 K");
  EXPECT_EQ(format(0.0001_K), "0.0001 K");
  EXPECT_EQ(format(Hertz::si(0.002)), "0.002 Hz");
  EXPECT_EQ(format_si(1.5, Dim{.kg = 1, .s = 2}), "1.5 kg*s^2");
  EXPECT_EQ(format(Joules::si(std::numeric_limits<double>::infinity())), "inf J");
}

TEST(Format, ShowsAreasTheWayPeopleReadThem) {
  EXPECT_EQ(format(0.372_mm2), "0.372 mm^2");
  EXPECT_EQ(format(85.4_mm2), "85.4 mm^2");
  EXPECT_EQ(format(1200_um2), "1200 um^2");
  EXPECT_EQ(format(0.001_um2), "1000 nm^2");
  EXPECT_EQ(format(SquareMetres::si(2.0)), "2 m^2");
}

TEST(Format, ShowsBytesWhereTheyAreExact) {
  EXPECT_EQ(format(64_KiB), "64 KiB");
  EXPECT_EQ(format(1.5 * 1_MiB), "1.5 MiB");
  EXPECT_EQ(format(8_GiB), "8 GiB");
  EXPECT_EQ(format(100000_bit), "100 kbit");
  EXPECT_EQ(format(12_bit), "12 bit");
  EXPECT_EQ(format(25.6_GBps), "204.8 Gbit/s");
}

TEST(Format, ShowsWholeNumbersInFull) {
  EXPECT_EQ(format_si(41288, {}), "41288");
  EXPECT_EQ(format_si(0.03, {}), "0.03");
  EXPECT_EQ(format_si(627.46, {}), "627.5");
  EXPECT_EQ(format_si(1.0 / 3.0, {}), "0.3333");
}

TEST(Format, IsReadBackWithinFourDigits) {
  const Stream stream({.purpose = "quantity_test"});
  for (std::size_t d = 0; d < std::size(kAll); ++d) {
    std::vector<float> draws(400);
    stream.uniform({.unit = static_cast<std::uint32_t>(d)}, draws);
    for (std::size_t i = 0; i < draws.size(); i += 2) {
      const double sign = draws[i + 1] < 0.25f ? -1.0 : 1.0;
      const double value = sign * (1.0 + 9.0 * draws[i + 1]) * std::pow(10.0, std::floor(-20.0 + 40.0 * draws[i]));
      const std::string text = format_si(value, kAll[d]);
      EXPECT_NEAR(parse(text, kAll[d]) / value, 1.0, 0.5e-3) << text;
    }
    EXPECT_EQ(parse(format_si(0.0, kAll[d]), kAll[d]), 0.0);
  }
}

TEST(DimName, CallsDimensionsByTheirNames) {
  EXPECT_EQ(dim_name(Volts::kDim), "voltage");
  EXPECT_EQ(dim_units(Volts::kDim), "V, mV");
  EXPECT_EQ(dim_name({}), "number");
  EXPECT_EQ(dim_name(Dim{.m = 1, .s = -2}), "quantity in m*s^-2");
  EXPECT_EQ(dim_units(Dim{.m = 1, .s = -2}), "m*s^-2");
}

}  // namespace
}  // namespace cimera
