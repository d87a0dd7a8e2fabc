// A sweep: evaluates the points of a plan, or finds those that are evaluated already.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "study/progress.h"
#include "study/sweep/plan.h"

namespace cimera::study {

/// Which part of the points: those whose index leaves part - 1 when divided by parts.
struct Shard {
  std::int64_t part = 1, parts = 1;

  bool has(std::size_t point) const { return static_cast<std::int64_t>(point) % parts == part - 1; }
};

enum class PointState {
  kEvaluated,  ///< now
  kFound,      ///< in its file
  kRefused,    ///< its inputs are wrong; the row says why
  kFailed,     ///< evaluating it failed; it is tried again by the next call
  kMissing,    ///< not evaluated yet
};

/// What became of one point.
struct SweepRow {
  std::size_t point = 0;  ///< of the plan
  std::string id;         ///< as in PointIdentity; "" where the point was refused before it had one
  PointState state = PointState::kMissing;
  std::string error;               ///< of refused and failed points
  nlohmann::ordered_json figures;  ///< by name of the column; empty without any
};

struct SweepReport {
  Plan plan;
  Shard shard;
  std::vector<SweepRow> rows;  ///< of the shard, in the order of the plan

  std::int64_t count(PointState state) const;
  /// The first row of this state, which exists.
  const SweepRow& first(PointState state) const;
};

struct SweepOptions {
  std::filesystem::path folder;  ///< finished points lie in its folder `points`; "": nothing is stored or looked for
  Shard shard;
  bool evaluate = true;  ///< false: points that have no file stay missing
};

/// Evaluates the points of the shard one after the other and stores each when it is done; a point that has a file in
/// the folder is taken from there. A point that is refused, or that fails, is a row and stops nothing. Throws
/// Error(kInput) where every point of the plan is refused, and for damaged files; Error(kRun) where a file cannot be
/// written.
SweepReport sweep(const Plan& plan, const SweepOptions& options, const Progress& progress = {});

}  // namespace cimera::study
