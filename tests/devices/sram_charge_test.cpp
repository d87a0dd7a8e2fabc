#include "devices/sram_charge.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/devices/cell_statistics.h"

namespace cimera::devices {
namespace {

SramCharge cell(CellCharge charge, std::optional<double> sigma) {
  SramChargeParams params;
  params.description = "test", params.charge = charge, params.sigma_capacitor = sigma;
  return SramCharge(params);
}

TEST(SramCharge, MismatchByHand) {
  // Unsigned: a cell that stores 0 adds nothing. Signed: both add a unit of charge, which is half a level unit off 1/2.
  const SramCharge one_sided = cell(CellCharge::kUnsigned, 0.02), two_sided = cell(CellCharge::kSigned, 0.02);
  EXPECT_EQ(sample_level(one_sided, 2, 0).deviation, 0.0);
  const Sample one = sample_level(one_sided, 2, 1);
  EXPECT_NEAR(one.mean, 1.0, one.mean_bound());
  EXPECT_NEAR(one.deviation, 0.02, one.deviation_bound());
  for (const int level : {0, 1}) {
    const Sample sample = sample_level(two_sided, 2, level);
    EXPECT_NEAR(sample.mean, level, sample.mean_bound());
    EXPECT_NEAR(sample.deviation, 0.01, sample.deviation_bound());
  }
}

TEST(SramCharge, TheCapacitorBelongsToTheDevice) {
  const SramCharge signed_cell = cell(CellCharge::kSigned, 0.1);
  const std::vector<std::uint8_t> zeros(50, 0), ones(50, 1);
  std::vector<float> a(50), b(50), c(50);
  signed_cell.program(2, ones, a, test_stream(), {1, 2, 0});
  signed_cell.program(2, zeros, b, test_stream(), {1, 2, 1});  // written again, with the other bit
  signed_cell.program(2, ones, c, test_stream(), {1, 3, 0});
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i] - 1.0f, -b[i], 1e-6f);
  EXPECT_NE(a, c);
}

TEST(SramCharge, HasNoConductanceAndIsExactWithoutMismatch) {
  const SramCharge ideal = cell(CellCharge::kSigned, 0.0);
  EXPECT_TRUE(ideal.ideal());
  EXPECT_EQ(sample_level(ideal, 2, 1).deviation, 0.0);
  EXPECT_FALSE(ideal.figures().g_on || ideal.figures().g_off);
  const std::vector<std::uint8_t> levels(1);
  std::vector<float> effective(1);
  EXPECT_THROW(cell(CellCharge::kSigned, {}).program(2, levels, effective, test_stream(), {}), Error);
}

}  // namespace
}  // namespace cimera::devices
