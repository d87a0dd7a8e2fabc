// Diagrams of what not every cell has: time, curved currents, 1/f noise.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <span>

#include "core/stream.h"
#include "devices/flicker_noise.h"
#include "study/device_plot/device_panels.h"
#include "study/device_plot/panel.h"

namespace cimera::study {

using namespace literals;
using devices::ResistiveCell;
using devices::ResistiveParams;
using Points = std::vector<std::pair<double, double>>;

namespace {

const char* const kLaw = kPalette[1];
const char* const kCells = kPalette[0];

/// The ages at which the cell is shown: those of its laws, or from their beginning to ten years.
std::vector<Seconds> ages_of(const ResistiveParams& p) {
  std::vector<Seconds> ages;
  if (p.drift || p.relaxation) {
    const Seconds begin = p.time() > 0_s && p.age == 0_s ? p.time() : p.drift ? p.drift->t0 : p.relaxation->t0;
    const double decades = std::log10(10 * 31557600.0 / begin.si());
    for (int i = 0; i <= 16; ++i) ages.push_back(begin * std::pow(10.0, decades * i / 16));
  } else {
    for (const devices::AgeLaw& law : p.programming->laws) ages.push_back(law.age);
  }
  return ages;
}

}  // namespace

bool has_time(const ResistiveParams& p) {
  return p.drift || p.relaxation || (p.program_error == devices::ErrorOf::kLaw && p.programming->laws.size() > 1);
}

void draw_time(Svg& svg, Place at, const ResistiveCell& cell) {
  ResistiveParams params = cell.params();
  const std::vector<Seconds> ages = ages_of(params);
  const bool days = !params.drift && !params.relaxation;
  const auto time = [&](Seconds age) { return days ? age.si() / 86400 : age.si(); };
  Axis x{days ? "days since programming" : "seconds since programming", time(ages.front()), time(ages.back()), !days};
  Axis y{"conductance, uS"};
  std::vector<std::vector<CellSample>> samples;  // [age][target]
  y.high = 0;
  for (const Seconds age : ages) {
    params.age = age;
    const ResistiveCell then(params);
    samples.push_back(sample_cells(then, 5, 2));
    for (const CellSample& s : samples.back()) y.take(s.p5), y.take(s.p95);
  }
  if (days) x.high += 0.2;
  y.pad();
  Panel panel(svg, at.left, at.top, kPanelWidth, kPanelHeight, "Conductance over time", x, y,
              {{params.drift || params.relaxation ? "law of the mean" : "law: mean", kLaw},
               {"cells: 5, 25, 50, 75, 95 %", kCells, false}});
  for (std::size_t t = 0; t < 3; ++t) {
    Points law;
    for (std::size_t a = 0; a < ages.size(); ++a) {
      const CellSample& s = samples[a][t];
      params.age = ages[a];
      const Siemens g = ResistiveCell(params).mean(1_uS * s.target);
      double mean = g.in(1_uS);
      if (params.drift) mean *= std::pow(ages[a] / params.drift->t0, -devices::value(params.drift->nu, g));
      if (params.relaxation) mean += params.relaxation->mean.in(1_uS) * std::log(ages[a] / params.relaxation->t0);
      law.emplace_back(time(ages[a]), std::max(0.0, mean));
      panel.vertical(time(ages[a]), s.p5, s.p95, {kCells, 1.5});
      panel.vertical(time(ages[a]), s.p25, s.p75, {kCells, 5});
    }
    panel.line(law, {kLaw, 2});
    for (std::size_t a = 0; a < ages.size(); ++a) panel.dot(time(ages[a]), samples[a][t].p50, 3.5, kCells);
  }
}

void draw_current(Svg& svg, Place at, const ResistiveCell& cell) {
  const ResistiveParams& p = cell.params();
  const double top = p.current->v_max.si();
  Axis x{"voltage, V", 0, top}, y{"current, uA"};
  std::vector<std::pair<Points, Points>> curves;
  y.high = 0;
  for (const double share : {0.0, 0.25, 0.5, 1.0}) {
    const Siemens g = p.g_off() + (p.g_on() - p.g_off()) * share;
    const devices::CubicCurrent c = cell.cubic(g);
    auto& [linear, cubic] = curves.emplace_back();
    for (int i = 0; i <= 50; ++i) {
      const double v = top * i / 50;
      linear.emplace_back(v, 1e6 * g.si() * v);
      cubic.emplace_back(v, 1e6 * (g.si() * v + c.a2 * v * v + c.a3 * v * v * v));
      y.take(linear.back().second), y.take(cubic.back().second);
    }
  }
  y.pad();
  Panel panel(svg, at.left, at.top, kPanelWidth, kPanelHeight, "Current of four cells", x, y,
              {{"law", kLaw}, {"G V", kGrey, true, true}});
  for (const auto& [linear, cubic] : curves) {
    panel.line(linear, {kGrey, 1.5, true});
    panel.line(cubic, {kLaw, 2});
  }
}

/// Sum over octaves is flat in octaves of frequency: its variance 1 is spread evenly over the logarithm of f_read / 2^K
/// to f_read / 2, so that the two-sided power at frequency f (of f_read) is 1 / (2 ln 2 K f).
void draw_spectrum(Svg& svg, Place at, const ResistiveCell& cell) {
  constexpr int kReads = 1024;
  constexpr std::size_t kSeries = 400;
  const devices::FlickerNoise noise(Stream({.seed = 1, .purpose = "plot"}).branch("spectrum"), cell.read_octaves());
  devices::FlickerLine line(noise, kSeries);
  std::vector<std::vector<float>> reads;
  for (std::uint64_t r = 0; r < kReads; ++r) {
    const std::span<const float> one = line.at({0, 0, r});
    reads.emplace_back(one.begin(), one.end());
  }
  std::vector<std::complex<double>> circle;
  for (int r = 0; r < kReads; ++r) circle.push_back(std::polar(1.0, 2 * std::numbers::pi * r / kReads));
  const auto power = [&](int m) {
    double sum = 0;
    for (std::size_t series = 0; series < kSeries; ++series) {
      std::complex<double> wave = 0;
      for (int r = 0; r < kReads; ++r)
        wave += static_cast<double>(reads[static_cast<std::size_t>(r)][series]) *
                circle[static_cast<std::size_t>(r * m % kReads)];
      sum += std::norm(wave) / kReads;
    }
    return sum / kSeries;
  };
  Points law, measured;
  for (int m = 1; m <= kReads / 2; m = std::max(m + 1, m * 4 / 3)) {
    const double f = static_cast<double>(m) / kReads;
    law.emplace_back(f, 1 / (2 * std::numbers::ln2 * cell.read_octaves() * f));
    measured.emplace_back(f, power(m));
  }
  Axis x{"frequency over the rate of reads", 0.5 / kReads, 1, true}, y{"power over variance", 0.01, 100, true};
  for (const Points* points : {&law, &measured})
    for (const auto& [f, p] : *points) y.take(p);
  Panel panel(svg, at.left, at.top, kPanelWidth, kPanelHeight, "Spectrum of reads", x, y,
              {{"1/f", kLaw}, {"400 cells, 1024 reads", kCells, false}});
  panel.line(law, {kLaw, 2});
  for (const auto& [f, p] : measured) panel.dot(f, p, 4, kCells);
}

}  // namespace cimera::study
