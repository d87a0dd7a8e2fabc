// The points of a sweep: every combination of the values of its axes.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "study/sweep/file.h"

namespace cimera::study {

inline constexpr std::size_t kMostPoints = 100'000;

struct PlanAxis {
  std::string name;
  std::vector<std::string> labels;  ///< of its values, each once
};

struct PlanPoint {
  std::vector<std::string> labels;  ///< by axis
  Experiment experiment;            ///< of one machine and one batch size

  /// "adc_bits = 4, range = max".
  std::string name(const std::vector<PlanAxis>& axes) const;
};

struct Plan {
  std::string file, text;  ///< where it was read, and what stands there
  std::vector<PlanAxis> axes;
  std::vector<PlanPoint> points;  ///< the last axis changes fastest
  std::vector<SweepReading> readings;
  std::optional<SweepPlot> plot;

  bool reads(SweepReading reading) const;
  std::size_t axis(const std::string& name) const;  ///< its index; axes.size() where there is none
};

/// Keys that the command line gives to a file that leaves them open, with the options that they come from: {"data",
/// {"--data", "mnist:DIR"}}.
struct Filling {
  std::string key, option, value;
};

/// Reads a file of a sweep and makes its points. Throws Error(kInput) naming file and line for whatever is wrong there,
/// for a key that both the file and the command line give, and for a figure that shows what is not there. Whether
/// machines have the keys that are varied is not looked at.
Plan load_plan(const std::filesystem::path& file, const std::vector<Filling>& fillings);

}  // namespace cimera::study
