#include "study/explain/explain_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "study/explain/figures.h"
#include "study/table_parts.h"
#include "study/text.h"

namespace cimera::study {
namespace {

using Align = TextTable::Align;

constexpr std::size_t kShownComponents = 5;

std::string section(const std::string& title, const std::string& body) { return "\n" + wrapped(title, 0) + body; }

std::string share(double part, double whole) { return whole == 0.0 ? "" : fmt::format("{:.1f}", 100.0 * part / whole); }

/// Percent with two digits, also of what is far below one.
std::string small_share(double share) {
  return share < 0.1 ? fmt::format("{:.2g}", 100.0 * share) : fmt::format("{:.0f}", 100.0 * share);
}

std::string per_byte(double operations) { return fmt::format("{:.4g}", operations); }

std::string share(Duration part, Duration whole) { return share(part.seconds().si(), whole.seconds().si()); }

std::string ceiling_table(const Roofline& roofline) {
  TextTable table;
  table.column("roof", Align::kLeft);
  table.column("at most");
  table.column("meets the lowest peak at");
  for (const Peak& peak : roofline.peaks) table.row({peak.name, si_text(peak.ops_per_second, "OPS"), ""});
  for (const Level& level : roofline.levels)
    table.row({level.name, si_text(level.bytes_per_second, "B/s"),
               per_byte(roofline.peak() / level.bytes_per_second) + " op/B"});
  return table.str();
}

std::string point_table(const Roofline& roofline) {
  TextTable table;
  table.column("layer", Align::kLeft);
  for (const char* header : {"operations", "speed", "roof", "% of it", "alone"}) table.column(header);
  table.column("op/B");
  table.column("through", Align::kLeft);
  for (const RooflinePoint& p : roofline.points) {
    const bool moves = p.bytes > 0.0;
    table.row({p.layer, si_text(p.operations, ""), si_text(p.speed, "OPS"), si_text(p.roof, "OPS"),
               small_share(p.speed / p.roof), si_text(p.alone, "OPS"), moves ? per_byte(p.intensity()) : "",
               moves ? roofline.levels[p.level].name : ""});
  }
  return table.str();
}

/// A unit of one layer, in a row of that layer.
std::string without_layer(const std::string& unit, const std::string& layer) {
  const std::string of = " of " + layer;
  return unit.ends_with(of) ? unit.substr(0, unit.size() - of.size()) : unit;
}

/// Shares of the makespan, one row per layer or per task and unit.
class TimeTable {
 public:
  TimeTable(const std::string& first, bool timed) : timed_(timed) {
    table_.column(first, Align::kLeft);
    table_.column("unit", Align::kLeft);
    table_.column("works");
    if (timed)
      for (const ops::WaitInfo& row : ops::wait_table()) table_.column(std::string(row.name));
    table_.column(timed ? "done" : "rest");
  }
  void row(const std::string& name, const std::string& unit, const Times& times, Duration makespan) {
    std::vector<std::string> entries{name, unit, share(times.work, makespan)};
    const bool known = times.waits.has_value();
    if (timed_)
      for (const ops::WaitInfo& row : ops::wait_table())
        entries.push_back(known ? share((*times.waits)[row.wait], makespan) : "-");
    entries.push_back(timed_ && !known ? "-" : share(times.rest, makespan));
    table_.row(std::move(entries));
  }
  std::string str() const { return table_.str(); }

