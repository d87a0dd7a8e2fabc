#include "study/json.h"

#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/version.h"
#include "study/mvm_text.h"
#include "study/resolved.h"

namespace cimera::study {
namespace {

using nlohmann::ordered_json;

ordered_json number(double value) {
  if (!std::isfinite(value)) fail_run("fault in cimera: a result is not finite");
  return value;
}
ordered_json number(std::optional<double> value) { return value ? number(*value) : ordered_json(nullptr); }
ordered_json number(std::optional<Duration> value) {
  return value ? number(value->seconds().si()) : ordered_json(nullptr);
}
ordered_json number(Duration value) { return number(value.seconds().si()); }
template <Dim D>
ordered_json number(std::optional<Quantity<D>> value) {
  return value ? number(value->si()) : ordered_json(nullptr);
}

ordered_json accuracy(const std::optional<Accuracy>& a) {
  if (!a) return nullptr;
  const auto interval =
      a->loss_ci95 ? ordered_json{number(a->loss_ci95->low), number(a->loss_ci95->high)} : ordered_json(nullptr);
  return {{"samples", a->samples},
          {"trials", a->trials},
          {"reference", number(a->reference)},
          {"quantized", number(a->quantized)},
          {"device", number(a->device)},
          {"device_std", number(a->device_std)},
          {"loss", number(a->loss)},
          {"loss_ci95", interval},
          {"output_sqnr_dB", number(a->output_sqnr_dB)},
          {"quantized_sqnr_dB", number(a->quantized_sqnr_dB)},
          {"token_agreement", number(a->token_agreement)},
          {"quantized_token_agreement", number(a->quantized_token_agreement)},
          {"perplexity", number(a->perplexity)},
          {"quantized_perplexity", number(a->quantized_perplexity)},
          {"reference_perplexity", number(a->reference_perplexity)},
          {"adc_conversions", a->conversions},
          {"clipped_conversions", a->clipped_conversions},
          {"quantized_inputs", a->all_input_codes().all},
          {"clipped_inputs", a->all_input_codes().clipped}};
}

ordered_json energy_breakdown(const Result& result) {
  ordered_json json = ordered_json::object();
  for (const auto& [component, joules] : result.energy_breakdown) json[component] = number(joules.si());
  return json;
}

ordered_json latency_breakdown(const Result& result) {
  ordered_json json = ordered_json::object();
  for (const LayerResult& layer : result.layers)
    if (layer.exposed != Duration()) json[layer.name] = number(layer.exposed);
  if (result.shared_units != Duration()) json["shared units"] = number(result.shared_units);
  return json;
}

ordered_json busiest(const Result& result) {
  ordered_json json = ordered_json::object();
  for (const BusiestUnit& unit : result.busiest) json[unit.kind] = {{"unit", unit.unit}, {"busy_s", number(unit.busy)}};
  return json;
}

ordered_json counts(const ops::Counts& counts) {
  ordered_json json = ordered_json::object();
  for (const ops::EventInfo& row : ops::event_table())
    if (const std::int64_t n = counts[row.event]; n != 0) json[std::string(row.name)] = n;
  return json;
}

std::optional<double> layer_sqnr(const Result& result, std::size_t layer) {
  if (!result.accuracy || result.accuracy->layer_errors.empty()) return std::nullopt;
  return result.accuracy->layer_errors.at(layer).sqnr_dB;
}

ordered_json layers(const Result& result) {
  ordered_json json = ordered_json::array();
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerResult& layer = result.layers[i];
    const InputCodes codes = result.accuracy ? result.accuracy->input_codes.at(i) : InputCodes();
    json.push_back({{"name", layer.name},
                    {"op", layer.op},
                    {"on", layer.place.empty() ? ordered_json(nullptr) : ordered_json(layer.place)},
                    {"macs", layer.macs},
                    {"latency_s", number(layer.latency)},
                    {"energy_J", number(layer.energy)},
                    {"counts", counts(layer.counts)},
                    {"sqnr_dB", number(layer_sqnr(result, i))},
                    {"quantized_inputs", codes.all > 0 ? ordered_json(codes.all) : ordered_json(nullptr)},
                    {"clipped_inputs", codes.all > 0 ? ordered_json(codes.clipped) : ordered_json(nullptr)}});
  }
  return json;
}

ordered_json baseline(const std::optional<AgainstBaseline>& against) {
  if (!against) return nullptr;
  return {{"machine", against->machine},
          {"speedup", number(against->speedup)},
          {"energy_ratio", number(against->energy_ratio)},
          {"energy_ratio_with_host_on", number(against->energy_ratio_with_host)}};
}

ordered_json host_standing(const std::optional<HostStanding>& host) {
  if (!host) return nullptr;
  return {{"power_W", number(host->power)},
          {"energy_J", number(host->energy)},
          {"area_mm2", host->area ? number(host->area->si() * 1e6) : ordered_json(nullptr)}};
}

ordered_json normalized(const std::optional<Normalized>& n, const Inputs& inputs) {
  if (!n) return nullptr;
  const auto by = name_of(enum_names(static_cast<const Normalize*>(nullptr)), inputs.experiment.normalize);
  return {{"by", by},
          {"reference", inputs.reference()},
          {"copies", number(n->copies)},
          {"throughput_per_s", number(n->throughput)},
          {"throughput_ratio", number(n->throughput_ratio)},
          {"area_mm2", n->area ? number(n->area->si() * 1e6) : ordered_json(nullptr)},
          {"power_W", number(n->power)}};
}

/// The sources of all figures that a machine is made of, each once; a default of ours is none to cite.
ordered_json sources(const Machine& machine) {
  std::set<std::string> texts;
  const auto collect = [&](const std::vector<FieldInfo>& fields) {
    for (const FieldInfo& field : fields)
      if (!field.source.empty() && !field.source.starts_with(kDefaultSource)) texts.insert(field.source);
  };
  collect(machine.spec.fields);
  if (machine.cell) collect(machine.cell->fields);
  if (machine.cell) collect(machine.host.fields);
  return texts;
}

ordered_json input_steps(const std::optional<InputSteps>& steps) {
  if (!steps) return nullptr;
  return {{"drawn_from_images", steps->images}, {"mean", number(steps->mean)}, {"most", steps->most}};
}

ordered_json reprogramming(const std::optional<Reprogramming>& r) {
  if (!r) return nullptr;
  return {{"loads", r->loads},
          {"latency_s", number(r->latency)},
          {"energy_J", number(r->energy)},
          {"writes_per_cell", r->writes_per_cell},
          {"cell_endurance_writes", number(r->endurance)},
          {"batches_until_worn", number(r->batches)},
          {"time_until_worn_s", number(r->lifetime)}};
}

ordered_json figures(const Result& r, const Machine& machine, const Inputs& inputs) {
  const bool random = inputs.random_tensors;
  return {{"evaluator", to_string(r.evaluator)},
          {"latency_s", number(r.latency)},
          {"throughput_per_s", number(r.throughput)},
          {"throughput_basis", r.pipelined ? "pipeline" : "batch"},
          {"energy_J", number(r.energy)},
          {"power_W", number(r.power())},
          {"area_mm2", r.area ? number(r.area->si() * 1e6) : ordered_json(nullptr)},
          {"edp_Js", number(r.edp())},
          {"tops", number(r.tops())},
          {"tops_per_W", number(r.tops_per_watt())},
          {"tops_per_mm2", number(r.tops_per_mm2())},
          {"host_standing", host_standing(r.host_standing)},
          {"unknown", r.unknown},
          {"weight_load",
           {{"latency_s", number(r.weight_load.latency)},
            {"energy_J", number(r.weight_load.energy)},
            {"unknown", r.weight_load.unknown},
            {"cell_endurance_loads", number(r.weight_load.endurance)}}},
          {"reprogramming", reprogramming(r.reprogramming)},
          {"precision", precision(machine)},
          {"accuracy", random ? ordered_json(nullptr) : accuracy(r.accuracy)},
          {"output_sqnr_dB", r.accuracy ? number(r.accuracy->output_sqnr_dB) : ordered_json(nullptr)},
          {"latency_bound_s", number(r.bound)},
          {"gap", number(r.gap)},
          {"skipped_blocks", r.skipped_blocks},
          {"input_steps", input_steps(r.input_steps)},
          {"energy_breakdown_J", energy_breakdown(r)},
          {"standing_energy_J", number(r.standing_energy.si())},
          {"latency_breakdown_s", latency_breakdown(r)},
          {"busiest_units", busiest(r)},
          {"counts", counts(r.counts)},
          {"mapping",
           {{"arrays", r.used_arrays},
            {"tiles", r.used_tiles},
            {"cell_utilisation", number(r.utilisation)},
            {"host_layers", r.host_layers}}},
          {"layers", layers(r)},
          {"baseline", baseline(r.baseline)},
          {"normalized", normalized(r.normalized, inputs)},
          {"sources", sources(machine)}};
}

ordered_json result(const Result& r, const Machine& machine, const Inputs& inputs) {
  ordered_json json{{"machine", r.machine}, {"batch", r.batch}, {"error", nullptr}};
  json.update(figures(r, machine, inputs));
  if (r.outputs) {  // of the first trial, against FP32
    const ProductError error = product_error(*r.outputs);
    json["output_error"] = {{"rms", error.rms}, {"largest", error.largest}, {"signal_rms", error.signal_rms}};
  }
  if (!r.error) return json;
  // The same keys, with nothing behind them.
  for (auto& [key, value] : json.items())
    if (key != "machine" && key != "batch") value = nullptr;
  json["error"] = *r.error;
  return json;
}

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string to_json(const Report& report) {
  const std::size_t batches = report.inputs.experiment.batches.size();
  ordered_json results = ordered_json::array();
  for (std::size_t i = 0; i < report.results.size(); ++i)
    results.push_back(result(report.results[i], report.inputs.machines[i / batches], report.inputs));
  const ordered_json inputs{{"network", report.inputs.network.name},
                            {"data", report.inputs.data ? ordered_json(report.inputs.data->name) : nullptr},
                            {"seed", report.inputs.experiment.seed},
                            {"resolved", resolved(report.inputs)}};
  const ordered_json document{{"schema", 1},
                              {"tool", {{"name", "cimera"}, {"version", kVersion}, {"build", kBuild}}},
                              {"inputs", inputs},
                              {"results", results}};
  return document.dump(2) + "\n";
}

std::string resolved_json(const Report& report) { return resolved(report.inputs).dump(2) + "\n"; }

std::string layers_csv(const Report& report) {
  std::string csv = "machine,batch,layer,op,on,macs,latency_s,energy_J";
  for (const ops::EventInfo& row : ops::event_table()) csv += "," + std::string(row.name);
  csv += "\n";
  const auto text = [](const ordered_json& value) { return value.is_null() ? "" : value.dump(); };
  for (const Result& r : report.results) {
    const std::string point = field(r.machine) + "," + std::to_string(r.batch) + ",";
    for (const LayerResult& layer : r.layers) {
      csv += point + field(layer.name) + "," + field(layer.op) + "," + field(layer.place) + "," +
             std::to_string(layer.macs) + "," + text(number(layer.latency)) + "," + text(number(layer.energy));
      for (const ops::EventInfo& row : ops::event_table()) csv += "," + std::to_string(layer.counts[row.event]);
      csv += "\n";
    }
    // What belongs to no layer, so that the energies of a machine and batch add up.
    csv += point + "(standing),,,0,," + text(number(r.standing_energy.si()));
    for (std::size_t i = 0; i < ops::kEventCount; ++i) csv += ",0";
    csv += "\n";
  }
  return csv;
}

}  // namespace cimera::study
