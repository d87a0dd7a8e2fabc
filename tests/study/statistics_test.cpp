#include "study/statistics.h"

#include <cmath>

#include <gtest/gtest.h>

namespace cimera::study {
namespace {

TEST(PairedLoss, TableOfFourCellsByHand) {
  // 20 images: both right 12, only the reference 5, only the device 1, both wrong 2.
  std::vector<std::uint8_t> reference;
  std::vector<std::int32_t> device;
  const auto add = [&](int count, std::uint8_t r, std::int32_t d) {
    for (int i = 0; i < count; ++i) reference.push_back(r), device.push_back(d);
  };
  add(12, 1, 1), add(5, 1, 0), add(1, 0, 1), add(2, 0, 0);
  const PairedLoss paired = paired_loss(reference, device, 1, std::nullopt);
  EXPECT_DOUBLE_EQ(paired.loss, 4.0 / 20);
  // Agresti and Min: b = 5.5, c = 1.5, N = 22; (b - c) / N +- 1.96 sqrt(b + c - (b - c)^2 / N) / N.
  const double centre = 4.0 / 22, width = 1.96 * std::sqrt(7.0 - 16.0 / 22) / 22;
  EXPECT_NEAR(paired.ci95.low, centre - width, 1e-15);
  EXPECT_NEAR(paired.ci95.high, centre + width, 1e-15);
}

TEST(PairedLoss, NoDifferenceIsNotCertainty) {
  const std::vector<std::uint8_t> reference(10000, 1);
  const std::vector<std::int32_t> device(10000, 1);
  const PairedLoss paired = paired_loss(reference, device, 1, std::nullopt);
  EXPECT_EQ(paired.loss, 0.0);
  EXPECT_NEAR(paired.ci95.high, 1.96 / 10002, 1e-12);
  EXPECT_EQ(paired.ci95.low, -paired.ci95.high);
}

TEST(PairedLoss, TrialsAreAveragedByImageAndTheirSpreadWidens) {
  const std::vector<std::uint8_t> reference{1, 1, 0, 1};
  const std::vector<std::int32_t> device{4, 2, 1, 0};  // of 4 trials: differences 0, 1/2, -1/4, 1
  const PairedLoss alone = paired_loss(reference, device, 4, std::nullopt);
  EXPECT_DOUBLE_EQ(alone.loss, 1.25 / 4);
  const double images = (0.25 + 0.0625 + 1 + 1 - 1.25 * 1.25 / 6) / 36;
  EXPECT_NEAR(alone.ci95.high, 1.25 / 6 + 1.96 * std::sqrt(images), 1e-15);
  const PairedLoss spread = paired_loss(reference, device, 4, 0.3);
  EXPECT_NEAR(spread.ci95.high, 1.25 / 6 + 1.96 * std::sqrt(images + 0.09 / 4), 1e-15);
}

TEST(PairedLoss, StaysWithinOneToMinusOne) {
  const PairedLoss lost = paired_loss(std::vector<std::uint8_t>{1}, std::vector<std::int32_t>{0}, 1, std::nullopt);
  EXPECT_EQ(lost.loss, 1.0);
  EXPECT_EQ(lost.ci95.high, 1.0);
  const PairedLoss won = paired_loss(std::vector<std::uint8_t>{0}, std::vector<std::int32_t>{1}, 1, std::nullopt);
  EXPECT_EQ(won.loss, -1.0);
  EXPECT_EQ(won.ci95.low, -1.0);
}

TEST(SampleStd, DivisorIsCountLessOne) {
  EXPECT_DOUBLE_EQ(*sample_std(std::vector<double>{1, 2, 3, 6}), std::sqrt((4 + 1 + 0 + 9) / 3.0));
  EXPECT_EQ(sample_std(std::vector<double>{7}), std::nullopt);
  EXPECT_EQ(sample_std(std::vector<double>{}), std::nullopt);
}

TEST(SqnrOfOutputs, SumsOverCalls) {
  Sqnr sqnr;
  sqnr.add(std::vector<float>{3, 0}, std::vector<float>{3, 1});
  sqnr.add(std::vector<float>{4}, std::vector<float>{4});
  EXPECT_DOUBLE_EQ(*sqnr.dB(), 10 * std::log10(25.0));
}

TEST(SqnrOfOutputs, IdenticalOutputsHaveNone) {
  Sqnr sqnr;
  sqnr.add(std::vector<float>{3, 4}, std::vector<float>{3, 4});
  EXPECT_EQ(sqnr.dB(), std::nullopt);
}

}  // namespace
}  // namespace cimera::study
