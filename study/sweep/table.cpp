#include "study/sweep/table.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "core/version.h"
#include "study/sweep/columns.h"
#include "study/text.h"

namespace cimera::study {
namespace {

using Json = nlohmann::ordered_json;
using Type = SweepTable::Column::Type;

const char* status_of(PointState state) {
  switch (state) {
    case PointState::kRefused:
      return "refused";
    case PointState::kFailed:
      return "failed";
    case PointState::kMissing:
      return "missing";
    case PointState::kEvaluated:
    case PointState::kFound:
      break;
  }
  return "ok";
}

template <class T>
std::optional<T> whole_text(const std::string& text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

/// The narrowest type that all values of an axis have.
Type type_of(const PlanAxis& axis) {
  const auto all = [&](auto is) { return std::ranges::all_of(axis.labels, is); };
  if (all([](const std::string& label) { return whole_text<std::int64_t>(label).has_value(); })) return Type::kInteger;
  return all([](const std::string& label) { return whole_text<double>(label).has_value(); }) ? Type::kReal
                                                                                             : Type::kText;
}

Json typed(const std::string& label, Type type) {
  if (type == Type::kInteger) return *whole_text<std::int64_t>(label);
  if (type == Type::kReal) return *whole_text<double>(label);
  return label;
}

Type type_of(const SweepColumn& column) {
  if (column.kind == SweepColumn::Kind::kText) return Type::kText;
  return column.kind == SweepColumn::Kind::kCount ? Type::kInteger : Type::kReal;
}

/// Null where the point has none.
Json figure_of(const SweepRow& row, const SweepColumn& column) {
  const auto found = row.figures.find(column.name);
  return found == row.figures.end() ? Json(nullptr) : *found;
}

std::string csv_field(const Json& value) {
  if (value.is_null()) return "";
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// "3 points: 2 evaluated, 1 found in DIR".
std::string what_was_done(const SweepReport& report) {
  std::string text = fmt::format("{} of {}", counted(std::ssize(report.rows), "point"), report.plan.file);
  if (report.shard.parts > 1)
    text += fmt::format(", part {} of {} ({} in all)", report.shard.part, report.shard.parts,
                        counted(std::ssize(report.plan.points), "point"));
  const std::pair<PointState, const char*> kStates[] = {{PointState::kEvaluated, "evaluated now"},
                                                        {PointState::kFound, "evaluated before"},
                                                        {PointState::kRefused, "refused"},
                                                        {PointState::kFailed, "failed"},
                                                        {PointState::kMissing, "missing"}};
  std::string parts;
  for (const auto& [state, words] : kStates)
    if (const std::int64_t count = report.count(state); count > 0)
      parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", count, words);
  return text + ": " + parts;
}

/// A number of a row as text, in % for shares; "" where the point has none.
std::string number_text(const SweepRow& row, const char* column) {
  const Json value = figure_of(row, column_named(column));
  if (!value.is_number()) return "";
  if (column_named(column).kind == SweepColumn::Kind::kShare) return fmt::format("{:.2f}", 100.0 * value.get<double>());
  return si_text(value.get<double>(), column_named(column).unit);
}

std::string device_text(const SweepRow& row) {
  const std::string spread = number_text(row, "device_std");
  const std::string mean = number_text(row, "device");
  return spread.empty() || spread == "0.00" ? mean : mean + " +- " + spread;
}

std::string loss_text(const SweepRow& row) {
  const std::string loss = number_text(row, "loss");
  if (loss.empty()) return "";
  return fmt::format("{} [{}, {}]", loss, number_text(row, "loss_ci95_low"), number_text(row, "loss_ci95_high"));
}

/// Whether an energy is known, and how much it is.
std::string energy_text(const SweepRow& row) {
  const std::string energy = number_text(row, "energy_J");
  return energy.empty() && row.figures.contains("energy_J") ? "unknown" : energy;
}

/// What a terminal has room for.
struct TextColumn {
  const char* header;
  std::string (*text)(const SweepRow&);
};
const TextColumn kTextColumns[] = {
    {"FP32", [](const SweepRow& row) { return number_text(row, "reference"); }},
    {"quantised", [](const SweepRow& row) { return number_text(row, "quantized"); }},
    {"device", device_text},
    {"loss", loss_text},
    {"clipped", [](const SweepRow& row) { return number_text(row, "clipped_conversions"); }},
    {"latency", [](const SweepRow& row) { return number_text(row, "latency_s"); }},
    {"energy", energy_text},
};

}  // namespace

SweepTable sweep_table(const SweepReport& report) {
  SweepTable table;
  std::vector<Type> axes;
  for (const PlanAxis& axis : report.plan.axes) {
    axes.push_back(type_of(axis));
    table.columns.push_back({axis.name, axes.back()});
  }
  table.columns.push_back({"status", Type::kText});
  table.columns.push_back({"error", Type::kText});
  const std::vector<const SweepColumn*> columns = columns_of(report.plan.readings);
  for (const SweepColumn* column : columns) table.columns.push_back({column->name, type_of(*column)});
  table.columns.push_back({"point", Type::kText});
  for (const SweepRow& row : report.rows) {
    std::vector<Json>& cells = table.rows.emplace_back();
    for (std::size_t i = 0; i < axes.size(); ++i)
      cells.push_back(typed(report.plan.points[row.point].labels[i], axes[i]));
    cells.emplace_back(status_of(row.state));
    cells.push_back(row.error.empty() ? Json(nullptr) : Json(row.error));
    for (const SweepColumn* column : columns) cells.push_back(figure_of(row, *column));
    cells.push_back(row.id.empty() ? Json(nullptr) : Json(row.id));
  }
  return table;
}

std::string sweep_csv(const SweepTable& table) {
  std::string csv;
  for (const SweepTable::Column& column : table.columns) csv += (csv.empty() ? "" : ",") + csv_field(column.name);
  csv += "\n";
  for (const std::vector<Json>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) csv += (i == 0 ? "" : ",") + csv_field(row[i]);
    csv += "\n";
  }
  return csv;
}

std::string sweep_json(const SweepReport& report) {
  const SweepTable table = sweep_table(report);
  Json points = Json::array();
  for (const std::vector<Json>& row : table.rows) {
    Json point = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) point[table.columns[i].name] = row[i];
    points.push_back(std::move(point));
  }
  Json axes = Json::array();
  for (const PlanAxis& axis : report.plan.axes) axes.push_back({{"name", axis.name}, {"values", axis.labels}});
  const Json done{{"file", report.plan.file},
                  {"axes", axes},
                  {"points", report.plan.points.size()},
                  {"shard", {{"part", report.shard.part}, {"parts", report.shard.parts}}},
                  {"evaluated", report.count(PointState::kEvaluated)},
                  {"found", report.count(PointState::kFound)},
                  {"refused", report.count(PointState::kRefused)},
                  {"failed", report.count(PointState::kFailed)},
                  {"missing", report.count(PointState::kMissing)}};
  const Json document{{"schema", 1},
                      {"tool", {{"name", "cimera"}, {"version", kVersion}, {"build", kBuild}}},
                      {"sweep", done},
                      {"points", points}};
  return document.dump(2) + "\n";
}

std::string sweep_text(const SweepReport& report) {
  std::string text = wrapped(what_was_done(report), 2);
  TextTable table;
  for (const PlanAxis& axis : report.plan.axes) table.column(axis.name);
  for (const TextColumn& column : kTextColumns) table.column(column.header);
  table.column("", TextTable::Align::kLeft);
  for (const SweepRow& row : report.rows) {
    std::vector<std::string> cells = report.plan.points[row.point].labels;
    for (const TextColumn& column : kTextColumns) cells.push_back(column.text(row));
    const std::string status = status_of(row.state);
    cells.push_back(status == "ok" ? "" : status);
    table.row(cells);
  }
  text += table.str();
  if (report.plan.reads(SweepReading::kAccuracy))
    text += wrapped(
        "  Accuracies and clipped conversions in %; loss = FP32 - machine, paired by sample, with its 95 % interval.",
        2);
  for (const SweepRow& row : report.rows)
    if (!row.error.empty())
      text += wrapped(fmt::format("  {} ({}): {}", status_of(row.state),
                                  report.plan.points[row.point].name(report.plan.axes), row.error),
                      4);
  return text;
}

}  // namespace cimera::study
