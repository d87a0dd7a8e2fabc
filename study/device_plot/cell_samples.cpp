#include "study/device_plot/cell_samples.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/stream.h"
#include "devices/flicker_noise.h"

namespace cimera::study {
namespace {

using namespace literals;

constexpr std::size_t kCells = 4000;

/// Standard deviation about `around`.
double deviation(const std::vector<double>& values, double around) {
  double squares = 0;
  for (const double v : values) squares += (v - around) * (v - around);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

/// What one read of each cell gives beyond its level, in level units.
std::vector<double> read_once(const devices::ResistiveCell& cell, int level_count, const std::vector<float>& effective,
                              const Stream& stream, std::uint32_t line) {
  std::vector<float> sigma(effective.size()), normals(effective.size());
  cell.read_sigma(level_count, effective, sigma);
  if (cell.read_noise() == devices::ReadNoise::kFlicker)
    devices::FlickerNoise(stream, cell.read_octaves()).normal({0, line, 1}, normals);
  else stream.normal({0, line, 1}, normals);
  std::vector<double> noise(effective.size());
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = sigma[i] * normals[i];
  return noise;
}

}  // namespace

std::vector<CellSample> sample_cells(const devices::ResistiveCell& cell, int level_count, int every) {
  const devices::LevelScale scale = devices::level_scale(cell.figures(), level_count);
  const Stream stream({.seed = 1, .purpose = "plot"});
  std::vector<CellSample> samples;
  for (int level = 0; level < level_count; level += every) {
    const std::vector<std::uint8_t> levels(kCells, static_cast<std::uint8_t>(level));
    const auto line = static_cast<std::uint32_t>(level);
    std::vector<float> effective(kCells);
    cell.program(level_count, levels, effective, stream, {0, line, 0});
    std::vector<double> g;
    for (const float e : effective) g.push_back(scale.conductance(e).in(1_uS));
    std::ranges::sort(g);
    CellSample s;
    s.target = scale.conductance(level).in(1_uS);
    for (const double one : g) s.mean += one / static_cast<double>(kCells);
    s.deviation = deviation(g, s.mean);
    const auto percentile = [&](double p) { return g[static_cast<std::size_t>(p / 100 * (kCells - 1))]; };
    s.p5 = percentile(5), s.p25 = percentile(25), s.p50 = percentile(50), s.p75 = percentile(75);
    s.p95 = percentile(95);
    if (cell.read_noise() != devices::ReadNoise::kNone)
      s.read_deviation = deviation(read_once(cell, level_count, effective, stream.branch("read noise"), line), 0) *
                         scale.step.in(1_uS);
    samples.push_back(s);
  }
  return samples;
}

}  // namespace cimera::study
