#include "study/explain/bars_svg.h"

#include <algorithm>

#include "study/explain/svg.h"

namespace cimera::study {
namespace {

constexpr double kWidth = 1000, kBarsRight = 860, kRow = 26, kBarHeight = 18;

/// Names of the parts in their colours, in as many lines as they take; returns where the bars begin.
double draw_legend(const BarFigure& figure, double left, Svg& svg) {
  double x = left, y = 58;
  for (const BarPart& part : figure.parts) {
    const double width = 30 + text_width_px(part.name, 14);
    if (x + width > kWidth - 20 && x > left) x = left, y += 22;
    svg.rectangle(x, y - 12, 14, 14, part.colour);
    svg.text(x + 20, y, part.name, {.size = 14});
    x += width;
  }
  return y + 22;
}

double legend_lines(const BarFigure& figure, double left) {
  double x = left, lines = 1;
  for (const BarPart& part : figure.parts) {
    const double width = 30 + text_width_px(part.name, 14);
    if (x + width > kWidth - 20 && x > left) x = left, ++lines;
    x += width;
  }
  return lines;
}

}  // namespace

std::string bars_svg(const BarFigure& figure) {
  double names = 60;
  for (const Bar& bar : figure.bars) names = std::max(names, text_width_px(bar.name, 14));
  const double left = std::min(names, 300.0) + 30;
  const double rows = kRow * static_cast<double>(figure.bars.size());
  const double height = 58 + 22 * legend_lines(figure, left) + rows + 96;
  Svg svg(kWidth, height, figure.title);
  svg.text(left, 30, figure.title, {.size = 19, .bold = true});
  const double top = draw_legend(figure, left, svg), bottom = top + rows;
  const auto at = [&](double value) { return left + (kBarsRight - left) * value / figure.limit; };
  for (std::size_t i = 0; i < figure.ticks.size(); ++i) {
    svg.line(at(figure.ticks[i]), top, at(figure.ticks[i]), bottom, {"#e4e4e4"});
    svg.text(at(figure.ticks[i]), bottom + 20, figure.marks[i], {.size = 14, .anchor = Anchor::kMiddle});
  }
  for (std::size_t i = 0; i < figure.bars.size(); ++i) {
    const Bar& bar = figure.bars[i];
    const double y = top + kRow * static_cast<double>(i) + (kRow - kBarHeight) / 2;
    svg.text(left - 10, y + 14, bar.name, {.size = 14, .anchor = Anchor::kEnd});
    double begin = 0;
    for (std::size_t part = 0; part < bar.parts.size(); ++part) {
      if (bar.parts[part] <= 0) continue;
      svg.rectangle(at(begin), y, at(begin + bar.parts[part]) - at(begin), kBarHeight, figure.parts[part].colour);
      begin += bar.parts[part];
    }
    svg.text(at(begin) + 8, y + 14, bar.value, {.size = 13});
  }
  svg.line(left, top, left, bottom, {"#222222", 1.5});
  svg.line(left, bottom, kBarsRight, bottom, {"#222222", 1.5});
  svg.text((left + kBarsRight) / 2, bottom + 48, figure.axis, {.size = 16, .anchor = Anchor::kMiddle});
  svg.text(left, bottom + 76, figure.note, {.size = 13, .colour = "#555555"});
  return svg.str();
}

}  // namespace cimera::study
