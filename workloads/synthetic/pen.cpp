#include "workloads/synthetic/pen.h"

#include <algorithm>
#include <cmath>

namespace cimera::workloads {

void draw_line(const PenState& a, const PenState& b, double soft, std::int64_t side, std::span<double> ink) {
  const double reach = std::max(a.radius, b.radius) + soft;
  const auto low = [&](double p) { return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(p - reach))); };
  const auto high = [&](double p) {
    return std::min<std::int64_t>(side - 1, static_cast<std::int64_t>(std::floor(p + reach)));
  };
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  for (std::int64_t row = low(std::min(a.y, b.y)); row <= high(std::max(a.y, b.y)); ++row) {
    for (std::int64_t column = low(std::min(a.x, b.x)); column <= high(std::max(a.x, b.x)); ++column) {
      const double px = static_cast<double>(column) - a.x, py = static_cast<double>(row) - a.y;
      const double along = length2 > 0.0 ? std::clamp((px * dx + py * dy) / length2, 0.0, 1.0) : 0.0;
      const double ex = px - along * dx, ey = py - along * dy;
      const double distance = std::sqrt(ex * ex + ey * ey);
      const double radius = a.radius + along * (b.radius - a.radius);
      const double t = std::clamp((radius + soft - distance) / (2.0 * soft), 0.0, 1.0);
      double& pixel = ink[static_cast<std::size_t>(row * side + column)];
      pixel = std::max(pixel, t * t * (3.0 - 2.0 * t));
    }
  }
}

std::vector<PenState> trace(std::span<const PenState> points, const std::vector<bool>& corner, int steps) {
  const std::size_t last = points.size() - 1;
  std::vector<PenState> states;
  states.reserve(last * static_cast<std::size_t>(steps) + 1);
  for (std::size_t i = 0; i < last; ++i) {
    const PenState &p = points[i], &q = points[i + 1];
    const bool smooth_start = i > 0 && !corner[i], smooth_end = i + 1 < last && !corner[i + 1];
    const double start_x = smooth_start ? 0.5 * (q.x - points[i - 1].x) : q.x - p.x;
    const double start_y = smooth_start ? 0.5 * (q.y - points[i - 1].y) : q.y - p.y;
    const double end_x = smooth_end ? 0.5 * (points[i + 2].x - p.x) : q.x - p.x;
    const double end_y = smooth_end ? 0.5 * (points[i + 2].y - p.y) : q.y - p.y;
    for (int step = 0; step < steps; ++step) {
      const double t = static_cast<double>(step) / steps;
      const double h01 = t * t * (3.0 - 2.0 * t), h00 = 1.0 - h01;
      const double h10 = t * (1.0 - t) * (1.0 - t), h11 = t * t * (t - 1.0);
      states.push_back({h00 * p.x + h10 * start_x + h01 * q.x + h11 * end_x,
                        h00 * p.y + h10 * start_y + h01 * q.y + h11 * end_y, p.radius + t * (q.radius - p.radius)});
    }
  }
  states.push_back(points[last]);
  return states;
}

}  // namespace cimera::workloads
