// The machines of an experiment: each with the host that serves it and the cell that its arrays are made of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "devices/table.h"
#include "models/ops/machine.h"
#include "study/experiment.h"

namespace cimera::study {

struct Machine {
  ops::MachineSpec spec;
  ops::MachineSpec host;  ///< of a host: the machine itself
  std::string cell_name;  ///< "" for machines without arrays
  std::optional<devices::Cell> cell;
  int weight_bits = 0, activation_bits = 0;  ///< of the quantised network; 0: the machine computes in FP32

  bool quantizes() const { return weight_bits != 0; }
  /// Whether all draws of its devices are alike.
  bool deterministic() const {
    return !cell || (cell->model->ideal() && cell->model->read_noise() == devices::ReadNoise::kNone &&
                     !spec.crossbar()->adc.errs());
  }
};

/// Loads them with overrides applied; see route_overrides() for whom an override is for. In a machine with cells,
/// `cell.KEY` is KEY of the cell's own file. Throws Error(kInput).
std::vector<Machine> load_machines(const Experiment& experiment);

/// One machine with overrides as in Experiment::overrides, those for its host refused. Throws Error(kInput).
ops::MachineSpec load_machine(const std::string& name, const std::vector<std::string>& overrides);

}  // namespace cimera::study
