#include "models/ops/conditions.h"

#include <algorithm>

#include "core/error.h"
#include "core/tree.h"

namespace cimera::ops {
namespace {

constexpr const char* kComponents = "components.";

std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// The value of the machine's parameter called `name`: the last part of its path.
const FieldInfo& parameter(const std::vector<FieldInfo>& fields, const std::string& component, const std::string& name,
                           const Where& where) {
  std::vector<const FieldInfo*> found;
  std::vector<std::string> names;
  for (const FieldInfo& field : fields) {
    if (field.path.starts_with(kComponents)) continue;
    names.push_back(last_part(field.path));
    if (names.back() == name) found.push_back(&field);
  }
  const std::string subject = kComponents + component + ".holds_for: ";
  if (found.empty()) fail_input(where, subject + unknown_name("parameter", name, names));
  if (found.size() > 1)
    fail_input(where, subject + "'" + name + "' is the name of several parameters: " + found[0]->path + " and " +
                          found[1]->path);
  return *found[0];
}

/// A figure of a component that conditions speak of, and how a new one is written.
struct Figure {
  const char* key;
  const char* unit;
  bool (*known)(const Component&);
  void (*withdraw)(Component&);
};

constexpr Figure kFigures[] = {
    {"power", "W", [](const Component& c) { return c.power && c.power->si() > 0; }, [](Component& c) { c.power = {}; }},
    {"energy", "J", [](const Component& c) { return c.energy.has_value(); }, [](Component& c) { c.energy = {}; }},
    {"area", "mm^2", [](const Component& c) { return c.area.has_value(); }, [](Component& c) { c.area = {}; }},
};

FieldInfo& field_of(std::vector<FieldInfo>& fields, const std::string& path) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.path == path; });
  if (found == fields.end()) fail_run("fault in cimera: no parameter " + path);
  return *found;
}

}  // namespace

void restate(std::vector<FieldInfo>& fields, const std::string& path, std::string value, std::string source) {
  FieldInfo& field = field_of(fields, path);
  field.value = std::move(value), field.source = std::move(source);
}

std::vector<Withdrawn> withdraw_figures(const std::string& machine, ComponentTable& table,
                                        std::vector<FieldInfo>& fields, const Where& where) {
  std::vector<Withdrawn> withdrawn;
  for (auto& [name, component] : table) {
    std::string values;  // "adc_bits = 8 (it is 6)"
    for (const auto& [key, value] : component.holds_for) {
      const FieldInfo& actual = parameter(fields, name, key, where);
      if (actual.value != value)
        values += (values.empty() ? "" : ", ") + key + " = " + value + " (it is " + actual.value + ")";
    }
    if (values.empty()) continue;
    std::string keys, settings;
    for (const Figure& figure : kFigures) {
      const std::string path = kComponents + name + "." + figure.key;
      if (!figure.known(component) || field_of(fields, path).source.starts_with(kSetByUser)) continue;
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
