// Tables of one result: components, layers, units, counts.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "study/table_parts.h"
#include "study/text.h"

namespace cimera::study {
namespace {

using Align = TextTable::Align;

/// A share as a bar of up to 30 signs.
std::string bar(double share) { return std::string(static_cast<std::size_t>(share * 30.0 + 0.5), '#'); }

/// Without what has no price of its own, the largest first.
std::vector<std::pair<std::string, Joules>> largest_first(const Result& result) {
  std::vector<std::pair<std::string, Joules>> components(result.energy_breakdown.begin(),
                                                         result.energy_breakdown.end());
  std::erase_if(components, [](const auto& row) { return row.second.si() == 0.0; });
  std::ranges::stable_sort(components, [](const auto& a, const auto& b) { return a.second > b.second; });
  return components;
}

void energy_rows(const Result& result, std::size_t rows, TextTable& table) {
  Joules total;
  for (const auto& [name, joules] : result.energy_breakdown) total += joules;
  const auto share = [&](Joules joules) { return total.si() == 0.0 ? 0.0 : joules / total; };
  const auto row = [&](const std::string& name, Joules joules) {
    table.row({result.machine, name, format(joules), percent_text(share(joules)), bar(share(joules))});
  };
  const std::vector<std::pair<std::string, Joules>> components = largest_first(result);
  const std::size_t shown = components.size() <= rows ? components.size() : rows - 1;
  Joules rest;
  for (std::size_t i = 0; i < components.size(); ++i) {
    if (i < shown) row(components[i].first, components[i].second);
    else rest += components[i].second;
  }
  if (shown < components.size()) row(fmt::format("{} others", components.size() - shown), rest);
  for (const std::string& name : result.unknown) table.row({result.machine, name, "unknown", "", ""});
}

}  // namespace

std::string energy_table(const Report& report, std::int64_t batch, std::size_t rows) {
  TextTable table;
  table.column("machine", Align::kLeft);
  table.column("component", Align::kLeft);
  table.column("energy");
  table.column("share");
  table.column("", Align::kLeft);
  for (const Result& result : report.results)
    if (!result.error && result.batch == batch) energy_rows(result, rows, table);
  return table.str();
}

std::string layer_table(const Result& result) {
  TextTable table;
  table.column("layer", Align::kLeft);
  table.column("operation", Align::kLeft);
  table.column("on", Align::kLeft);
  table.column("MACs/image");
  table.column("active for");
  table.column("adds");
  table.column("energy");
  table.column("SQNR");
  const auto sqnr = [&](std::size_t i) -> std::string {
    if (!result.accuracy || result.accuracy->layer_errors.empty()) return "";
    const LayerError& error = result.accuracy->layer_errors.at(i);
    return !error.measured ? "" : error.sqnr_dB ? fmt::format("{:.1f} dB", *error.sqnr_dB) : "exact";
  };
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerResult& layer = result.layers[i];
    const bool used = !layer.place.empty();
    const std::string energy = layer.energy ? format(*layer.energy) : "unknown";
    table.row({layer.name, layer.op, used ? layer.place : "-", layer.macs > 0 ? grouped(layer.macs) : "",
               used ? format(layer.latency) : "", used ? format(layer.exposed) : "", used ? energy : "", sqnr(i)});
  }
  return table.str();
}

std::string busiest_table(const Result& result) {
  TextTable table;
  table.column("kind", Align::kLeft);
  table.column("busiest unit", Align::kLeft);
  table.column("works for");
  table.column("of the latency");
  for (const BusiestUnit& unit : result.busiest) {
    const double share = result.latency == Duration() ? 0.0 : unit.busy.seconds() / result.latency.seconds();
    table.row({unit.kind, unit.unit, format(unit.busy), percent_text(share)});
  }
  return table.str();
}

std::string count_table(const Result& result) {
  TextTable table;
  table.column("counted", Align::kLeft);
  table.column("times");
  table.column("meaning", Align::kLeft);
  for (const ops::EventInfo& row : ops::event_table())
    if (const std::int64_t n = result.counts[row.event]; n != 0)
      table.row({std::string(row.name), grouped(n), std::string(row.meaning)});
  return table.str();
}

}  // namespace cimera::study
