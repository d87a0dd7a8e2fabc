#include "study/sweep/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "core/files.h"
#include "core/yaml.h"
#include "study/sweep/columns.h"
#include "study/sweep/values.h"

namespace cimera::study {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

/// An axis with what each of its values puts into the experiment.
struct Axis {
  PlanAxis plan;
  std::vector<Settings> settings;  ///< by value
  Where where;
};

Axis axis_of(const SweepAxis& given, const Where& where) {
  Axis axis{{given.name.empty() ? given.key : given.name, {}}, {}, where};
  for (const SweepChoice& choice : given.choices) {
    axis.plan.labels.push_back(choice.label);
    axis.settings.emplace_back(choice.set.begin(), choice.set.end());
  }
  std::vector<std::string> keys = given.keys;
  if (!given.key.empty()) keys.push_back(given.key);
  for (const std::string& value : expand_values(given.values, where)) {
    axis.plan.labels.push_back(value);
    Settings& settings = axis.settings.emplace_back();
    for (const std::string& key : keys)
      settings.emplace_back(key, given.times.empty() ? value : times(value, given.times, where));
  }
  std::set<std::string> seen;
  for (const std::string& label : axis.plan.labels)
    if (!seen.insert(label).second)
      fail_input(where, fmt::format("axis '{}': '{}' comes twice", axis.plan.name, label));
  return axis;
}

std::vector<Axis> axes_of(const SweepFile& file, const Node& tree) {
  std::vector<Axis> axes;
  if (!file.machines.empty()) {
    SweepAxis machines;
    machines.key = "machine";
    machines.values = file.machines;
    axes.push_back(axis_of(machines, tree.find("machines")->where));
  }
  for (std::size_t i = 0; i < file.vary.size(); ++i)
    axes.push_back(axis_of(file.vary[i], tree.find("vary")->children[i].where));
  if (axes.empty()) fail_input(tree.where, "nothing varies; give axes: vary: [{key: seed, values: [1..3]}]");
  const std::vector<std::string> columns = column_names();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::string& name = axes[i].plan.name;
    if (std::ranges::find(columns, name) != columns.end())
      fail_input(axes[i].where,
                 fmt::format("axis '{0}': a column of the results has that name; give it another one, such "
                             "as name: {0}_set",
                             name));
    for (std::size_t k = 0; k < i; ++k)
      if (axes[k].plan.name == name) fail_input(axes[i].where, fmt::format("axis '{}' comes twice", name));
  }
  return axes;
}

Node scalar(const std::string& text, const Where& where) {
  Node node;
  node.where = where;
  node.text = text;
  return node;
}

/// Puts values of an axis, or of the command line, over what the file says.
void put(Node& tree, const std::string& key, const std::string& value, const Where& where) {
  const std::vector<std::string>& own = varied_keys();
  if (std::ranges::find(own, key) != own.end()) {
    tree.put(key, scalar(value, where));
    return;
  }
  Node* set = tree.find("set");
  if (set == nullptr) {
    Node empty;
    empty.kind = Node::Kind::kMap;
    empty.where = where;
    set = &tree.put("set", std::move(empty));
  }
  set->put(key, scalar(value, where));
}

/// Where a key stands already, in the file or in an axis before this one: what comes later would hide it.
void refuse_hidden_keys(const std::vector<Axis>& axes, const Node& tree) {
  std::map<std::string, std::string> taken;  // keys, and who sets them
  for (const std::string& key : varied_keys())
    if (const Node* given = tree.find(key)) taken[key] = given->where.str();
  if (const Node* set = tree.find("set"))
    for (std::size_t i = 0; i < set->keys.size(); ++i) taken[set->keys[i]] = set->children[i].where.str();
  for (const Axis& axis : axes) {
    std::set<std::string> own;
    for (const Settings& settings : axis.settings)
      for (const auto& [key, value] : settings) own.insert(key);
    for (const std::string& key : own) {
      const auto [before, is_new] = taken.emplace(key, fmt::format("axis '{}'", axis.plan.name));
      if (!is_new)
        fail_input(axis.where,
                   fmt::format("axis '{}': '{}' is set by {} already", axis.plan.name, key, before->second));
    }
  }
}

