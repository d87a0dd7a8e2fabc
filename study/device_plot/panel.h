// One diagram among several in a figure: a frame with axes, and what is drawn in it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "study/explain/svg.h"

namespace cimera::study {

/// Values from `low` to `high`; on a logarithmic axis both are above 0.
struct Axis {
  std::string label;
  double low = 0, high = 1;
  bool logarithmic = false;

  /// Widens the range to `value`.
  void take(double value);
  /// Leaves some room at both ends, and none below 0 when nothing is.
  void pad();
  /// 0 at the low end, 1 at the high one.
  double share(double value) const;
  /// Round values within the axis, four to eight of them (powers of ten on a logarithmic one), and how they are
  /// written.
  std::vector<std::pair<double, std::string>> ticks() const;
};

/// How a series is named in the legend above a panel.
struct Key {
  std::string text, colour;
  bool line = true, dashed = false;
};

class Panel {
 public:
  /// Draws frame, ticks, title and legend at the box (left, top, width, height) of `svg`.
  Panel(Svg& svg, double left, double top, double width, double height, const std::string& title, Axis x, Axis y,
        const std::vector<Key>& keys);

  void line(const std::vector<std::pair<double, double>>& points, const LineStyle& style);
  void dot(double x, double y, double radius, const std::string& colour);
  void vertical(double x, double y1, double y2, const LineStyle& style);

 private:
  double px(double x) const { return left_ + x_.share(x) * (right_ - left_); }
  double py(double y) const { return bottom_ - y_.share(y) * (bottom_ - top_); }

  Svg& svg_;
  Axis x_, y_;
  double left_, right_, top_, bottom_;
};

}  // namespace cimera::study
