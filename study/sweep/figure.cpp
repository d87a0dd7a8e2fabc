#include "study/sweep/figure.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "study/sweep/columns.h"
#include "study/sweep/values.h"

namespace cimera::study {
namespace {

constexpr std::size_t kMostTicks = 12;

std::optional<double> figure_of(const SweepRow& row, const char* column) {
  const auto found = row.figures.find(column);
  if (found == row.figures.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

/// What all points that have the column agree on.
std::optional<double> common(const SweepReport& report, const char* column) {
  std::set<double> values;
  for (const SweepRow& row : report.rows)
    if (const auto value = figure_of(row, column)) values.insert(*value);
  return values.size() == 1 ? std::optional(*values.begin()) : std::nullopt;
}

/// Ends of the error bar of a point: of the loss as it is, of the machine's accuracy under the reference.
void add_bar(const SweepRow& row, const std::string& column, LinePoint& point) {
  const auto low = figure_of(row, "loss_ci95_low"), high = figure_of(row, "loss_ci95_high");
  const auto reference = figure_of(row, "reference");
  if (!low || !high || !reference) return;
  if (column == "loss") point.low = *low, point.high = *high;
  // The interval's centre is shrunk towards zero, so that it may end beyond what an accuracy can be.
  if (column == "device") point.low = std::max(*reference - *high, 0.0), point.high = std::min(*reference - *low, 1.0);
}

/// Where each value of the x axis lies.
struct Places {
  std::vector<double> at;  ///< by value
  std::string unit;        ///< of all
  bool numeric = true;
};

Places places_of(const PlanAxis& axis) {
  Places places;
  std::set<std::string> units;
  for (const std::string& label : axis.labels) {
    const NumberText number = split_number(label);
    places.numeric = places.numeric && number.is;
    places.at.push_back(number.number);
    units.insert(number.unit);
  }
  places.numeric = places.numeric && units.size() == 1;
  if (places.numeric) {
    places.unit = *units.begin();
    return places;
  }
  for (std::size_t i = 0; i < places.at.size(); ++i) places.at[i] = static_cast<double>(i);
  return places;
}

double nice_step(double span) {
  const double decade = std::pow(10.0, std::floor(std::log10(span / 8)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (span / (factor * decade) <= 8.5) return factor * decade;
  return 10.0 * decade;
}

/// An axis that shows all values, bars and the reference.
void set_y_axis(LineFigure& figure) {
  double low = 1e300, high = -1e300;
  const auto take = [&](double value) { low = std::min(low, value), high = std::max(high, value); };
  for (const Line& line : figure.lines)
    for (const LinePoint& point : line.points) {
      take(point.y);
      if (point.low) take(*point.low);
      if (point.high) take(*point.high);
    }
  if (figure.reference) take(*figure.reference);
  if (low > 0.0 && low < 0.5 * high) low = 0.0;
  if (low == high) low -= 0.5 * std::max(std::abs(low), 1e-12), high += 0.5 * std::max(std::abs(high), 1e-12);
  figure.y_step = nice_step(high - low);
  figure.y_low = std::floor(low / figure.y_step + 1e-9) * figure.y_step;
  figure.y_high = std::ceil(high / figure.y_step - 1e-9) * figure.y_step;
}

void set_x_axis(const Plan& plan, const PlanAxis& axis, const Places& places, LineFigure& figure) {
  figure.log_x = plan.plot->log_x;
  figure.x_label = plan.plot->x_label.empty() ? axis.name : plan.plot->x_label;
  if (!places.unit.empty()) figure.x_label += fmt::format(" ({})", places.unit);
  if (!places.numeric || axis.labels.size() <= kMostTicks) {
    figure.x_ticks = places.at;
    for (const std::string& label : axis.labels)
      figure.marks.push_back(places.numeric ? fmt::format("{:g}", split_number(label).number) : label);
    return;
  }
  const auto [low, high] = std::ranges::minmax(places.at);
  const double step = nice_step(high - low);
  for (double value = std::ceil(low / step - 1e-9) * step; value <= high + 1e-9 * step; value += step) {
    figure.x_ticks.push_back(value);
    figure.marks.push_back(fmt::format("{:g}", std::round(value / step) * step));
  }
}

void set_y_label(const SweepPlot& plot, LineFigure& figure) {
  const SweepColumn& column = column_named(plot.y);
  const bool share = column.kind == SweepColumn::Kind::kShare;
  if (share) figure.y_scale = 100.0;
  const std::string unit = share ? "%" : column.unit;
  figure.y_label = plot.y_label.empty() ? column.meaning : plot.y_label;
  if (!unit.empty()) figure.y_label += fmt::format(" ({})", unit);
}

std::string note_of(const SweepReport& report) {
  std::string note;
  if (const auto samples = common(report, "evaluated")) note = fmt::format("{:.0f} samples", *samples);
  double trials = 1;
  for (const SweepRow& row : report.rows) trials = std::max(trials, figure_of(row, "draws").value_or(1));
  if (trials > 1) note += fmt::format(", mean of {:.0f} draws of the devices where they differ", trials);
  const std::string& y = report.plan.plot->y;
  const bool bars = y == "loss" || y == "device";
  if (bars) note += (note.empty() ? "" : "; ") + std::string("bars: 95 % interval of the loss against FP32, paired");
  return note;
}

std::vector<Line> lines_of(const SweepReport& report, const Places& places) {
  const Plan& plan = report.plan;
  const std::size_t x = plan.axis(plan.plot->x), series = plan.axis(plan.plot->series);
  std::vector<Line> lines;
  const std::vector<std::string> one{""};
  for (const std::string& name : series < plan.axes.size() ? plan.axes[series].labels : one) {
    Line line{name, {}};
    for (const SweepRow& row : report.rows) {
      const std::vector<std::string>& labels = plan.points[row.point].labels;
      const std::optional<double> y = figure_of(row, plan.plot->y.c_str());
      if (!y || (series < plan.axes.size() && labels[series] != name)) continue;
      const auto place = std::ranges::find(plan.axes[x].labels, labels[x]) - plan.axes[x].labels.begin();
      LinePoint point{places.at[static_cast<std::size_t>(place)], *y, {}, {}};
      add_bar(row, plan.plot->y, point);
      line.points.push_back(point);
    }
    std::ranges::sort(line.points, {}, &LinePoint::x);
    if (!line.points.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

LineFigure sweep_figure(const SweepReport& report) {
  const Plan& plan = report.plan;
  const SweepPlot& plot = *plan.plot;
  const PlanAxis& axis = plan.axes[plan.axis(plot.x)];
  const Places places = places_of(axis);
  LineFigure figure;
  figure.lines = lines_of(report, places);
  if (figure.lines.empty())
    fail_input({plan.file}, fmt::format("plot: no point has a value of '{}', so there is no figure", plot.y));
  figure.title = plot.title.empty() ? fmt::format("{} over {}", plot.y, axis.name) : plot.title;
  figure.legend = plot.series;
  figure.note = note_of(report);
  if (plot.y == "device" || plot.y == "quantized") figure.reference = common(report, "reference");
  if (figure.reference) figure.reference_name = fmt::format("FP32, {:.4g} %", 100.0 * *figure.reference);
  set_x_axis(plan, axis, places, figure);
  set_y_label(plot, figure);
  set_y_axis(figure);
  return figure;
}

}  // namespace cimera::study
