#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "study/explain/figures.h"
#include "study/explain/labels.h"
#include "study/explain/svg.h"
#include "study/text.h"

namespace cimera::study {
namespace {

constexpr double kWidth = 1000, kHeight = 660;
constexpr double kLeft = 110, kRight = 970, kTop = 70, kBottom = 560;

const char* colour_of(std::size_t level) { return kPalette[level % kPaletteSize]; }

double decade_below(double value) { return std::pow(10.0, std::floor(std::log10(value))); }
double decade_above(double value) { return std::pow(10.0, std::ceil(std::log10(value))); }

/// Layers that no byte passes for are drawn at the right edge.
struct Chart {
  LogAxis x, y;

  double place_x(const RooflinePoint& point) const { return point.bytes > 0.0 ? x.at(point.intensity()) : kRight - 12; }
};

/// Axes that show all points, where each level meets the lowest peak, and the highest peak.
Chart chart_of(const Roofline& roofline) {
  double x_low = 1e300, x_high = 0, y_low = 1e300;
  const auto take_x = [&](double value) { x_low = std::min(x_low, value), x_high = std::max(x_high, value); };
  for (const RooflinePoint& point : roofline.points) {
    if (point.bytes > 0.0) take_x(point.intensity());
    y_low = std::min(y_low, point.speed);
  }
  for (const Level& level : roofline.levels) take_x(roofline.peak() / level.bytes_per_second);
  const double y_high = roofline.peaks.front().ops_per_second;
  return {{decade_below(x_low), decade_above(x_high * 1.5), kLeft, kRight},
          {decade_below(std::min(y_low, roofline.peak()) / 1.5), decade_above(y_high * 1.5), kBottom, kTop}};
}

void draw_axes(const Chart& chart, Svg& svg) {
  for (const double value : chart.x.decades()) {
    const double x = chart.x.at(value);
    svg.line(x, kTop, x, kBottom, {"#e4e4e4"});
    svg.text(x, kBottom + 22, fmt::format("{:.15g}", value), {.size = 14, .anchor = Anchor::kMiddle});
  }
  for (const double value : chart.y.decades()) {
    const double y = chart.y.at(value);
    svg.line(kLeft, y, kRight, y, {"#e4e4e4"});
    svg.text(kLeft - 10, y + 5, si_text(value, ""), {.size = 14, .anchor = Anchor::kEnd});
  }
  svg.line(kLeft, kBottom, kRight, kBottom, {"#222222", 1.5});
  svg.line(kLeft, kTop, kLeft, kBottom, {"#222222", 1.5});
  svg.text((kLeft + kRight) / 2, kBottom + 54, "operations per byte that passes the level of the same colour",
           {.size = 16, .anchor = Anchor::kMiddle});
  svg.text(32, (kTop + kBottom) / 2, "operations per second", {.size = 16, .anchor = Anchor::kMiddle, .angle = -90});
}

/// Where a name as wide as `width` stands on a line at `baseline`: at the right end, or at the left one where points
/// lie on that.
Box name_box(const Roofline& roofline, const Chart& chart, double width, double baseline) {
  const Box right{kRight - 6 - width, baseline - 14, width, 18};
  const bool taken = std::ranges::any_of(roofline.points, [&](const RooflinePoint& point) {
    return right.overlaps({chart.place_x(point) - 8, chart.y.at(point.speed) - 8, 16, 16});
  });
  return taken ? Box{kLeft + 10, right.y, width, 18} : right;
}

/// Peaks: lines across, named at one end; below the line where the name of the one before stands above it.
void draw_peaks(const Roofline& roofline, const Chart& chart, Svg& svg, Labels& labels) {
  double before = 0;
  for (const Peak& peak : roofline.peaks) {
    const double y = chart.y.at(peak.ops_per_second);
    svg.line(kLeft, y, kRight, y, {"#222222", 2.5});
    const std::string name = fmt::format("{}: {}", peak.name, si_text(peak.ops_per_second, "OPS"));
    const Box box = name_box(roofline, chart, text_width_px(name, 14), before == 0 || y - before > 24 ? y - 7 : y + 18);
    svg.text(box.x, box.y + 14, name, {.size = 14, .bold = true});
    labels.block(box);
    labels.block({kLeft, y - 2, kRight - kLeft, 4});
    before = y;
  }
}

/// Levels: rising lines up to the lowest peak, named in the legend below the title.
void draw_levels(const Roofline& roofline, const Chart& chart, Svg& svg, Labels& labels) {
  double legend = kLeft;
  for (std::size_t i = 0; i < roofline.levels.size(); ++i) {
    const Level& level = roofline.levels[i];
    const double rate = level.bytes_per_second;
    const double x_low = std::max(chart.x.low, chart.y.low / rate), x_high = roofline.peak() / rate;
    const LineStyle style{colour_of(i), 2.5};
    if (x_low < x_high)
      svg.line(chart.x.at(x_low), chart.y.at(x_low * rate), chart.x.at(x_high), chart.y.at(roofline.peak()), style);
    for (double step = 0; step <= 1.0 && x_low < x_high; step += 0.02) {
      const double value = x_low * std::pow(x_high / x_low, step);
      labels.block({chart.x.at(value) - 2, chart.y.at(value * rate) - 2, 4, 4});
    }
    const std::string name = fmt::format("{}: {}", level.name, si_text(rate, "B/s"));
    svg.line(legend, kTop - 18, legend + 26, kTop - 18, style);
    svg.text(legend + 32, kTop - 13, name, {.size = 14, .colour = colour_of(i), .bold = true});
    legend += 60 + 0.95 * text_width_px(name, 14);
  }
}

/// Points that lie so near to each other that they share a label.
struct Cluster {
  double x = 0, y = 0;
  std::string name;  ///< of the first
  int others = 0;

