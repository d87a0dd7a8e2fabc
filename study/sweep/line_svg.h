// A figure of lines: series of points over a linear or logarithmic axis, or over names.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cimera::study {

struct LinePoint {
  double x = 0.0, y = 0.0;
  std::optional<double> low, high;  ///< ends of an error bar
};

struct Line {
  std::string name;
  std::vector<LinePoint> points;  ///< by rising x
};

struct LineFigure {
  std::string title, x_label, y_label;
  std::string legend;                              ///< above the names of the lines; "" where there is but one line
  std::string note;                                ///< below the axis
  bool log_x = false;                              ///< all x > 0
  std::vector<double> x_ticks;                     ///< of a linear axis
  std::vector<std::string> marks;                  ///< beside `x_ticks`
  double y_low = 0.0, y_high = 1.0, y_step = 0.1;  ///< ends of the axis, and from tick to tick
  double y_scale = 1.0;                            ///< what stands at a tick is its value times this
  std::vector<Line> lines;
  std::optional<double> reference;  ///< a dashed line across
  std::string reference_name;
};

std::string lines_svg(const LineFigure& figure);

}  // namespace cimera::study
