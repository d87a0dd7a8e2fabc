#include "study/sweep/line_svg.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "study/explain/svg.h"

namespace cimera::study {
namespace {

constexpr double kWidth = 1000, kHeight = 620, kLeft = 110, kTop = 76, kBottom = 500;
constexpr double kAside = 5;

double right_edge(const LineFigure& figure) {
  if (figure.legend.empty() && !figure.reference) return kWidth - 40;
  double widest = std::max(text_width_px(figure.legend, 15), 36 + text_width_px(figure.reference_name, 15));
  for (const Line& line : figure.lines) widest = std::max(widest, 36 + text_width_px(line.name, 15));
  return kWidth - 40 - std::min(widest, 300.0);
}

/// Places of values in the picture.
struct Chart {
  const LineFigure& figure;
  double low, high, right;

  double x(double value) const {
    constexpr double kInset = 30;  // so that no point lies on the edge
    const double from = kLeft + kInset, to = right - kInset;
    if (low == high) return (from + to) / 2;
    if (figure.log_x) return LogAxis{low, high, from, to}.at(value);
    return from + (to - from) * (value - low) / (high - low);
  }
  double y(double value) const {
    return kBottom + (kTop - kBottom) * (value - figure.y_low) / (figure.y_high - figure.y_low);
  }
};

Chart chart_of(const LineFigure& figure) {
  double low = 1e300, high = -1e300;
  for (const Line& line : figure.lines)
    for (const LinePoint& point : line.points) low = std::min(low, point.x), high = std::max(high, point.x);
  return {figure, low, high, right_edge(figure)};
}

/// "0.01", "100", and "1e-4" beyond.
std::string decade_text(double value) {
  const long exponent = std::lround(std::log10(value));
  return std::abs(exponent) <= 2 ? fmt::format("{:g}", value) : fmt::format("1e{}", exponent);
}

void draw_x_axis(const Chart& chart, Svg& svg) {
  const LineFigure& figure = chart.figure;
  const auto tick = [&](double value, const std::string& mark) {
    const double x = chart.x(value);
    svg.line(x, kTop, x, kBottom, {"#e4e4e4"});
    svg.line(x, kBottom, x, kBottom + 6, {"#222222"});
    svg.text(x, kBottom + 26, mark, {.size = 15, .anchor = Anchor::kMiddle});
  };
  if (figure.log_x) {
    for (const double value : LogAxis{chart.low, chart.high, 0, 1}.decades()) tick(value, decade_text(value));
    for (int decade = static_cast<int>(std::floor(std::log10(chart.low))); decade <= std::log10(chart.high); ++decade)
      for (int part = 2; part < 10; ++part) {
        const double value = part * std::pow(10.0, decade);
        if (value < chart.low || value > chart.high) continue;
        svg.line(chart.x(value), kBottom, chart.x(value), kBottom + 4, {"#222222"});
      }
  } else {
    for (std::size_t i = 0; i < figure.x_ticks.size(); ++i) tick(figure.x_ticks[i], figure.marks[i]);
  }
  svg.line(kLeft, kBottom, chart.right, kBottom, {"#222222", 1.5});
  svg.text((kLeft + chart.right) / 2, kBottom + 60, figure.x_label, {.size = 17, .anchor = Anchor::kMiddle});
  svg.text(kLeft, kBottom + 96, figure.note, {.size = 13, .colour = "#555555"});
}

void draw_y_axis(const Chart& chart, Svg& svg) {
  const LineFigure& figure = chart.figure;
  const auto count = static_cast<int>(std::lround((figure.y_high - figure.y_low) / figure.y_step));
  for (int i = 0; i <= count; ++i) {
    const double value = figure.y_low + i * figure.y_step;
    svg.line(kLeft, chart.y(value), chart.right, chart.y(value), {"#e4e4e4"});
    const double shown = std::round(value / figure.y_step) * figure.y_step * figure.y_scale;
    svg.text(kLeft - 12, chart.y(value) + 5, fmt::format("{:.6g}", shown == 0.0 ? 0.0 : shown),
             {.size = 15, .anchor = Anchor::kEnd});
  }
  svg.line(kLeft, kTop, kLeft, kBottom, {"#222222", 1.5});
  svg.text(36, (kTop + kBottom) / 2, figure.y_label, {.size = 17, .anchor = Anchor::kMiddle, .angle = -90});
}

void draw_reference(const Chart& chart, Svg& svg) {
  const LineFigure& figure = chart.figure;
  if (!figure.reference) return;
  const double y = chart.y(*figure.reference);
  svg.line(kLeft, y, chart.right, y, {"#222222", 1.5, true});
}

/// `aside`: pixels to the right, so that the bars of several lines do not hide each other.
void draw_line(const Chart& chart, const Line& line, double aside, const std::string& colour, Svg& svg) {
  constexpr double kCap = 4;
  for (std::size_t i = 1; i < line.points.size(); ++i)
    svg.line(chart.x(line.points[i - 1].x) + aside, chart.y(line.points[i - 1].y), chart.x(line.points[i].x) + aside,
             chart.y(line.points[i].y), {colour, 2.5});
  for (const LinePoint& point : line.points) {
    const double x = chart.x(point.x) + aside;
    if (point.low && point.high) {
      const double low = chart.y(*point.low), high = chart.y(*point.high);
      svg.line(x, low, x, high, {colour, 1.5});
      svg.line(x - kCap, low, x + kCap, low, {colour, 1.5});
      svg.line(x - kCap, high, x + kCap, high, {colour, 1.5});
    }
    svg.circle(x, chart.y(point.y), 6, colour);
  }
}

void draw_legend(const Chart& chart, Svg& svg) {
  const LineFigure& figure = chart.figure;
  const double x = chart.right + 20;
  double y = kTop + 14;
  if (!figure.legend.empty()) {
    svg.text(x, y, figure.legend, {.size = 15, .bold = true});
    for (std::size_t i = 0; i < figure.lines.size(); ++i) {
      y += 28;
      const char* colour = kPalette[i % kPaletteSize];
      svg.line(x, y - 5, x + 26, y - 5, {colour, 2.5});
      svg.circle(x + 13, y - 5, 6, colour);
      svg.text(x + 34, y, figure.lines[i].name, {.size = 15});
    }
    y += 28;
  }
  if (!figure.reference) return;
  svg.line(x, y - 5, x + 26, y - 5, {"#222222", 1.5, true});
  svg.text(x + 34, y, figure.reference_name, {.size = 15});
}

}  // namespace

std::string lines_svg(const LineFigure& figure) {
  const Chart chart = chart_of(figure);
  Svg svg(kWidth, kHeight, figure.title);
  svg.text(kLeft, 40, figure.title, {.size = 20, .bold = true});
  draw_x_axis(chart, svg);
  draw_y_axis(chart, svg);
  draw_reference(chart, svg);
  for (std::size_t i = 0; i < figure.lines.size(); ++i)
    draw_line(chart, figure.lines[i],
              kAside * (static_cast<double>(i) - static_cast<double>(figure.lines.size() - 1) / 2),
              kPalette[i % kPaletteSize], svg);
  draw_legend(chart, svg);
  return svg.str();
}

}  // namespace cimera::study