 private:
  bool timed_;
  TextTable table_;
};

std::string stall_table(const Explanation& explanation) {
  TimeTable table("layer", knows_waits(explanation.stalls));
  for (const Stall& stall : explanation.stalls)
    table.row(stall.layer, without_layer(stall.unit, stall.layer), stall.times, explanation.result->latency);
  return table.str();
}

std::string task_table(const Explanation& explanation) {
  TimeTable table("task", !explanation.tasks.empty() && explanation.tasks[0].times.waits.has_value());
  for (const TaskRow& row : explanation.tasks) table.row(row.task, row.unit, row.times, explanation.result->latency);
  return table.str();
}

/// Largest components first, the others together.
std::string energy_cell_table(const EnergyCells& cells) {
  const std::size_t shown = std::min(cells.components.size(), kShownComponents);
  const bool others = shown < cells.components.size();
  TextTable table;
  table.column("layer", Align::kLeft);
  for (std::size_t c = 0; c < shown; ++c) table.column(cells.components[c]);
  if (others) table.column(fmt::format("{} others", cells.components.size() - shown));
  table.column("all");
  const auto row = [&](const std::string& name, const std::vector<Joules>& joules) {
    Joules rest, all;
    std::vector<std::string> entries{name};
    for (std::size_t c = 0; c < joules.size(); ++c) {
      if (c < shown) entries.push_back(joules[c] == Joules() ? "-" : format(joules[c]));
      else rest += joules[c];
      all += joules[c];
    }
    if (all == Joules()) return;
    if (others) entries.push_back(rest == Joules() ? "-" : format(rest));
    entries.push_back(format(all));
    table.row(std::move(entries));
  };
  for (std::size_t layer = 0; layer < cells.layers.size(); ++layer) row(cells.layers[layer], cells.of[layer]);
  row("(standing)", cells.standing);
  row("all", cells.total);
  return table.str();
}

template <class T>
std::string or_unknown(const std::optional<T>& value) {
  return value ? format(*value) : "unknown";
}

std::string charge_table(const std::vector<LayerCharge>& charges) {
  TextTable table;
  table.column("component", Align::kLeft);
  table.column("charged for", Align::kLeft);
  for (const char* header : {"amount", "price", "energy"}) table.column(header);
  for (const LayerCharge& row : charges) {
    const bool busy = row.time != Duration();
    table.row({row.component, row.what, busy ? format(row.time) : grouped(row.count),
               busy ? or_unknown(row.power) : or_unknown(row.per_event), or_unknown(row.energy())});
  }
  return table.str();
}

std::string wait_notes() {
  std::string text;
  for (const ops::WaitInfo& row : ops::wait_table())
    text += (text.empty() ? "" : "; ") + std::string(row.name) + ": " + std::string(row.meaning);
  return wrapped("  Waits: the next iteration waits, last of all, for ... " + text +
                     ". -: tasks of the layer share the unit, and wait for each other.",
                 2);
}

}  // namespace

std::string explain_text(const Report& report, const Explanation& explanation) {
  const Result& result = *explanation.result;
  const bool timed = result.evaluator == Evaluator::kTiming;
  std::string text =
      wrapped(figure_title(report, result) + fmt::format(": {}, {} ({})", format(result.latency),
                                                         result.energy ? format(*result.energy) : "energy unknown",
                                                         timed ? "timing reading" : "closed form"),
              0);
  text += section("Roofs of the machine, from its file", ceiling_table(explanation.roofline));
  text += section(
      "Roofline: operations per second while a layer is computed; its roof is the lowest peak, or what the level "
      "allows that holds it back most; \"alone\": if its busiest unit never waited",
      point_table(explanation.roofline));
  text += section(fmt::format("Where each ns goes: in % of {}, what the unit does that works longest for a layer",
                              format(result.latency)),
                  stall_table(explanation) + (timed ? wait_notes() : ""));
  text += section("Where each pJ goes", energy_cell_table(explanation.energy));
  if (!result.unknown.empty())
    text += wrapped(
        "  Left out, since nobody has published a figure: " + fmt::format("{}", fmt::join(result.unknown, ", ")), 2);
  if (!explanation.tasks.empty())
    text += section("The tasks of the layer, unit by unit, in % of the latency", task_table(explanation));
  if (!explanation.charges.empty()) text += section("What the layer is charged for", charge_table(explanation.charges));
  return text;
}

}  // namespace cimera::study