std::vector<PlanPoint> points_of(const std::vector<Axis>& axes, const Node& tree) {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    if (count > kMostPoints / axis.settings.size())
      fail_input(tree.where, fmt::format("more than {} points", kMostPoints));
    count *= axis.settings.size();
  }
  std::vector<PlanPoint> points(count);
  for (std::size_t i = 0; i < count; ++i) {
    Node own = tree;
    points[i].labels.resize(axes.size());
    std::size_t rest = i;
    for (std::size_t a = axes.size(); a-- > 0;) {
      const std::size_t value = rest % axes[a].settings.size();
      rest /= axes[a].settings.size();
      points[i].labels[a] = axes[a].plan.labels[value];
      for (const auto& [key, text] : axes[a].settings[value]) put(own, key, text, axes[a].where);
    }
    points[i].experiment = experiment_of(load<SweepFile>(own, Figures::kFree).value, own);
  }
  return points;
}

void check_plot(const Plan& plan, const Node& tree) {
  if (!plan.plot) return;
  const Node& node = *tree.find("plot");
  const auto where = [&](const char* key) { return node.find(key)->where; };
  std::vector<std::string> axes;
  for (const PlanAxis& axis : plan.axes) axes.push_back(axis.name);
  const auto check_axis = [&](const char* key, const std::string& name) {
    if (plan.axis(name) == plan.axes.size())
      fail_input(where(key), fmt::format("plot.{}: {}", key, unknown_name("axis", name, axes)));
  };
  check_axis("x", plan.plot->x);
  if (!plan.plot->series.empty()) check_axis("series", plan.plot->series);
  std::vector<std::string> columns = numeric_columns(plan.readings);
  if (std::ranges::find(columns, plan.plot->y) == columns.end())
    fail_input(where("y"), "plot.y: " + unknown_name("column", plan.plot->y, columns));
  for (const PlanAxis& axis : plan.axes)
    if (axis.labels.size() > 1 && axis.name != plan.plot->x && axis.name != plan.plot->series)
      fail_input(node.where,
                 fmt::format("plot: axis '{}' is neither x nor series, so that several points would lie over "
                             "each other",
                             axis.name));
  for (const std::string& label : plan.axes[plan.axis(plan.plot->x)].labels)
    if (plan.plot->log_x && !(split_number(label).number > 0.0))
      fail_input(where("log_x"), fmt::format("plot.log_x: '{}' is no number above 0", label));
}

}  // namespace

std::string PlanPoint::name(const std::vector<PlanAxis>& axes) const {
  std::string text;
  for (std::size_t i = 0; i < axes.size(); ++i)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", axes[i].name, labels[i]);
  return text;
}

bool Plan::reads(SweepReading reading) const { return std::ranges::find(readings, reading) != readings.end(); }

std::size_t Plan::axis(const std::string& name) const {
  return static_cast<std::size_t>(std::ranges::find(axes, name, &PlanAxis::name) - axes.begin());
}

Plan load_plan(const std::filesystem::path& file, const std::vector<Filling>& fillings) {
  Plan plan;
  plan.file = file.string();
  plan.text = read_whole(file);
  Node tree = parse_yaml(plan.text, plan.file);
  for (const Filling& filling : fillings) {
    if (const Node* given = tree.find(filling.key))
      fail_input({filling.option},
                 fmt::format("{} gives {} already; leave one of the two out", given->where.str(), filling.key));
    if (tree.kind == Node::Kind::kMap) tree.put(filling.key, scalar(filling.value, {filling.option}));
  }
  SweepFile whole = load<SweepFile>(tree, Figures::kFree).value;
  const std::vector<Axis> axes = axes_of(whole, tree);
  refuse_hidden_keys(axes, tree);
  for (const Axis& axis : axes) plan.axes.push_back(axis.plan);
  plan.readings = whole.readings;
  plan.plot = whole.plot;
  check_plot(plan, tree);
  Node rest = tree;
  for (const char* key : {"vary", "machines", "plot"}) rest.erase(key);
  plan.points = points_of(axes, rest);
  return plan;
}

}  // namespace cimera::study
