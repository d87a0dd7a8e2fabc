// The figures of a point, as columns of the results of a sweep.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "study/result.h"
#include "study/sweep/file.h"

namespace cimera::study {

struct SweepColumn {
  enum class Kind {
    kText,
    kShare,  ///< a fraction
    kCount,
    kNumber,  ///< in `unit`
  };

  const char* name;
  Kind kind;
  const char* unit;     ///< "s", "J", "dB", or ""
  const char* meaning;  ///< for figures and docs
  SweepReading reading;
  nlohmann::ordered_json (*value)(const Result&);  ///< null where unknown
};

/// All columns of figures, in their order. Before them come the axes, "status" and "error", behind them "point".
std::span<const SweepColumn> column_table();
/// Those of the readings of a sweep.
std::vector<const SweepColumn*> columns_of(const std::vector<SweepReading>& readings);
/// Names of all columns but the axes.
std::vector<std::string> column_names();
/// Names of those that a figure can show.
std::vector<std::string> numeric_columns(const std::vector<SweepReading>& readings);
/// The column of this name, which exists.
const SweepColumn& column_named(const std::string& name);

}  // namespace cimera::study
