// The table and the JSON of `cimera validate`.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "study/text.h"
#include "study/validation.h"

namespace cimera::study {
namespace {

std::string name_of(Standing standing) {
  for (const auto& [name, value] : enum_names(static_cast<const Standing*>(nullptr)))
    if (value == standing) return name;
  return "";
}

std::string error_text(double error) {
  const std::string text = fmt::format("{:+.1f} %", 100 * error);
  return text.substr(1) == "0.0 %" ? "0.0 %" : text;
}

std::string table(const Validation& validation, const std::string& machine) {
  using Align = TextTable::Align;
  TextTable table;
  table.column("figure", Align::kLeft);
  table.column("quantity", Align::kLeft);
  for (const char* header : {"published", "ours", "error", "allowed"}) table.column(header);
  table.column("status", Align::kLeft);
  table.column("", Align::kLeft);
  for (const ValidationRow& row : validation.rows)
    if (row.machine == machine)
      table.row({row.id, row.quantity, fmt::format("{:.4g}", row.published), fmt::format("{:.4g}", row.ours),
                 error_text(row.error()),
                 row.standing == Standing::kUnverified ? "" : fmt::format("{:.1f} %", 100 * row.tolerance),
                 name_of(row.standing), row.inside() ? "" : "OUTSIDE"});
  return table.str();
}

}  // namespace

std::string validation_text(const Validation& validation) {
  std::string text;
  for (const ValidationFile& file : validation.files) {
    text += (text.empty() ? "" : "\n") + wrapped(fmt::format("{}: {}", file.machine, file.about), 2) +
            table(validation, file.machine);
    for (const FittedParameter& fit : file.fitted)
      text += wrapped(
          fmt::format("  fitted: {} = {} ({}), to {}", fit.parameter, fit.value, fit.law, fmt::join(fit.rows, ", ")),
          4);
    for (const ValidationRow& row : validation.rows)
      if (row.machine == file.machine && !row.note.empty())
        text += wrapped(fmt::format("  note: {}: {}", row.id, row.note), 4);
  }
  const Validation::Spread held_out = validation.held_out();
  text +=
      "\n" + wrapped(fmt::format("{} figures, {} of them held out: mean |error| {:.1f} %, largest {:.1f} %",
                                 validation.rows.size(), held_out.rows, 100 * held_out.mean, 100 * held_out.largest),
                     2);
  return text;
}

std::string validation_json(const Validation& validation) {
  using nlohmann::ordered_json;
  ordered_json rows = ordered_json::array(), fitted = ordered_json::array();
  for (const ValidationRow& row : validation.rows)
    rows.push_back({{"id", row.machine + ": " + row.id},
                    {"machine", row.machine},
                    {"quantity", row.quantity},
                    {"published", row.published},
                    {"ours", row.ours},
                    {"error", row.error()},
                    {"tolerance", row.tolerance},
                    {"status", name_of(row.standing)},
                    {"inside", row.inside()},
                    {"source", row.source},
                    {"note", row.note}});
  for (const ValidationFile& file : validation.files)
    for (const FittedParameter& fit : file.fitted)
      fitted.push_back({{"machine", file.machine},
                        {"parameter", fit.parameter},
                        {"value", fit.value},
                        {"law", fit.law},
                        {"rows", fit.rows}});
  const Validation::Spread spread = validation.held_out();
  const ordered_json held_out = {{"rows", spread.rows}, {"mean", spread.mean}, {"largest", spread.largest}};
  return ordered_json{{"rows", rows}, {"fitted", fitted}, {"held_out", held_out}}.dump(2) + "\n";
}

}  // namespace cimera::study
