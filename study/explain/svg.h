// A figure as SVG: shapes and texts at places in pixels, and axes that map values to places.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cimera::study {

/// Colours that people with colour blindness tell apart: Okabe and Ito, "Color universal design" (2008), without
/// yellow, which is too light for lines.
inline constexpr const char* kPalette[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"};
inline constexpr std::size_t kPaletteSize = 7;
inline constexpr const char* kGrey = "#999999";

enum class Anchor { kStart, kMiddle, kEnd };

/// How a text is set.
struct TextStyle {
  double size = 14;
  Anchor anchor = Anchor::kStart;
  std::string colour = "#222222";
  bool bold = false;
  double angle = 0;  ///< degrees, clockwise, around its place
};

struct LineStyle {
  std::string colour = "#222222";
  double width = 1;
  bool dashed = false;
};

/// The finished text grows as things are drawn; what comes later lies on top.
class Svg {
 public:
  Svg(double width, double height, const std::string& title);

  void line(double x1, double y1, double x2, double y2, const LineStyle& style = {});
  void polyline(const std::vector<std::pair<double, double>>& points, const LineStyle& style);
  void rectangle(double x, double y, double width, double height, const std::string& fill);
  void circle(double x, double y, double radius, const std::string& fill);
  void text(double x, double y, const std::string& words, const TextStyle& style = {});

  std::string str() const { return body_ + "</svg>\n"; }

 private:
  std::string body_;
};

/// About as wide as a text of DejaVu Sans of this size is; for keeping labels apart.
double text_width_px(const std::string& text, double size);

/// A logarithmic axis from `low` to `high` (both > 0), drawn from pixel `from` to pixel `to`.
struct LogAxis {
  double low = 1, high = 10, from = 0, to = 1;

  double at(double value) const;
  /// Powers of ten within the axis.
  std::vector<double> decades() const;
};

}  // namespace cimera::study
