#include "models/ops/machine.h"

#include <array>

#include "core/error.h"
#include "core/resources.h"
#include "core/yaml.h"
#include "devices/catalog.h"
#include "models/ops/converters.h"

namespace cimera::ops {
namespace {

constexpr const char* kCatalog = "models/catalog";

template <class T>
MachineSpec load_kind(const Node& tree) {
  Loaded<T> loaded = load<T>(tree);
  if constexpr (requires { loaded.value.apply_supply(); }) loaded.value.apply_supply();
  loaded.value.fit_components();
  return {"", std::move(loaded.value), std::move(loaded.fields), {}, {}};
}

struct Kind {
  const char* model;
  MachineSpec (*load)(const Node&);
};

constexpr std::array kKinds{Kind{"crossbar", load_kind<CrossbarMachine>}, Kind{"host", load_kind<HostMachine>}};

MachineSpec dispatch(const Node& tree) {
  const Node* model = tree.find("model");
  if (!model) fail_input(tree.where, "a machine file needs the key 'model'");
  std::vector<std::string> known;
  for (const Kind& kind : kKinds) {
    if (model->text == kind.model) return kind.load(tree);
    known.emplace_back(kind.model);
  }
  fail_input(model->where, unknown_name("machine model", model->text, known));
}

/// The parameters of a crossbar machine that its cell gave, as `describe` shows them.
void restate_from_cell(const CrossbarMachine& before, MachineSpec& spec) {
  const CrossbarMachine& after = *spec.crossbar();
  const std::string source = std::string(kFromCell) + after.cell + ": ";
  if (!before.pipeline.cell_write && after.pipeline.cell_write)
    restate(spec.fields, "pipeline.cell_write", format(*after.pipeline.cell_write), source + "t_write");
  for (const auto& [name, row] : after.components) {
    const Component& old = before.components.at(name);
    if (!old.energy && row.energy)
      restate(spec.fields, "components." + name + ".energy", format(*row.energy), source + "energy of a write");
    if (!old.area && row.area)
      restate(spec.fields, "components." + name + ".area", format(*row.area), source + "area_f2, at feature_size");
  }
}

void take_cell(MachineSpec& spec, std::span<const std::string> overrides) {
  auto* crossbar = std::get_if<CrossbarMachine>(&spec.params);
  if (crossbar == nullptr) {
    if (!overrides.empty())
      fail_input({"--set"}, "'" + std::string(kCellKey) + overrides[0] + "': machine '" + spec.name + "' has no cells");
    return;
  }
  spec.cell = devices::load_cell(crossbar->cell, overrides);
  const CrossbarMachine before = *crossbar;
  crossbar->adopt(spec.cell->model->figures());
  restate_from_cell(before, spec);
}

std::filesystem::path find_machine(const std::string& name, const Where& where) {
  return name.ends_with(".yaml") ? std::filesystem::path(name) : catalog_file(kCatalog, "machine", name, where);
}

}  // namespace

const ComponentTable& MachineSpec::components() const {
  return std::visit([](const auto& m) -> const ComponentTable& { return m.components; }, params);
}

LevelCounts MachineSpec::levels() const {
  return std::visit([](const auto& m) { return m.levels(); }, params);
}

const std::string& MachineSpec::description() const {
  return std::visit([](const auto& m) -> const std::string& { return m.description; }, params);
}

std::optional<SquareMetres> MachineSpec::area() const { return total_area(components(), levels()); }

PowerTable MachineSpec::full_use() const {
  return std::visit([](const auto& m) { return ops::full_use(m); }, params);
}

std::vector<std::string> machine_names() { return catalog_names(kCatalog); }

MachineSpec load_machine(const std::string& name_or_path, std::span<const std::string> overrides) {
  const std::filesystem::path file = find_machine(name_or_path, {});
  std::vector<std::string> own, cell;
  for (const std::string& text : overrides) {
    if (text.starts_with(kCellKey)) cell.push_back(text.substr(kCellKey.size()));
    else own.push_back(text);
  }
  MachineSpec spec = dispatch(read_document(file, find_machine, own));
  spec.name = file.stem().string();
  take_cell(spec, cell);
  auto& table = std::visit([](auto& m) -> ComponentTable& { return m.components; }, spec.params);
  spec.withdrawn = withdraw_figures(spec.name, table, spec.fields, {file.string(), 0});
  if (auto* crossbar = std::get_if<CrossbarMachine>(&spec.params)) {
    take_converters(spec.name, *crossbar, spec.fields, spec.withdrawn);
  }
  return spec;
}

}  // namespace cimera::ops
