// Mean and spread of what a cell stores, with bounds from the sample size.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "core/stream.h"
#include "devices/cell_model.h"

namespace cimera::devices {

struct Sample {
  double count = 0, mean = 0, deviation = 0;
  double fourth = 0;  ///< central moment

  /// Five standard errors: of the mean, and of the standard deviation, whose square has variance (m4 - s^4) / n.
  double mean_bound() const { return 5.0 * deviation / std::sqrt(count); }
  double deviation_bound() const {
    if (deviation == 0.0) return 0.0;
    const double square = deviation * deviation;
    return 5.0 * std::sqrt((fourth - square * square) / count) / (2.0 * deviation);
  }
};

/// Of values near `around`, which keeps sums small.
inline Sample sample_of(const std::vector<double>& values, double around = 0.0) {
  double sum = 0.0, squares = 0.0;
  for (const double v : values) sum += v - around;
  const auto n = static_cast<double>(values.size());
  const double mean = around + sum / n;
  double fourths = 0.0;
  for (const double v : values) {
    const double d = v - mean;
    squares += d * d, fourths += d * d * d * d;
  }
  return {n, mean, std::sqrt(squares / (n - 1.0)), fourths / n};
}

inline Stream test_stream(std::uint64_t trial = 0) { return Stream({.seed = 5, .trial = trial, .purpose = "program"}); }

/// Effective levels of 40,000 cells of one level, programmed on 100 lines.
inline std::vector<double> cells_of_level(const CellModel& cell, int level_count, int level, std::uint64_t trial = 0) {
  constexpr std::uint32_t kLines = 100, kCells = 400;
  const std::vector<std::uint8_t> levels(kCells, static_cast<std::uint8_t>(level));
  std::vector<float> effective(kCells);
  std::vector<double> all;
  for (std::uint32_t line = 0; line < kLines; ++line) {
    cell.program(level_count, levels, effective, test_stream(trial), {3, line, 0});
    all.insert(all.end(), effective.begin(), effective.end());
  }
  return all;
}

inline Sample sample_level(const CellModel& cell, int level_count, int level) {
  return sample_of(cells_of_level(cell, level_count, level), level);
}

/// Mean and standard deviation of max(0, m + s n), n a standard normal.
struct Clipped {
  double mean, deviation;

  Clipped(double m, double s) : mean(m), deviation(s) {
    if (s == 0.0) return;
    const double a = m / s, below = 0.5 * std::erfc(-a / std::numbers::sqrt2);
    const double density = std::exp(-a * a / 2) / std::sqrt(2 * std::numbers::pi);
    mean = m * below + s * density;
    deviation = std::sqrt((m * m + s * s) * below + m * s * density - mean * mean);
  }
};

}  // namespace cimera::devices
