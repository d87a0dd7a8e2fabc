// The pen and the skeletons of the synthetic digits, against hand-computed values.
#include "workloads/synthetic/pen.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "workloads/synthetic/skeletons.h"

namespace cimera::workloads {
namespace {

constexpr std::int64_t kSide = 9;

double at(const std::vector<double>& ink, std::int64_t row, std::int64_t column) {
  return ink[static_cast<std::size_t>(row * kSide + column)];
}

TEST(Pen, InkOfALineFallsWithTheDistance) {
  std::vector<double> ink(kSide * kSide, 0.0);
  // radius - soft = 1, radius + soft = 3: at distances 0, 1, 2, 3 the share t is 1, 1, 1/2, 0.
  draw_line({2.0, 4.0, 2.0}, {6.0, 4.0, 2.0}, 1.0, kSide, ink);
  EXPECT_EQ(at(ink, 4, 4), 1.0);
  EXPECT_EQ(at(ink, 3, 4), 1.0);
  EXPECT_EQ(at(ink, 2, 4), 0.5);
  EXPECT_EQ(at(ink, 1, 4), 0.0);
  EXPECT_EQ(at(ink, 4, 8), 0.5);                  // round end, 2 beyond x = 6
  const double t = 0.5 * (3.0 - std::sqrt(5.0));  // pixel (8, 3): distance sqrt(4 + 1)
  EXPECT_DOUBLE_EQ(at(ink, 3, 8), t * t * (3.0 - 2.0 * t));
}

TEST(Pen, RadiusChangesAlongTheLine) {
  std::vector<double> ink(kSide * kSide, 0.0);
  draw_line({0.0, 4.0, 1.0}, {8.0, 4.0, 3.0}, 1.0, kSide, ink);
  EXPECT_EQ(at(ink, 2, 0), 0.0);  // radius 1: ink ends at 2
  EXPECT_EQ(at(ink, 2, 4), 0.5);  // radius 2
  EXPECT_EQ(at(ink, 2, 8), 1.0);  // radius 3: full until 2
}

TEST(Pen, StrongerInkStays) {
  std::vector<double> ink(kSide * kSide, 0.75);
  draw_line({4.0, 4.0, 1.0}, {4.0, 4.0, 1.0}, 0.5, kSide, ink);  // a dot
  EXPECT_EQ(at(ink, 4, 4), 1.0);
  EXPECT_EQ(at(ink, 4, 5), 0.75);  // the dot alone gives 0.5 here
  EXPECT_EQ(at(ink, 0, 0), 0.75);
}

TEST(Pen, LinesOutsideThePictureLeaveNoInk) {
  std::vector<double> ink(kSide * kSide, 0.0);
  draw_line({-20.0, 4.0, 2.0}, {-5.0, 4.0, 2.0}, 1.0, kSide, ink);
  draw_line({30.0, -9.0, 2.0}, {12.0, -9.0, 2.0}, 1.0, kSide, ink);
  EXPECT_EQ(ink, std::vector<double>(kSide * kSide, 0.0));
}

TEST(Trace, PassesThroughThePointsAndRoundsThem) {
  const std::vector<PenState> points = {{0.0, 0.0, 1.0}, {4.0, 0.0, 2.0}, {4.0, 4.0, 2.0}};
  const std::vector<PenState> path = trace(points, {false, false, false}, 2);
  ASSERT_EQ(path.size(), 5u);
  EXPECT_EQ(path[2].x, 4.0);
  EXPECT_EQ(path[2].y, 0.0);
  EXPECT_EQ(path[4].y, 4.0);
  EXPECT_EQ(path[1].radius, 1.5);
  // First piece at t = 1/2: h00 = h01 = 1/2, h10 = 1/8, h11 = -1/8; slopes (4, 0) and ((4, 4) - (0, 0)) / 2 = (2, 2).
  EXPECT_EQ(path[1].x, 0.5 * 4.0 + 0.125 * 4.0 - 0.125 * 2.0);
  EXPECT_EQ(path[1].y, -0.125 * 2.0);
}

TEST(Trace, CornersStaySharp) {
  const std::vector<PenState> points = {{0.0, 0.0, 1.0}, {4.0, 0.0, 1.0}, {4.0, 4.0, 1.0}};
  for (const PenState& state : trace(points, {false, true, false}, 8))
    EXPECT_TRUE(state.y == 0.0 || state.x == 4.0) << state.x << ", " << state.y;
}

TEST(Skeletons, EveryDigitHasStylesOfStrokesInsideTheBox) {
  for (int digit = 0; digit < 10; ++digit) {
    EXPECT_GE(styles(digit).size(), 3u) << digit;
    for (const Style& style : styles(digit)) {
      ASSERT_FALSE(style.empty()) << digit;
      int top = 100, bottom = 0;
      for (const Stroke& stroke : style) {
        EXPECT_GE(stroke.size(), 2u) << digit;
        for (const PenPoint& point : stroke) {
          EXPECT_TRUE(point.x >= 0 && point.x <= 100) << digit << ": x = " << point.x;
          top = std::min(top, point.y);
          bottom = std::max(bottom, point.y);
        }
      }
      EXPECT_TRUE(top >= 0 && top <= 6) << digit << " starts at " << top;  // every style fills the height of the box
      EXPECT_TRUE(bottom >= 93 && bottom <= 100) << digit << " ends at " << bottom;
    }
  }
}

}  // namespace
}  // namespace cimera::workloads
