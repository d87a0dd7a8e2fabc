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

std::string describe_json(const std::vector<Parameter>& parameters) {
  ordered_json json = ordered_json::object();
  for (const auto& [field, file_value, used_value] : parameters)
    json[field.path] = {{"value", field.value},   {"file_value", file_value}, {"used_value", used_value},
                        {"kind", field.kind},     {"range", field.range},     {"meaning", field.meaning},
                        {"source", field.source}, {"default", field.fallback}};
  return dumped(json);
}

std::string list_text(const std::vector<std::pair<std::string, std::string>>& entries) { return two_columns(entries); }

std::string list_json(const std::vector<std::pair<std::string, std::string>>& entries) {
  ordered_json json = ordered_json::array();
  for (const auto& [name, description] : entries) json.push_back({{"name", name}, {"description", description}});
  return dumped(json);
}

}  // namespace cimera::study
