// A network on a machine, read in all three ways; for tests.
#pragma once

#include <string>
#include <vector>

#include "devices/reram.h"
#include "mapping/map.h"
#include "models/cost/evaluate.h"
#include "models/functional/evaluate.h"
#include "models/ops/machine.h"
#include "study/timing_client.h"
#include "workloads/quantize.h"

namespace cimera::test {

using Overrides = std::vector<std::string>;

inline ops::MachineSpec isaac(const Overrides& overrides = {}) { return ops::load_machine("isaac", overrides); }
inline const ops::MachineSpec& cpu() {
  static const ops::MachineSpec spec = ops::load_machine("cpu_ddr4");
  return spec;
}

inline mapping::Mapped map(const workloads::Network& network, const ops::MachineSpec& machine,
                           const mapping::MapOptions& options = {}) {
  return mapping::map_network(network, machine, cpu(), options);
}
inline mapping::Mapped map(const workloads::Network& network, const ops::MachineSpec& machine, std::int64_t batch) {
  return map(network, machine, mapping::MapOptions{.batch = batch});
}

/// What a mapper must know of a quantised network.
inline mapping::MapOptions options_for(const workloads::QuantizedNetwork& quantized, std::int64_t batch) {
  mapping::MapOptions options{.batch = batch};
  options.signed_inputs.resize(quantized.network->layers.size());
  for (const workloads::QuantizedLayer& layer : quantized.layers) {
    options.weight_bits = layer.weight_bits;
    options.input_bits = layer.activation_bits;
    options.signed_inputs[layer.layer.value()] = layer.input_signed;
  }
  return options;
}

/// The SystemC reading, in a worker process of its own; every iteration is played unless `skip`.
inline ops::TimingResult play(const ops::Program& program, bool skip = false) {
  return study::time_in_worker({program, skip});
}

/// A cell whose conductances are off by `sigma` of their targets.
inline devices::Reram reram(double sigma) {
  using namespace literals;
  devices::ReramParams params;
  params.description = "test", params.r_on = 2_kOhm, params.r_off = 2_MOhm;
  params.max_levels = 256, params.sigma_program = sigma;
  return devices::Reram(params);
}

/// The only task whose name contains `part`; throws when there is none or more than one.
inline ops::TaskId task_named(const ops::Program& program, const std::string& part) {
  std::vector<std::size_t> found;
  for (std::size_t t = 0; t < program.tasks.size(); ++t)
    if (program.tasks[t].name.find(part) != std::string::npos) found.push_back(t);
  if (found.size() != 1)
    fail_run("'" + part + "' names " + std::to_string(found.size()) + " tasks of the Program, not one");
  return ops::TaskId(found[0]);
}

constexpr Duration ns(std::int64_t value) { return Duration::fs(value * 1'000'000); }

}  // namespace cimera::test
