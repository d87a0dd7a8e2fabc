// The two bar figures: where the time of each layer goes, and where its energy goes.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "study/explain/bars_svg.h"
#include "study/explain/figures.h"
#include "study/explain/svg.h"
#include "study/text.h"

namespace cimera::study {
namespace {

constexpr const char* kLightGrey = "#d0d0d0";
constexpr std::size_t kShownComponents = 6;

/// A prefix that brings numbers up to `limit` between 1 and 1000.
std::pair<const char*, double> prefix_for(double limit) {
  constexpr std::pair<const char*, double> kPrefixes[] = {{"", 1},      {"m", 1e-3},  {"u", 1e-6}, {"n", 1e-9},
                                                          {"p", 1e-12}, {"f", 1e-15}, {"a", 1e-18}};
  for (const auto& prefix : kPrefixes)
    if (limit >= prefix.second) return prefix;
  return kPrefixes[0];
}

/// Ticks at round values, four to eight of them, up to the end of the axis.
std::vector<double> round_ticks(double limit) {
  double step = std::pow(10.0, std::floor(std::log10(limit)));
  if (limit / step > 8) step *= 2;
  while (limit / step < 4) step /= 2;
  std::vector<double> ticks;
  for (int i = 0; i * step <= limit * (1 + 1e-9); ++i) ticks.push_back(i * step);
  return ticks;
}

}  // namespace

std::string figure_title(const Report& report, const Result& result) {
  return fmt::format("{} on {}, {}", report.inputs.network.name, result.machine,
                     result.batch == 1 ? "one image" : fmt::format("a batch of {}", result.batch));
}

std::string time_svg(const Report& report, const Explanation& explanation) {
  const Result& result = *explanation.result;
  BarFigure figure;
  figure.title = figure_title(report, result);
  figure.axis = fmt::format("share of the latency of {} (%)", format(result.latency));
  figure.note = "Each layer as its critical unit sees it, the one that works longest for it.";
  figure.parts.push_back({"works", kPalette[0]});
  const bool timed = knows_waits(explanation.stalls);
  const char* const colours[] = {kPalette[1], kPalette[4], kPalette[5], kPalette[3]};
  if (timed)
    for (const ops::WaitInfo& row : ops::wait_table())
      figure.parts.push_back({"waits: " + std::string(row.name), colours[static_cast<std::size_t>(row.wait)]});
  figure.parts.push_back(
      {timed ? "done, or waits at a unit that its tasks share" : "does not work (the closed form does not know why)",
       kLightGrey});
  for (double percent = 0; percent <= 100; percent += 20) {
    figure.ticks.push_back(percent / 100);
    figure.marks.push_back(fmt::format("{:.0f}", percent));
  }
  const double latency = result.latency.seconds().si();
  for (const Stall& stall : explanation.stalls) {
    Bar bar{stall.layer, {stall.times.work.seconds().si() / latency}, ""};
    if (timed)  // what is unknown is in the rest
      for (const ops::WaitInfo& row : ops::wait_table())
        bar.parts.push_back(stall.times.waits ? (*stall.times.waits)[row.wait].seconds().si() / latency : 0.0);
    bar.parts.push_back(stall.times.rest.seconds().si() / latency);
    bar.value = format(stall.times.work);
    figure.bars.push_back(std::move(bar));
  }
  return bars_svg(figure);
}

std::string energy_svg(const Report& report, const Explanation& explanation) {
  const Result& result = *explanation.result;
  const EnergyCells& cells = explanation.energy;
  BarFigure figure;
  figure.title = figure_title(report, result);
  // Components by what layers draw of them: standing power is not in the bars.
  std::vector<std::size_t> order;
  std::vector<double> dynamic(cells.components.size());
  for (std::size_t c = 0; c < cells.components.size(); ++c) {
    dynamic[c] = (cells.total[c] - cells.standing[c]).si();
    if (dynamic[c] > 0) order.push_back(c);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return dynamic[a] > dynamic[b]; });
  const std::size_t shown = std::min(order.size(), kShownComponents);
  for (std::size_t i = 0; i < shown; ++i) figure.parts.push_back({cells.components[order[i]], kPalette[i]});
  if (order.size() > shown) figure.parts.push_back({fmt::format("{} others", order.size() - shown), kLightGrey});
  double longest = 0;
  for (std::size_t layer = 0; layer < cells.layers.size(); ++layer) {
    Bar bar{cells.layers[layer], std::vector<double>(figure.parts.size()), ""};
    double sum = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const double joules = cells.of[layer][order[i]].si();
      bar.parts[std::min(i, figure.parts.size() - 1)] += joules;
      sum += joules;
    }
    if (sum == 0) continue;
    longest = std::max(longest, sum);
    bar.value = si_text(sum, "J");
    figure.bars.push_back(std::move(bar));
  }
  figure.limit = longest > 0 ? longest : 1.0;
  figure.ticks = round_ticks(figure.limit);
  const auto [prefix, factor] = prefix_for(figure.limit);
  figure.axis = fmt::format("energy ({}J)", prefix);
  for (const double tick : figure.ticks) figure.marks.push_back(fmt::format("{:.4g}", tick / factor));
  figure.note = fmt::format("Not in the bars: {} of standing power, drawn whether something happens or not.",
                            format(result.standing_energy));
  if (!result.unknown.empty()) figure.note += " Some components have no published figure: they are left out.";
  return bars_svg(figure);
}

}  // namespace cimera::study
