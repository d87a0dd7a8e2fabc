#include <nlohmann/json.hpp>

#include "core/version.h"
#include "study/explain/explain_text.h"

namespace cimera::study {
namespace {

using nlohmann::ordered_json;

ordered_json roofline_json(const Roofline& roofline) {
  ordered_json peaks = ordered_json::array(), levels = ordered_json::array(), layers = ordered_json::array();
  for (const Peak& peak : roofline.peaks) peaks.push_back({{"name", peak.name}, {"ops_per_s", peak.ops_per_second}});
  for (const Level& level : roofline.levels) {
    ordered_json events = ordered_json::array();
    for (const ops::Event event : level.traffic) events.push_back(ops::info(event).name);
    levels.push_back({{"name", level.name}, {"bytes_per_s", level.bytes_per_second}, {"events", events}});
  }
  for (const RooflinePoint& point : roofline.points) {
    const bool moves = point.bytes > 0.0;
    layers.push_back({{"name", point.layer},
                      {"operations", point.operations},
                      {"ops_per_s", point.speed},
                      {"roof_ops_per_s", point.roof},
                      {"alone_ops_per_s", point.alone},
                      {"level", moves ? ordered_json(roofline.levels[point.level].name) : ordered_json(nullptr)},
                      {"bytes", point.bytes},
                      {"ops_per_byte", moves ? ordered_json(point.intensity()) : ordered_json(nullptr)}});
  }
  return {{"peaks", peaks}, {"levels", levels}, {"layers", layers}};
}

ordered_json times_json(const Times& times) {
  ordered_json json{{"work_s", times.work.seconds().si()}};
  ordered_json waits = nullptr;
  if (times.waits)
    for (const ops::WaitInfo& row : ops::wait_table())
      waits[std::string(row.name)] = (*times.waits)[row.wait].seconds().si();
  json["waits_s"] = waits;
  json["rest_s"] = times.rest.seconds().si();
  return json;
}

ordered_json stalls_json(const std::vector<Stall>& stalls) {
  ordered_json json = ordered_json::array();
  for (const Stall& stall : stalls) {
    ordered_json row{{"name", stall.layer}, {"task", stall.task}, {"unit", stall.unit}};
    row.update(times_json(stall.times));
    json.push_back(row);
  }
  return json;
}

ordered_json energy_json(const EnergyCells& cells) {
  ordered_json layers = ordered_json::array(), standing = ordered_json::object();
  const auto row = [&](const std::vector<Joules>& joules) {
    ordered_json json = ordered_json::object();
    for (std::size_t c = 0; c < joules.size(); ++c)
      if (joules[c] != Joules()) json[cells.components[c]] = joules[c].si();
    return json;
  };
  for (std::size_t layer = 0; layer < cells.layers.size(); ++layer)
    layers.push_back({{"name", cells.layers[layer]}, {"components_J", row(cells.of[layer])}});
  return {{"layers", layers}, {"standing_J", row(cells.standing)}};
}

ordered_json layer_json(const Explanation& explanation) {
  if (explanation.tasks.empty() && explanation.charges.empty()) return nullptr;
  ordered_json tasks = ordered_json::array(), charges = ordered_json::array();
  for (const TaskRow& task : explanation.tasks) {
    ordered_json row{{"task", task.task}, {"unit", task.unit}};
    row.update(times_json(task.times));
    tasks.push_back(row);
  }
  const auto known = [](const auto& value) { return value ? ordered_json(value->si()) : ordered_json(nullptr); };
  for (const LayerCharge& charge : explanation.charges)
    charges.push_back({{"component", charge.component},
                       {"what", charge.what},
                       {"count", charge.count},
                       {"busy_s", charge.time.seconds().si()},
                       {"event_J", known(charge.per_event)},
                       {"power_W", known(charge.power)},
                       {"energy_J", known(charge.energy())}});
  return {{"tasks", tasks}, {"charges", charges}};
}

}  // namespace

std::string explain_json(const Report& report, const Explanation& explanation) {
  const Result& result = *explanation.result;
  const ordered_json document{{"schema", 1},
                              {"tool", {{"name", "cimera"}, {"version", kVersion}, {"build", kBuild}}},
                              {"network", report.inputs.network.name},
                              {"machine", result.machine},
                              {"batch", result.batch},
                              {"evaluator", to_string(result.evaluator)},
                              {"latency_s", result.latency.seconds().si()},
                              {"energy_J", result.energy ? ordered_json(result.energy->si()) : ordered_json(nullptr)},
                              {"unknown", result.unknown},
                              {"roofline", roofline_json(explanation.roofline)},
                              {"time", stalls_json(explanation.stalls)},
                              {"energy", energy_json(explanation.energy)},
                              {"layer", layer_json(explanation)}};
  return document.dump(2) + "\n";
}

}  // namespace cimera::study
