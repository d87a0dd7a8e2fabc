// A table as the bytes of a SQLite database, made in memory.
#include <memory>

#include <fmt/format.h>
#include <sqlite3.h>

#include "core/error.h"
#include "core/version.h"
#include "study/sweep/table.h"

namespace cimera::study {
namespace {

using Json = nlohmann::ordered_json;
using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

void check(sqlite3* database, int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE)
    fail_run(fmt::format("results.sqlite cannot be made: {}", sqlite3_errmsg(database)));
}

void execute(sqlite3* database, const std::string& sql) {
  check(database, sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr));
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

const char* type_name(SweepTable::Column::Type type) {
  switch (type) {
    case SweepTable::Column::Type::kInteger:
      return "INTEGER";
    case SweepTable::Column::Type::kReal:
      return "REAL";
    case SweepTable::Column::Type::kText:
      break;
  }
  return "TEXT";
}

int bind(sqlite3_stmt* statement, int at, const Json& value) {
  if (value.is_null()) return sqlite3_bind_null(statement, at);
  if (value.is_number_integer()) return sqlite3_bind_int64(statement, at, value.get<std::int64_t>());
  if (value.is_number()) return sqlite3_bind_double(statement, at, value.get<double>());
  const std::string text = value.get<std::string>();
  return sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void insert(sqlite3* database, const std::string& table, std::size_t columns,
            const std::vector<std::vector<Json>>& rows) {
  std::string places;
  for (std::size_t i = 0; i < columns; ++i) places += i == 0 ? "?" : ", ?";
  sqlite3_stmt* raw = nullptr;
  const std::string sql = fmt::format("INSERT INTO {} VALUES ({})", table, places);
  check(database, sqlite3_prepare_v2(database, sql.c_str(), -1, &raw, nullptr));
  const Statement statement(raw, &sqlite3_finalize);
  for (const std::vector<Json>& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) check(database, bind(raw, static_cast<int>(i) + 1, row[i]));
    check(database, sqlite3_step(raw));
    check(database, sqlite3_reset(raw));
  }
}

}  // namespace

std::string sweep_sqlite(const SweepTable& table, const Plan& plan) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open(":memory:", &raw);
  const Database database(raw, &sqlite3_close);
  check(raw, opened);
  std::string columns;
  for (const SweepTable::Column& column : table.columns)
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", quoted(column.name), type_name(column.type));
  execute(raw, "BEGIN; CREATE TABLE points (" + columns + "); CREATE TABLE sweep (key TEXT PRIMARY KEY, value TEXT)");
  insert(raw, "points", table.columns.size(), table.rows);
  insert(raw, "sweep", 2, {{"cimera", kVersion}, {"file", plan.file}, {"text", plan.text}});
  execute(raw, "COMMIT");
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(sqlite3_serialize(raw, "main", &size, 0),
                                                                      &sqlite3_free);
  if (!bytes) fail_run("results.sqlite cannot be made: out of memory");
  return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

}  // namespace cimera::study
