// A round pen on a small grey picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cimera::workloads {

/// The pen at one moment: position in pixels (pixel centres are whole numbers) and radius of the ink in pixels.
struct PenState {
  double x = 0.0, y = 0.0, radius = 1.0;
};

/// Draws the line from `a` to `b` into a square picture of side `side`: ink is 1 nearer than radius - soft, 0 beyond
/// radius + soft, and falls smoothly (3 t^2 - 2 t^3) between; `soft` > 0 is in pixels. Where lines overlap the stronger
/// ink stays. The radius changes linearly along the line.
void draw_line(const PenState& a, const PenState& b, double soft, std::int64_t side, std::span<double> ink);

/// States along the smooth curve through `points`: cubic Hermite pieces whose slope at a point is half the step from
/// the point before to the point after (Catmull-Rom). `corner[i]` breaks the slope at point i. Each piece gives `steps`
/// states; the last point is added, and the radius is interpolated linearly. Needs at least two points.
std::vector<PenState> trace(std::span<const PenState> points, const std::vector<bool>& corner, int steps);

}  // namespace cimera::workloads
