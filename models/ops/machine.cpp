#include "models/ops/machine.h"

#include <array>
#include <type_traits>

#include "core/error.h"
#include "core/resources.h"
#include "core/yaml.h"

namespace cimera::ops {
namespace {

constexpr const char* kCatalog = "models/catalog";

template <class T>
MachineSpec load_kind(const Node& tree) {
  Loaded<T> loaded = load<T>(tree);
  if constexpr (std::is_same_v<T, CrossbarMachine>) loaded.value.fit_components();
  return {"", std::move(loaded.value), std::move(loaded.fields)};
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

std::vector<std::string> machine_names() { return catalog_names(kCatalog); }

MachineSpec load_machine(const std::string& name_or_path, std::span<const std::string> overrides) {
  const std::filesystem::path file = find_machine(name_or_path, {});
  MachineSpec spec = dispatch(read_document(file, find_machine, overrides));
  spec.name = file.stem().string();
  return spec;
}

}  // namespace cimera::ops
