#include "models/ops/conditions.h"

#include <algorithm>

#include "core/error.h"
#include "core/quantity.h"
#include "core/tree.h"

namespace cimera::ops {
namespace {

constexpr const char* kComponents = "components.";

/// The machine's parameter at `path`; those of components are none.
const FieldInfo& parameter(const std::vector<FieldInfo>& fields, const std::string& key, const std::string& path,
                           const Where& where) {
  std::vector<std::string> paths;
  for (const FieldInfo& field : fields) {
    if (field.path.starts_with(kComponents)) continue;
    if (field.path == path) return field;
    paths.push_back(field.path);
  }
  std::string hint = did_you_mean(path, paths);
  for (const std::string& known : paths)
    if (hint.empty() && known.ends_with("." + path)) hint = "; did you mean '" + known + "'?";
  fail_input(where, key + ": no parameter '" + path + "'" + hint);
}

/// Whether the parameter has the value that `text` says: numbers as numbers, whatever their unit; "1..4" is a range
/// with both ends.
bool has_value(const FieldInfo& actual, const std::string& text, const std::string& key, const Where& where) {
  if (!actual.number) return actual.value == text;
  const auto number = [&](const std::string& value) { return parse_quantity(value, actual.dim, where, key); };
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return *actual.number == number(text);
  const double lowest = number(text.substr(0, dots)), highest = number(text.substr(dots + 2));
  if (lowest > highest) fail_input(where, key + " = " + text + ": the lower end comes first");
  return lowest <= *actual.number && *actual.number <= highest;
}

/// A figure of a component that conditions speak of, and how a new one is written.
struct Figure {
  const char* key;
  const char* unit;
  bool (*known)(const Component&);
  void (*withdraw)(Component&);
};

constexpr Figure kFigures[] = {
    {"power", "W", [](const Component& c) { return c.power.has_value(); }, [](Component& c) { c.power = {}; }},
    {"energy", "J", [](const Component& c) { return c.energy.has_value(); }, [](Component& c) { c.energy = {}; }},
    {"area", "mm^2", [](const Component& c) { return c.area.has_value(); }, [](Component& c) { c.area = {}; }},
};

FieldInfo& field_of(std::vector<FieldInfo>& fields, const std::string& path) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.path == path; });
  if (found == fields.end()) fail_run("fault in cimera: no parameter " + path);
  return *found;
}

}  // namespace

std::string priced_for(const ComponentTable& table, const std::string& path) {
  std::string names;
  for (const auto& [name, component] : table)
    if (component.holds_for.contains(path)) names += (names.empty() ? "" : " and ") + name;
  return names;
}

void restate(std::vector<FieldInfo>& fields, const std::string& path, std::string value, std::string source) {
  FieldInfo& field = field_of(fields, path);
  field.value = std::move(value), field.source = std::move(source);
  field.number.reset();
}

std::vector<Withdrawn> withdraw_figures(const std::string& machine, ComponentTable& table,
                                        std::vector<FieldInfo>& fields, const Where& where) {
  std::vector<Withdrawn> withdrawn;
  for (auto& [name, component] : table) {
    std::string values;  // "precision.adc_bits = 8 (it is 6)"
    for (const auto& [key, value] : component.holds_for) {
      const std::string condition = kComponents + name + ".holds_for";
      const FieldInfo& actual = parameter(fields, condition, key, where);
      if (has_value(actual, value, condition + "." + key, where)) continue;
      const std::string is = actual.value == value ? "near it, but another" : actual.value;
      values += (values.empty() ? "" : ", ") + key + " = " + value + " (it is " + is + ")";
    }
    if (values.empty()) continue;
    std::string keys, settings;
    for (const Figure& figure : kFigures) {
      const std::string path = kComponents + name + "." + figure.key;
      const std::string& source = field_of(fields, path).source;
      if (!figure.known(component) || source.starts_with(kSetByUser) || source.starts_with(kFromCell)) continue;
      figure.withdraw(component);
      restate(fields, path, "unknown", "published for " + values);
      keys += (keys.empty() ? "" : " and ") + std::string(figure.key);
      settings += " --set '" + machine + ":" + path + "=... " + figure.unit + "'";
    }
    if (!keys.empty())
      withdrawn.push_back(
          {name, keys + " of " + name + " were published for " + values + ": unknown until given with" + settings});
  }
  return withdrawn;
}

}  // namespace cimera::ops
