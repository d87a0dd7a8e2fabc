#include "study/machines.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/error.h"
#include "study/overrides.h"

namespace cimera::study {
namespace {

MachineKeys keys_of(const ops::MachineSpec& spec) {
  MachineKeys keys{spec.name, {}};
  for (const FieldInfo& field : spec.fields) keys.paths.push_back(field.path);
  if (spec.cell)
    for (const FieldInfo& field : spec.cell->fields) keys.paths.push_back(std::string(ops::kCellKey) + field.path);
  return keys;
}

/// The machines and their hosts, each once, as their files are.
std::vector<MachineKeys> all_keys(const std::vector<std::string>& names) {
  std::vector<MachineKeys> keys;
  const auto add = [&](const ops::MachineSpec& spec) {
    if (std::ranges::none_of(keys, [&](const MachineKeys& known) { return known.name == spec.name; }))
      keys.push_back(keys_of(spec));
  };
  for (const std::string& name : names) {
    const ops::MachineSpec spec = ops::load_machine(name);
    add(spec);
    if (spec.crossbar()) add(ops::load_machine(spec.crossbar()->host));
  }
  return keys;
}

using Routed = std::map<std::string, std::vector<std::string>>;

/// `device` "": the machine's own cell.
Machine load_one(const std::string& name, const std::string& device, const Routed& routed,
                 const Experiment& experiment) {
  const auto overrides = [&](const std::string& machine) {
    const auto found = routed.find(std::filesystem::path(machine).stem().string());
    return found == routed.end() ? std::vector<std::string>() : found->second;
  };
  std::vector<std::string> own = overrides(name);
  if (!device.empty()) own.insert(own.begin(), "cell=" + device);
  Machine machine;
  machine.spec = ops::load_machine(name, own);
  if (!device.empty()) machine.spec.name += "/" + std::filesystem::path(device).stem().string();
  const ops::CrossbarMachine* crossbar = machine.spec.crossbar();
  if (crossbar == nullptr) {
    machine.host = machine.spec;
    return machine;
  }
  machine.host = ops::load_machine(crossbar->host, overrides(crossbar->host));
  machine.cell_name = crossbar->cell;
  machine.cell = machine.spec.cell;
  const auto bits = [](int wanted, std::int64_t own) { return wanted != 0 ? wanted : static_cast<int>(own); };
  machine.weight_bits = bits(experiment.weight_bits, crossbar->precision.weight_bits);
  machine.activation_bits = bits(experiment.activation_bits, crossbar->precision.input_bits);
  return machine;
}

/// Machines, each with the cell that it is to have; "" for its own.
std::vector<std::pair<std::string, std::string>> wanted_machines(const Experiment& experiment) {
  std::vector<std::pair<std::string, std::string>> wanted;
  if (experiment.devices.empty())
    for (const std::string& name : experiment.machines) wanted.emplace_back(name, "");
  for (const std::string& device : experiment.devices) wanted.emplace_back(experiment.machines.front(), device);
  return wanted;
}

/// Devices take the place of a machine's cell.
void check_devices(const Experiment& experiment) {
  if (experiment.devices.empty()) return;
  const std::string& name = experiment.machines.front();
  if (!ops::load_machine(name).crossbar()) fail_input({"--on"}, "machine '" + name + "' has no memory cells");
  for (const std::string& text : experiment.overrides)
    if (text.starts_with("cell=") || text.find(":cell=") < text.find('='))
      fail_input({"--set"}, "'" + text + "': --devices names the cells already");
}

}  // namespace

std::vector<Machine> load_machines(const Experiment& experiment) {
  if (experiment.machines.empty()) fail_input({"--machines"}, "no machine is named");
  check_devices(experiment);
  Routed routed;
  if (!experiment.overrides.empty()) routed = route_overrides(experiment.overrides, all_keys(experiment.machines));
  std::vector<Machine> machines;
  for (const auto& [name, device] : wanted_machines(experiment)) {
    machines.push_back(load_one(name, device, routed, experiment));
    for (std::size_t i = 0; i + 1 < machines.size(); ++i)
      if (machines[i].spec.name == machines.back().spec.name)
        fail_input({"--machines"}, "machine '" + machines.back().spec.name + "' is named twice");
  }
  return machines;
}

ops::MachineSpec load_machine(const std::string& name, const std::vector<std::string>& overrides) {
  if (overrides.empty()) return ops::load_machine(name);
  const MachineKeys keys = keys_of(ops::load_machine(name));
  return ops::load_machine(name, route_overrides(overrides, std::span(&keys, 1))[keys.name]);
}

}  // namespace cimera::study
