// Mean and spread of what a cell stores, with bounds from the sample size.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/stream.h"
#include "devices/cell_model.h"

namespace cimera::devices {

struct Sample {
  double count, mean, deviation;

  /// Five standard errors: of the mean, and of the standard deviation of a normal, s / sqrt(2 (n - 1)).
  double mean_bound() const { return 5.0 * deviation / std::sqrt(count); }
  double deviation_bound() const { return 5.0 * deviation / std::sqrt(2.0 * (count - 1.0)); }
};

inline Stream test_stream(std::uint64_t trial = 0) { return Stream({.seed = 5, .trial = trial, .purpose = "program"}); }

/// 40,000 cells of one level, programmed on 100 lines.
inline Sample sample_level(const CellModel& cell, int level_count, int level) {
  constexpr int kLines = 100, kCells = 400;
  const std::vector<std::uint8_t> levels(kCells, static_cast<std::uint8_t>(level));
  std::vector<float> effective(kCells);
  double sum = 0.0, squares = 0.0;
  for (std::uint32_t line = 0; line < kLines; ++line) {
    cell.program(level_count, levels, effective, test_stream(), {3, line, 0});
    for (const float e : effective) sum += e - level, squares += (e - level) * (e - level);
  }
  constexpr double n = kLines * kCells;
  return {n, level + sum / n, std::sqrt((squares - sum * sum / n) / (n - 1.0))};
}

}  // namespace cimera::devices
