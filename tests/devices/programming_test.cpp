// What programming took, and its price by hand.
#include "devices/programming.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "devices/level_scale.h"

namespace cimera::devices {
namespace {

using namespace literals;

CellFigures figures() {
  CellFigures cell;
  cell.v_read = 0.2_V, cell.t_read = Duration::from(10_ns), cell.t_write = Duration::from(50_ns);
  cell.write_energy = 20_pJ, cell.g_off = 20_uS, cell.g_on = 100_uS;
  return cell;
}

TEST(Programming, PriceByHand) {
  const Programming took{.pulses = 30, .reads = 30, .longest = 5};
  EXPECT_NEAR(energy(took, figures())->in(1_pJ), 30 * (20 + 0.04), 1e-9);  // (0.2 V)^2 x 100 uS x 10 ns = 0.04 pJ
  EXPECT_NEAR(serial_time(took, figures())->in(1_ns), 1800, 1e-9);
  EXPECT_NEAR(parallel_time(took, figures())->in(1_ns), 300, 1e-9);
  const Programming plain{.pulses = 30, .longest = 1};
  EXPECT_NEAR(energy(plain, figures())->in(1_pJ), 600, 1e-9);
  EXPECT_NEAR(parallel_time(plain, figures())->in(1_ns), 50, 1e-9);
}

TEST(Programming, UnknownFiguresGiveNoPrice) {
  const Programming took{.pulses = 1, .reads = 1, .longest = 1};
  CellFigures cell = figures();
  cell.t_read.reset();
  EXPECT_FALSE(energy(took, cell) || serial_time(took, cell) || parallel_time(took, cell));
  cell.read_energy = 1_pJ;
  EXPECT_NEAR(energy(took, cell)->in(1_pJ), 21, 1e-9);
  cell.write_energy.reset();
  EXPECT_FALSE(energy(took, cell));
}

TEST(Programming, LinesAddUp) {
  Programming sum{.pulses = 3, .reads = 3, .longest = 2, .failed = 1};
  sum += {.pulses = 4, .reads = 4, .longest = 1, .failed = 0};
  EXPECT_EQ(sum.pulses, 7);
  EXPECT_EQ(sum.reads, 7);
  EXPECT_EQ(sum.longest, 2);
  EXPECT_EQ(sum.failed, 1);
}

TEST(LevelScale, ByHand) {
  const LevelScale scale = level_scale(figures(), 5);  // steps of 20 uS
  EXPECT_NEAR(scale.conductance(0).in(1_uS), 20, 1e-12);
  EXPECT_NEAR(scale.conductance(4).in(1_uS), 100, 1e-12);
  EXPECT_NEAR(scale.conductance(-0.5).in(1_uS), 10, 1e-12);
  EXPECT_NEAR(scale.level(50_uS), 1.5, 1e-12);
  EXPECT_THROW(level_scale({}, 2), Error);
}

}  // namespace
}  // namespace cimera::devices
