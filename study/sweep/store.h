// Finished points of a sweep as files: what a later call, or another shard, need not do again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "study/inputs.h"
#include "study/sweep/file.h"

namespace cimera::study {

/// A point as it is evaluated: every parameter after defaults and overrides, fingerprints of network and data, what is
/// found, and the version of cimera. Names of data files and of the network's file are not in it: their content is.
struct PointIdentity {
  nlohmann::ordered_json resolved;

  /// 16 hexadecimal digits: FNV-1a over `resolved`.
  std::string id() const;
};
PointIdentity identity_of(const Inputs& inputs, const std::vector<SweepReading>& readings);

/// What came of a point.
struct PointOutcome {
  std::string error;               ///< why the point was refused; "" where it was not
  nlohmann::ordered_json figures;  ///< by name of the column; an empty object for refused points
};

/// The file of a point in the folder of a sweep.
std::filesystem::path point_file(const std::filesystem::path& folder, const PointIdentity& point);

/// The stored outcome; none where there is no file, or one that lacks a column of the readings. Throws Error(kInput)
/// for a file that is damaged, or that holds another point.
std::optional<PointOutcome> find_point(const std::filesystem::path& folder, const PointIdentity& point,
                                       const std::vector<SweepReading>& readings);

/// Writes the file whole. Throws Error(kRun) where that fails.
void store_point(const std::filesystem::path& folder, const PointIdentity& point, const PointOutcome& outcome);

}  // namespace cimera::study
