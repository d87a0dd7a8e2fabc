// A figure of horizontal bars, one per layer, each made of parts.
#pragma once

#include <string>
#include <vector>

namespace cimera::study {

struct BarPart {
  std::string name;
  std::string colour;
};

struct Bar {
  std::string name;
  std::vector<double> parts;  ///< by part; sums to at most `limit` of the figure
  std::string value;          ///< behind the bar
};

struct BarFigure {
  std::string title, axis;  ///< of the axis, with its unit
  std::string note;         ///< below the axis
  std::vector<BarPart> parts;
  std::vector<Bar> bars;
  double limit = 1.0;              ///< end of the axis
  std::vector<double> ticks;       ///< on the axis
  std::vector<std::string> marks;  ///< beside `ticks`
};

std::string bars_svg(const BarFigure& figure);

}  // namespace cimera::study