  std::string text() const { return others == 0 ? name : fmt::format("{} +{}", name, others); }
};

/// The end of a name says most: "/layer2/layer2.0/conv1/Conv".
std::string shortened(const std::string& name) {
  constexpr std::size_t kLongest = 20;
  return name.size() <= kLongest ? name : ".." + name.substr(name.size() - kLongest + 2);
}

std::vector<Cluster> clusters(const Roofline& roofline, const Chart& chart) {
  constexpr double kNear = 15;
  std::vector<Cluster> clusters;
  for (const RooflinePoint& point : roofline.points) {
    const double x = chart.place_x(point), y = chart.y.at(point.speed);
    const auto same = std::ranges::find_if(clusters, [&](const Cluster& cluster) {
      return std::abs(cluster.x - x) < kNear && std::abs(cluster.y - y) < kNear;
    });
    if (same != clusters.end()) ++same->others;
    else clusters.push_back({x, y, shortened(point.layer), 0});
  }
  return clusters;
}

void draw_label(double x, double y, const Label& label, Svg& svg) {
  const Box& box = label.box;
  const double nearest = std::clamp(x, box.x, box.x + box.width);
  if (label.joined) svg.line(x, y, nearest, box.y + box.height / 2, {kGrey});
  svg.text(box.x + box.width / 2, box.y + 12, label.text, {.size = 13, .anchor = Anchor::kMiddle});
}

/// Points with their names; above each the speed that its busiest unit alone allows.
void draw_points(const Roofline& roofline, const Chart& chart, Svg& svg, Labels& labels) {
  for (const RooflinePoint& point : roofline.points) {
    const double x = chart.place_x(point), y = chart.y.at(point.speed);
    const double alone = chart.y.at(std::min(point.alone, chart.y.high));
    svg.line(x, y, x, alone, {kGrey, 1.2, true});
    svg.line(x - 7, alone, x + 7, alone, {kGrey, 2});
    labels.block({x - 7, y - 7, 14, 14});
    labels.block({x - 1, std::min(alone, y), 2, std::abs(y - alone)});
  }
  for (const Cluster& cluster : clusters(roofline, chart))
    if (const Label* label = labels.place(cluster.x, cluster.y, cluster.text()))
      draw_label(cluster.x, cluster.y, *label, svg);
  for (const RooflinePoint& point : roofline.points)
    svg.circle(chart.place_x(point), chart.y.at(point.speed), 6,
               point.bytes > 0.0 ? colour_of(point.level) : "#222222");
}

}  // namespace

std::string roofline_svg(const Report& report, const Explanation& explanation) {
  const Roofline& roofline = explanation.roofline;
  const std::string title = figure_title(report, *explanation.result);
  Svg svg(kWidth, kHeight, title);
  svg.text(kLeft, 30, title, {.size = 19, .bold = true});
  if (roofline.points.empty()) return svg.str();
  const Chart chart = chart_of(roofline);
  Labels labels({kLeft + 2, kTop, kRight - kLeft - 4, kBottom - kTop}, 13);
  draw_axes(chart, svg);
  draw_peaks(roofline, chart, svg, labels);
  draw_levels(roofline, chart, svg, labels);
  draw_points(roofline, chart, svg, labels);
  std::string note = "Dot: a layer while it is computed. Bar above it: if its busiest unit never waited.";
  if (std::ranges::any_of(roofline.points, [](const RooflinePoint& point) { return point.bytes == 0.0; }))
    note += " Black: no bytes pass these levels.";
  svg.text(kLeft, kHeight - 14, note, {.size = 13, .colour = "#555555"});
  return svg.str();
}

}  // namespace cimera::study
