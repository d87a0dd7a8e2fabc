// Tables of time, energy, area and efficiency, with the best of each column marked.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "study/host_standing.h"
#include "study/table_parts.h"
#include "study/text.h"

namespace cimera::study {
namespace {

enum class Better { kLow, kHigh, kNone };

/// Figures that four digits hardly tell apart share the first place.
constexpr double kTie = 1.0005;

/// A column of figures: its value, how to print it, and which value wins.
struct Figure {
  std::string header;
  Better better;
  std::function<std::optional<double>(const Result&)> value;
  std::function<std::string(double)> print;
};

template <Dim D>
std::optional<double> si(std::optional<Quantity<D>> value) {
  return value ? std::optional(value->si()) : std::nullopt;
}

std::function<std::string(double)> in_unit(const std::string& unit) {
  return [unit](double value) { return si_text(value, unit); };
}

/// Share of the energy that is drawn whether something happens or not.
std::optional<double> standing_share(const Result& result) {
  if (!result.energy || result.energy->si() == 0.0) return std::nullopt;
  return result.standing_energy / *result.energy;
}

bool wins(const Figure& figure, const Report& report, const Result& result) {
  if (figure.better == Better::kNone || report.inputs.machines.size() < 2) return false;
  const std::optional<double> own = figure.value(result);
  if (!own) return false;
  int others = 0;
  for (const Result& other : report.results) {
    if (other.batch != result.batch || other.error || &other == &result) continue;
    const std::optional<double> value = figure.value(other);
    if (!value) continue;
    ++others;
    const bool beaten = figure.better == Better::kLow ? *value * kTie < *own : *value > *own * kTie;
    if (beaten) return false;
  }
  return others > 0;
}

std::string table(const Report& report, const std::vector<Figure>& figures,
                  const std::function<std::vector<std::string>(const Result&)>& more,
                  const std::vector<std::string>& more_headers) {
  TextTable table;
  table.column("machine", TextTable::Align::kLeft);
  table.column("batch");
  for (const Figure& figure : figures) table.column(figure.header);
  for (const std::string& header : more_headers) table.column(header);
  for (const Result* at : by_batch(report)) {
    const Result& result = *at;
    std::vector<std::string> row{result.machine, std::to_string(result.batch)};
    for (const Figure& figure : figures) {
      const std::optional<double> value = result.error ? std::nullopt : figure.value(result);
      const std::string text = value ? figure.print(*value) : result.error ? "failed" : "unknown";
      row.push_back(text + (!result.error && wins(figure, report, result) ? "*" : " "));
    }
    const std::vector<std::string> rest = result.error ? std::vector<std::string>(more_headers.size()) : more(result);
    row.insert(row.end(), rest.begin(), rest.end());
    table.row(std::move(row));
  }
  return table.str();
}

}  // namespace

std::vector<const Result*> by_batch(const Report& report) {
  std::vector<const Result*> ordered;
  const std::size_t batches = report.inputs.experiment.batches.size();
  for (std::size_t b = 0; b < batches; ++b)
    for (std::size_t i = b; i < report.results.size(); i += batches) ordered.push_back(&report.results[i]);
  return ordered;
}

std::string cost_table(const Report& report) {
  const std::vector<Figure> figures{
      {"latency ", Better::kLow, [](const Result& r) { return r.latency.seconds().si(); }, in_unit("s")},
      {"images/s ", Better::kHigh, [](const Result& r) { return r.throughput; }, in_unit("")},
      {"energy ", Better::kLow, [](const Result& r) { return si(r.energy); }, in_unit("J")},
      {"standing ", Better::kNone, standing_share, percent_text},
      {"power ", Better::kNone, [](const Result& r) { return si(r.power()); }, in_unit("W")}};
  const auto against = [](const Result& r) -> std::vector<std::string> {
    if (!r.baseline) return {"", ""};
    const auto times = [](double ratio) { return fmt::format("{:.4g}x", ratio); };
    return {times(r.baseline->speedup), r.baseline->energy_ratio ? times(*r.baseline->energy_ratio) : "unknown"};
  };
  return table(report, figures, against, {"speedup", "energy ratio"});
}

std::string efficiency_table(const Report& report) {
  const auto tera = [](const std::string& unit) {
    return [unit](double value) { return si_text(value * 1e12, unit); };
  };
  const auto area = [](double value) { return format(SquareMetres::si(value)); };
  const std::vector<Figure> figures{
      {"area ", Better::kLow, [](const Result& r) { return si(r.area); }, area},
      {"energy x latency ", Better::kLow, [](const Result& r) { return r.edp(); }, in_unit("Js")},
      {"speed ", Better::kHigh, [](const Result& r) { return r.tops(); }, tera("OPS")},
      {"per power ", Better::kHigh, [](const Result& r) { return r.tops_per_watt(); }, tera("OPS/W")},
      {"per area ", Better::kHigh, [](const Result& r) { return r.tops_per_mm2(); }, tera("OPS/mm2")}};
  return table(report, figures, [](const Result&) { return std::vector<std::string>(); }, {});
}

std::string host_table(const Report& report) {
  const auto served = [](const Result& r) { return r.host_standing.has_value(); };
  if (!std::ranges::any_of(report.results, served)) return "";
  // What is its own host has nothing to add.
  const auto of_host = [](const Result& r, auto value) {
    return r.host_standing ? si(value(*r.host_standing)) : std::optional(0.0);
  };
  const std::vector<Figure> figures{
      {"host draws ", Better::kNone, [&](const Result& r) { return of_host(r, std::mem_fn(&HostStanding::power)); },
       in_unit("W")},
      {"that adds ", Better::kNone, [&](const Result& r) { return of_host(r, std::mem_fn(&HostStanding::energy)); },
       in_unit("J")},
      {"energy then ", Better::kLow, [](const Result& r) { return si(energy_with_host(r)); }, in_unit("J")},
      {"its area adds ", Better::kNone, [&](const Result& r) { return of_host(r, std::mem_fn(&HostStanding::area)); },
       [](double value) { return format(SquareMetres::si(value)); }}};
  const auto against = [](const Result& r) -> std::vector<std::string> {
    if (!r.baseline) return {""};
    const std::optional<double> ratio = r.baseline->energy_ratio_with_host;
    return {ratio ? fmt::format("{:.4g}x", *ratio) : "unknown"};
  };
  const std::string text = table(report, figures, against, {"energy ratio"});
  return report.inputs.machines.size() < 2 ? text : text + wrapped("  " + order_with_hosts(report.results), 2);
}

std::string reading_table(const Report& report) {
  TextTable table;
  table.column("machine", TextTable::Align::kLeft);
  table.column("batch");
  table.column("found by", TextTable::Align::kLeft);
  table.column("latency");
  table.column("lower bound");
  table.column("gap");
  table.column("skipped");
  for (const Result* at : by_batch(report)) {
    const Result& r = *at;
    if (r.error) continue;
    const bool timed = r.evaluator == Evaluator::kTiming;
    table.row({r.machine, std::to_string(r.batch), timed ? "timing (SystemC)" : "cost (closed form)", format(r.latency),
               format(r.bound), r.gap ? percent_text(*r.gap) : "",
               r.skipped_blocks > 0 ? counted(r.skipped_blocks, "image") : ""});
  }
  return table.str();
}

}  // namespace cimera::study
