// Results of a sweep: CSV, SQLite, JSON, and a table for people.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "study/sweep/sweep.h"

namespace cimera::study {

/// One row per point, one column per axis, then "status" ("ok", "refused", "failed" or "missing"), "error", the
/// figures, and "point", the name of its file. Null where unknown. Values of axes are numbers where all of the axis
/// are.
struct SweepTable {
  struct Column {
    std::string name;
    enum class Type { kText, kInteger, kReal } type;
  };
  std::vector<Column> columns;
  std::vector<std::vector<nlohmann::ordered_json>> rows;
};
SweepTable sweep_table(const SweepReport& report);

/// RFC 4180, quoted where needed; empty where null.
std::string sweep_csv(const SweepTable& table);
/// The bytes of a SQLite database: the table `points` with the same columns and rows, and `sweep` with the keys
/// "cimera", "file" and "text". Equal tables give equal bytes. Throws Error(kRun) where SQLite fails.
std::string sweep_sqlite(const SweepTable& table, const Plan& plan);
/// One document, schema 1; docs/cli.md lists the keys.
std::string sweep_json(const SweepReport& report);
/// A table for a terminal, behind what was done.
std::string sweep_text(const SweepReport& report);

}  // namespace cimera::study
