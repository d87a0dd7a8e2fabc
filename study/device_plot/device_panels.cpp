// Diagrams that every cell has: the error of programming, and its standard deviation.
#include "study/device_plot/device_panels.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "study/device_plot/panel.h"

namespace cimera::study {

using namespace literals;
using devices::ResistiveCell;
using devices::ResistiveParams;
using Points = std::vector<std::pair<double, double>>;

namespace {

const char* const kLaw = kPalette[1];
const char* const kCells = kPalette[0];
const char* const kReads = kPalette[2];
constexpr double kTail = 1.6448536269514722;  // 5 % of a normal lie beyond this many standard deviations

std::vector<Siemens> targets(const ResistiveParams& params) {
  std::vector<Siemens> g;
  for (int i = 0; i <= 100; ++i) g.push_back(params.g_off() + (params.g_on() - params.g_off()) * (i / 100.0));
  return g;
}

/// Mean and standard deviation of the conductance after programming, of cells that are not clipped at 0.
struct Programmed {
  double mean, deviation;
};

/// Of cells that work: causes that are independent of each other add their variances, and write-verify cuts the tails
/// of a normal off.
Programmed working(const ResistiveCell& cell, Siemens g) {
  const ResistiveParams& p = cell.params();
  const double on = p.g_on().in(1_uS), off = p.g_off().in(1_uS);
  const devices::Variation variation = p.variation.value_or(devices::Variation());
  const double mean = cell.mean(g).in(1_uS);
  double s =
      std::hypot(cell.sigma(g).in(1_uS), variation.device_to_device * mean, variation.cycle_to_cycle * (on - off));
  if (p.write_verify && s > 0) {
    const bool of_target = p.write_verify->of == devices::ToleranceOf::kTarget;
    const double a = p.write_verify->tolerance * (of_target ? g.in(1_uS) : on - off) / s;
    const double density = std::exp(-a * a / 2) / std::sqrt(2 * std::numbers::pi);
    s *= std::sqrt(1 - 2 * a * density / std::erf(a / std::numbers::sqrt2));
  }
  return {mean, s};
}

/// Of all cells: stuck ones are a share of their own.
Programmed law_of(const ResistiveCell& cell, Siemens g) {
  const double on = cell.params().g_on().in(1_uS), off = cell.params().g_off().in(1_uS);
  const devices::Stuck stuck = cell.params().stuck.value_or(devices::Stuck());
  const auto [mean, s] = working(cell, g);
  const double rest = 1 - stuck.on - stuck.off, all = rest * mean + stuck.on * on + stuck.off * off;
  const double square = rest * (s * s + mean * mean) + stuck.on * on * on + stuck.off * off * off;
  return {all, std::sqrt(std::max(0.0, square - all * all))};
}

}  // namespace

void draw_errors(Svg& svg, Place at, const ResistiveCell& cell, const std::vector<CellSample>& samples) {
  Axis x{"target conductance, uS"}, y{"programmed less target, uS"};
  Points mean, low, high;
  x.high = cell.params().g_on().in(1_uS), y.low = y.high = 0;
  for (const Siemens g : targets(cell.params())) {
    const auto [law_mean, s] = working(cell, g);
    const double target = g.in(1_uS), error = law_mean - target;
    mean.emplace_back(target, error), high.emplace_back(target, error + kTail * s);
    low.emplace_back(target, std::max(-target, error - kTail * s));  // conductances are clipped at 0
    y.take(low.back().second), y.take(high.back().second);
  }
  for (const CellSample& s : samples) y.take(s.p5 - s.target), y.take(s.p95 - s.target);
  if (y.low == y.high) y.high = 1;
  x.pad(), y.pad();
  Panel panel(
      svg, at.left, at.top, kPanelWidth, kPanelHeight, "Error of programming", x, y,
      {{"law: mean", kLaw}, {"+- 1.64 sigma", kLaw, true, true}, {"cells: 5, 25, 50, 75, 95 %", kCells, false}});
  for (const CellSample& s : samples) {
    panel.vertical(s.target, s.p5 - s.target, s.p95 - s.target, {kCells, 1.5});
    panel.vertical(s.target, s.p25 - s.target, s.p75 - s.target, {kCells, 5});
  }
  panel.line(mean, {kLaw, 2});
  panel.line(low, {kLaw, 2, true});
  panel.line(high, {kLaw, 2, true});
  for (const CellSample& s : samples) panel.dot(s.target, s.p50 - s.target, 4, kCells);
}

void draw_deviations(Svg& svg, Place at, const ResistiveCell& cell, const std::vector<CellSample>& samples) {
  const bool noisy = cell.read_noise() != devices::ReadNoise::kNone;
  Axis x{"target conductance, uS"}, y{"standard deviation, uS"};
  Points law, reads;
  x.high = cell.params().g_on().in(1_uS), y.high = 0;
  for (const Siemens g : targets(cell.params())) {
    law.emplace_back(g.in(1_uS), law_of(cell, g).deviation);
    reads.emplace_back(g.in(1_uS), cell.read_sigma(cell.mean(g)).in(1_uS));
    y.take(law.back().second), y.take(reads.back().second);
  }
  for (const CellSample& s : samples) y.take(s.deviation), y.take(s.read_deviation);
  if (y.high == 0) y.high = 1;
  x.pad(), y.pad();
  std::vector<Key> keys = {{"law", kLaw}, {"cells", kCells, false}};
  if (noisy) keys.insert(keys.end(), {{"one read: law", kReads, true, true}, {"reads", kReads, false}});
  Panel panel(svg, at.left, at.top, kPanelWidth, kPanelHeight,
              noisy ? "Standard deviation of programming and of reads" : "Standard deviation of programming", x, y,
              keys);
  panel.line(law, {kLaw, 2});
  if (noisy) panel.line(reads, {kReads, 2, true});
  for (const CellSample& s : samples) {
    panel.dot(s.target, s.deviation, 4.5, kCells);
    if (noisy) panel.dot(s.target, s.read_deviation, 4, kReads);
  }
}

}  // namespace cimera::study
