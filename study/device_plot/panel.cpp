#include "study/device_plot/panel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace cimera::study {
namespace {

/// 1, 2 or 5 times a power of ten, so that `range` has four to eight of it.
double step_of(double range) {
  const double decade = std::pow(10.0, std::floor(std::log10(range)));
  for (const double factor : {0.1, 0.2, 0.5, 1.0})
    if (range / (factor * decade) <= 8.0) return factor * decade;
  return 2.0 * decade;
}

}  // namespace

void Axis::take(double value) { low = std::min(low, value), high = std::max(high, value); }

void Axis::pad() {
  const double room = 0.06 * (high - low);
  if (low < 0) low -= room;
  high += room;
}

double Axis::share(double value) const {
  return logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
}

std::vector<std::pair<double, std::string>> Axis::ticks() const {
  std::vector<std::pair<double, std::string>> ticks;
  if (logarithmic) {
    for (int e = static_cast<int>(std::ceil(std::log10(low) - 1e-9)); e <= std::log10(high) + 1e-9; ++e)
      ticks.emplace_back(std::pow(10.0, e),
                         e >= 0 && e <= 3 ? fmt::format("{:.0f}", std::pow(10.0, e)) : fmt::format("1e{}", e));
    return ticks;
  }
  const double step = step_of(high - low);
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k)
    ticks.emplace_back(k * step, fmt::format("{:.6g}", k == 0 ? 0.0 : k * step));
  return ticks;
}

Panel::Panel(Svg& svg, double left, double top, double width, double height, const std::string& title, Axis x, Axis y,
             const std::vector<Key>& keys)
    : svg_(svg),
      x_(std::move(x)),
      y_(std::move(y)),
      left_(left + 72),
      right_(left + width - 14),
      top_(top + 58),
      bottom_(top + height - 50) {
  svg_.text(left_, top + 20, title, {.size = 15, .bold = true});
  double at = left_;
  for (const Key& key : keys) {
    if (key.line) svg_.line(at, top + 40, at + 20, top + 40, {key.colour, 2, key.dashed});
    else svg_.circle(at + 10, top + 40, 4, key.colour);
    svg_.text(at + 26, top + 45, key.text, {.size = 13});
    at += 42 + text_width_px(key.text, 13);
  }
  for (const auto& [value, text] : x_.ticks()) {
    svg_.line(px(value), top_, px(value), bottom_, {"#e8e8e8"});
    svg_.text(px(value), bottom_ + 18, text, {.size = 12, .anchor = Anchor::kMiddle});
  }
  for (const auto& [value, text] : y_.ticks()) {
    svg_.line(left_, py(value), right_, py(value), {"#e8e8e8"});
    svg_.text(left_ - 6, py(value) + 4, text, {.size = 12, .anchor = Anchor::kEnd});
  }
  svg_.line(left_, bottom_, right_, bottom_, {"#222222", 1.5});
  svg_.line(left_, top_, left_, bottom_, {"#222222", 1.5});
  svg_.text((left_ + right_) / 2, bottom_ + 38, x_.label, {.size = 13, .anchor = Anchor::kMiddle});
  svg_.text(left + 16, (top_ + bottom_) / 2, y_.label, {.size = 13, .anchor = Anchor::kMiddle, .angle = -90});
}

void Panel::line(const std::vector<std::pair<double, double>>& points, const LineStyle& style) {
  std::vector<std::pair<double, double>> places;
  for (const auto& [x, y] : points) places.emplace_back(px(x), py(y));
  svg_.polyline(places, style);
}

void Panel::dot(double x, double y, double radius, const std::string& colour) {
  svg_.circle(px(x), py(y), radius, colour);
}

void Panel::vertical(double x, double y1, double y2, const LineStyle& style) {
  svg_.line(px(x), py(y1), px(x), py(y2), style);
}

}  // namespace cimera::study
