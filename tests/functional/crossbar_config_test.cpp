#include <bit>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/converter.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Converter bits of ISAAC's equation 1 for `rows` rows, `dac_bits`-bit inputs and `cell_bits`-bit cells, before flip
/// encoding saves one: log2(rows) + dac_bits + cell_bits, one less when either of the last two is 1. A row count that
/// is no power of two is rounded up to one.
int isaac_adc_bits(int rows, int dac_bits, int cell_bits) {
  const int row_bits = std::bit_width(static_cast<unsigned>(rows - 1));
  return row_bits + dac_bits + cell_bits - (dac_bits > 1 && cell_bits > 1 ? 0 : 1);
}

TEST(CrossbarConfig, DefaultsAreIsaac) {
  const CrossbarConfig isaac;
  EXPECT_EQ(isaac.slices(), 8);
  EXPECT_EQ(isaac.weights_per_array(), 16);
  EXPECT_EQ(isaac.steps(), 16);
  // ISAAC, section 5: 9 bits by equation 1, and 8 with flip encoding.
  EXPECT_EQ(isaac_adc_bits(128, 1, 2), 9);
  EXPECT_EQ(isaac.lossless_adc_bits(), 8);
  EXPECT_EQ(isaac.adc_bits, 8);
  CrossbarConfig offset = isaac;
  offset.encoding = WeightEncoding::kOffset;
  EXPECT_EQ(offset.lossless_adc_bits(), 9);
}

TEST(CrossbarConfig, Equation1OfIsaac) {
  EXPECT_EQ(isaac_adc_bits(256, 1, 1), 9);   // 8 + 1 + 1 - 1
  EXPECT_EQ(isaac_adc_bits(256, 2, 2), 12);  // 8 + 2 + 2
  EXPECT_EQ(isaac_adc_bits(100, 1, 4), 11);  // 7 + 1 + 4 - 1
}

TEST(CrossbarConfig, Equation1IsEnoughForEveryPowerOfTwoRows) {
  for (int row_bits = 0; row_bits <= 10; ++row_bits)
    for (int dac = 1; dac <= 8; ++dac)
      for (int cell = 1; cell <= 8; ++cell) {
        CrossbarConfig config;
        config.rows = 1 << row_bits, config.dac_bits = dac, config.cell_bits = cell;
        config.encoding = WeightEncoding::kOffset;
        EXPECT_LE(config.lossless_adc_bits(), isaac_adc_bits(config.rows, dac, cell)) << describe(config);
        EXPECT_GE(config.lossless_adc_bits(), isaac_adc_bits(config.rows, dac, cell) - 1) << describe(config);
        const int offset_bits = config.lossless_adc_bits();
        config.encoding = WeightEncoding::kFlip;
        if (config.rows > 1) {
          EXPECT_EQ(config.lossless_adc_bits(), offset_bits - 1) << describe(config);
        }
      }
}

TEST(CrossbarConfig, DifferentialSlicesHoldTheMagnitude) {
  CrossbarConfig config;
  config.encoding = WeightEncoding::kDifferential;
  config.weight_bits = 8, config.cell_bits = 2;  // 7 bits of magnitude in 4 slices hold 255
  EXPECT_EQ(config.slices(), 4);
  EXPECT_EQ(config.cells_per_weight(), 8);
  EXPECT_TRUE(config.holds(-128));
  config.cell_bits = 1;  // 7 slices hold 127
  EXPECT_EQ(config.slices(), 7);
  EXPECT_FALSE(config.holds(-128));
  EXPECT_EQ(config.weight_min(), -127);
  EXPECT_EQ(config.weight_max(), 127);
}

TEST(CrossbarConfig, OneBitWeightsAreMinusAndPlusOne) {
  CrossbarConfig config;
  config.weight_bits = 1, config.cell_bits = 1;
  EXPECT_TRUE(config.holds(-1) && config.holds(1) && !config.holds(0) && !config.holds(2));
  config.encoding = WeightEncoding::kDifferential;
  EXPECT_TRUE(config.holds(-1) && config.holds(1) && config.holds(0) && !config.holds(-2));
}

TEST(CrossbarConfig, SignedInputsHaveASignStep) {
  CrossbarConfig config;
  config.input_signed = true, config.input_bits = 8;
  EXPECT_EQ(config.steps(), 8);
  config.dac_bits = 2;
  EXPECT_EQ(config.steps(), 5);  // 7 bits by two, and the sign
  config.input_bits = 1;
  EXPECT_EQ(config.steps(), 1);
}

TEST(CrossbarConfig, RefusesValuesOutsideTheirRange) {
  const auto message = [](auto&& change) {
    CrossbarConfig config;
    change(config);
    try {
      config.check({"isaac.yaml", 7});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::Kind::kInput);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(message([](CrossbarConfig&) {}), "no error");
  EXPECT_THAT(message([](CrossbarConfig& c) { c.rows = 0; }),
              AllOf(HasSubstr("isaac.yaml:7"), HasSubstr("rows = 0"), HasSubstr("1..4096"), HasSubstr("nearest is 1")));
  EXPECT_THAT(message([](CrossbarConfig& c) { c.cell_bits = 9; }), HasSubstr("cell_bits = 9: must be 1..8"));
  EXPECT_THAT(message([](CrossbarConfig& c) { c.weight_bits = 17; }), HasSubstr("nearest is 16"));
  EXPECT_THAT(message([](CrossbarConfig& c) { c.input_bits = 0; }), HasSubstr("input_bits = 0"));
  EXPECT_THAT(message([](CrossbarConfig& c) { c.dac_bits = 9; }), HasSubstr("dac_bits = 9"));
  EXPECT_THAT(message([](CrossbarConfig& c) { c.adc_bits = 16; }), HasSubstr("adc_bits = 16: must be 1..15"));
  EXPECT_THAT(message([](CrossbarConfig& c) { c.columns = 7; }), HasSubstr("at least 8 columns"));
  EXPECT_THAT(message([](CrossbarConfig& c) { c.encoding = WeightEncoding::kDifferential, c.adc_bits = 1; }),
              HasSubstr("adc_bits = 1: must be 2..15"));
}

TEST(Converter, UnitStepAndFullRange) {
  CrossbarConfig config;
  const Converter unit(config);
  EXPECT_THAT(unit.lsb, testing::Each(1.0));
  EXPECT_EQ(unit.min_code, 0);
  EXPECT_EQ(unit.max_code, 255);
  EXPECT_TRUE(unit.lossless(0, 0, 255) && !unit.lossless(0, 0, 256) && !unit.lossless(0, -1, 4));

  config.adc_range = AdcRange::kFullRange;
  EXPECT_THAT(Converter(config).lsb, testing::Each(1.0));  // 192 fits 8 bits: no finer than one level
  config.adc_bits = 6;
  EXPECT_THAT(Converter(config).lsb, testing::Each(781.0 / 256.0));  // 192 / 63 = 780.2 / 256, rounded up to 10 bits
  config.encoding = WeightEncoding::kDifferential;
  const Converter pair(config);
  EXPECT_EQ(pair.min_code, -32);
  EXPECT_EQ(pair.max_code, 31);
  EXPECT_THAT(pair.lsb, testing::Each(793.0 / 64.0));  // 384 / 31 = 792.8 / 64
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
