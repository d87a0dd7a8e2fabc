#include "study/describe.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "study/text.h"

namespace cimera::study {
namespace {

using nlohmann::ordered_json;
using Align = TextTable::Align;

/// Numbers the sources in the order of their first use.
class Sources {
 public:
  std::string mark(const std::string& source) {
    if (source.empty()) return "";
    const auto [found, fresh] = numbers_.try_emplace(source, texts_.size() + 1);
    if (fresh) texts_.push_back(source);
    return fmt::format("[{}]", found->second);
  }
  std::string str() const {
    std::string text;
    for (std::size_t i = 0; i < texts_.size(); ++i) text += wrapped(fmt::format("  [{}] {}", i + 1, texts_[i]), 6);
    return text;
  }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> texts_;
};

std::string shape_of(const workloads::Network& network, workloads::TensorId id) {
  return workloads::format(network.tensor(id).shape);
}

std::int64_t weights_of(const workloads::Network& network, const workloads::Layer& layer) {
  return layer.is_mvm() ? workloads::mvm_shape(network, layer).weights() : 0;
}

/// Values up to this width stand beside their meaning.
constexpr std::size_t kValueWidth = 20;

/// The last part of a path: "count" of "components.adc.count".
std::string key_of(const FieldInfo& field) { return field.path.substr(field.path.rfind('.') + 1); }

/// "16 mW [1]; 32 mW is used; 8 mW in the file": the value that was read, and those that differ from it.
std::string value_text(const Parameter& parameter, Sources& sources) {
  std::string text = parameter.field.value + " " + sources.mark(parameter.field.source);
  if (parameter.used_value != parameter.field.value) text += "; " + parameter.used_value + " is used";
  if (parameter.file_value != parameter.field.value) text += "; " + parameter.file_value + " in the file";
  return text;
}

std::map<std::string, std::string> values_by_path(const std::vector<FieldInfo>& fields) {
  std::map<std::string, std::string> values;
  for (const FieldInfo& field : fields) values[field.path] = field.value;
  return values;
}

std::string dumped(const ordered_json& json) { return json.dump(2) + "\n"; }

}  // namespace

std::vector<Parameter> parameters(const std::vector<FieldInfo>& read, const std::vector<FieldInfo>& file,
                                  const std::vector<FieldInfo>& used) {
  const std::map<std::string, std::string> in_file = values_by_path(file), in_use = values_by_path(used);
  const auto value_in = [](const std::map<std::string, std::string>& values, const FieldInfo& field) {
    const auto found = values.find(field.path);
    return found == values.end() ? field.value : found->second;
  };
  std::vector<Parameter> parameters;
  for (const FieldInfo& field : read) parameters.push_back({field, value_in(in_file, field), value_in(in_use, field)});
  return parameters;
}

std::string describe_text(const std::string& title, const std::vector<Parameter>& parameters, const std::string& more) {
  Sources sources;
  std::size_t key_width = 0;
  for (const Parameter& parameter : parameters) key_width = std::max(key_width, key_of(parameter.field).size());
  const std::size_t value_at = key_width + 6, meaning_at = value_at + kValueWidth + 2;
  std::string text = wrapped(title, 0) + "\n", group;
  std::set<std::string> explained;
  for (const Parameter& parameter : parameters) {
    const FieldInfo& field = parameter.field;
    const std::string key = key_of(field), here = field.path.substr(0, field.path.size() - key.size());
    if (here != group) text += "\n" + (here.empty() ? "" : here + "\n");
    group = here;
    std::string value = wrapped(value_text(parameter, sources), value_at, value_at);
    value.pop_back();  // the newline
    std::string line = fmt::format("    {:<{}}  {}", key, key_width, value);
    // Rows of a table share their meanings: once is enough.
    const bool first = explained.insert(field.meaning).second;
    if (!first || text_width(line) + 2 > meaning_at) {
      text += line + "\n";
      line.clear();
    }
    if (!first) continue;
    const std::string meaning = field.meaning + (field.range.empty() ? "" : "; " + field.range);
    text += line + wrapped(std::string(meaning_at - text_width(line), ' ') + meaning, meaning_at, text_width(line));
  }
  return text + (more.empty() ? "" : "\n" + more) + "\nsources\n" + sources.str();
}

std::string describe_text(const workloads::Network& network) {
  TextTable table;
  table.column("layer", Align::kLeft);
  table.column("operation", Align::kLeft);
  table.column("input", Align::kLeft);
  table.column("output", Align::kLeft);
  table.column("MACs");
  table.column("weights");
  for (const workloads::Layer& layer : network.layers) {
    const std::int64_t macs = workloads::macs(network, layer), weights = weights_of(network, layer);
    table.row({layer.name, workloads::op_name(layer.op), shape_of(network, layer.inputs.front()),
               shape_of(network, layer.output), macs > 0 ? grouped(macs) : "", weights > 0 ? grouped(weights) : ""});
  }
  return wrapped(fmt::format("{} ({}): reads {}, gives {}", network.name, network.source,
                             shape_of(network, network.input), shape_of(network, network.output)),
                 2) +
         "\n" + table.str() +
         fmt::format("\nin all: {} multiply-accumulates for one sample, {} weights\n",
                     grouped(workloads::macs(network)), grouped(workloads::weight_count(network)));
}

std::string describe_json(const std::vector<Parameter>& parameters) {
  ordered_json json = ordered_json::object();
  for (const auto& [field, file_value, used_value] : parameters)
    json[field.path] = {{"value", field.value},   {"file_value", file_value}, {"used_value", used_value},
                        {"kind", field.kind},     {"range", field.range},     {"meaning", field.meaning},
                        {"source", field.source}, {"default", field.fallback}};
  return dumped(json);
}

std::string describe_json(const workloads::Network& network) {
  ordered_json layers = ordered_json::array();
  for (const workloads::Layer& layer : network.layers)
    layers.push_back({{"name", layer.name},
                      {"op", workloads::op_name(layer.op)},
                      {"input", network.tensor(layer.inputs.front()).shape},
                      {"output", network.tensor(layer.output).shape},
                      {"macs", workloads::macs(network, layer)},
                      {"weights", weights_of(network, layer)}});
  return dumped({{"name", network.name},
                 {"source", network.source},
                 {"input", network.tensor(network.input).shape},
                 {"output", network.tensor(network.output).shape},
                 {"macs", workloads::macs(network)},
                 {"weights", workloads::weight_count(network)},
                 {"layers", layers}});
}

std::string list_text(const std::vector<std::pair<std::string, std::string>>& entries) { return two_columns(entries); }

std::string list_json(const std::vector<std::pair<std::string, std::string>>& entries) {
  ordered_json json = ordered_json::array();
  for (const auto& [name, description] : entries) json.push_back({{"name", name}, {"description", description}});
  return dumped(json);
}

}  // namespace cimera::study
