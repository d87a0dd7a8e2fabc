// Prices of converters: each file of the catalog loads, tables are read as they stand, formulas by hand.
#include "devices/converter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace cimera::devices {
namespace {

using namespace literals;

TEST(Converters, EveryFileOffersOnlyWhatIsPositive) {
  ASSERT_GE(converter_names().size(), 8u);
  for (const std::string& name : converter_names()) {
    const Converter family = load_converter(name).value;
    EXPECT_FALSE(family.description.empty()) << name;
    EXPECT_FALSE(family.choices(8, 32_nm).empty()) << name;
    std::vector<std::pair<int, Metres>> offers;
    for (const ConverterRow& row : family.rows)
      if (row.node) offers.emplace_back(row.bits, *row.node);
    for (const ConverterLaw& law : family.laws)
      for (int bits = law.lowest_bits; bits <= law.highest_bits; ++bits) offers.emplace_back(bits, law.node);
    for (const auto& [bits, node] : offers) {
      const auto price = family.price(bits, node);
      ASSERT_TRUE(price) << name << ", " << bits << " bits";
      EXPECT_GT(price->energy.value().si(), 0) << name;
      EXPECT_GT(price->rate.value_or(Hertz::si(1)).si(), 0) << name;
      EXPECT_GT(price->area.value_or(SquareMetres::si(1)).si(), 0) << name;
    }
  }
}

TEST(Converters, MoreBitsTakeMore) {
  for (const std::string& name : converter_names())
    for (const ConverterLaw& law : load_converter(name).value.laws)
      for (int bits = law.lowest_bits; bits < law.highest_bits; ++bits)
        EXPECT_LT(*law.price(bits).energy, *law.price(bits + 1).energy) << name;
}

TEST(Converters, ATableIsReadAsItStands) {
  const Converter isaac = load_converter("isaac_adc").value;
  EXPECT_EQ(isaac.price(7, 32_nm)->energy, 1.42_pJ);
  EXPECT_EQ(isaac.price(10, 32_nm)->area, 3002.0_um2);
  EXPECT_FALSE(isaac.price(3, 32_nm));
  EXPECT_FALSE(isaac.price(8, 22_nm));
  EXPECT_EQ(isaac.choices(3, 22_nm), "it has 4, 5, 6, 7, 8, 9, 10 bits at 32 nm; the nearest is 4 bits at 32 nm");
  EXPECT_EQ(isaac.choices(12, 32_nm), "it has 4, 5, 6, 7, 8, 9, 10 bits at 32 nm; the nearest is 10 bits at 32 nm");
}

// 22 nm, 8 bits, a column that conducts nothing: (0.538 x 8 + 4.3753) uW for 9 ns.
TEST(Converters, NeurosimSarByHand) {
  const Converter sar = load_converter("neurosim_sar_lstp").value;
  const ConverterPrice price = sar.price(8, 22_nm).value();
  EXPECT_NEAR(price.energy->si(), 8.6793e-6 * 9e-9, 1e-22);
  EXPECT_NEAR(price.energy->si(), 78e-15, 0.2e-15);
  EXPECT_NEAR(price.rate->si(), 1 / 9e-9, 1e-3);
  EXPECT_FALSE(price.area);
  // 64 cells of 100 kOhm: 0.072341 / 1562.5 = 46.3 uW more.
  EXPECT_NEAR(price.column->si() * 64 / 100e3, 0.072341 / 1562.5 * 9e-9, 1e-20);
  EXPECT_FALSE(sar.price(11, 22_nm));
  EXPECT_THAT(sar.choices(8, 28_nm), testing::HasSubstr("the nearest is 8 bits at 32 nm"));
}

TEST(Converters, OnlyALinearTermOfTheColumnIsGiven) {
  const Converter high = load_converter("neurosim_sar_hp").value;
  for (const ConverterLaw& law : high.laws) EXPECT_NE(law.column_exponent, 1.0);
  EXPECT_FALSE(high.price(8, 130_nm)->column);
  for (const ConverterLaw& law : load_converter("neurosim_sar_lstp").value.laws)
    EXPECT_TRUE(law.price(8).column) << law.node.si();
}

TEST(Converters, CyclesByHand) {
  ConverterLaw law;
  law.cycle = 2_ns, law.power_fixed = 1_uW, law.power_per_level = 10_uW, law.energy_per_bit = 3_fJ;
  const auto check = [&](ConverterCycles cycles, double time) {
    law.cycles = cycles;
    EXPECT_NEAR(law.price(3).rate->si() * time, 1, 1e-12);
    EXPECT_NEAR(law.price(3).energy->si(), (1e-6 + 7 * 10e-6) * time + 9e-15, 1e-24);
  };
  check(ConverterCycles::kOne, 2e-9);
  check(ConverterCycles::kBits, 6e-9);
  check(ConverterCycles::kBitsPlusOne, 8e-9);
  check(ConverterCycles::kLevels, 16e-9);
}

// MNSIM charges b + 2 periods a conversion of a pipelined converter: 6.92 mW x 12 / 1.5 GHz = 55 pJ.
TEST(Converters, MnsimIsReadAtOneConversionAPeriod) {
  const ConverterPrice price = load_converter("mnsim_adc").value.price(10, 14_nm).value();
  EXPECT_NEAR(price.energy->si() * price.rate->si(), 6.92e-3, 1e-6);
}

TEST(Converters, AnUnknownNameIsRefusedWithTheNearest) {
  try {
    load_converter("isaac_acd");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("unknown converter 'isaac_acd'; did you mean 'isaac_adc'?"));
  }
}

}  // namespace
}  // namespace cimera::devices
