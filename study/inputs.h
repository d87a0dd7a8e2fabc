// Everything an experiment works on, loaded and checked before any work is done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "study/experiment.h"
#include "study/machines.h"
#include "workloads/dataset.h"
#include "workloads/file_codes.h"
#include "workloads/network.h"

namespace cimera::study {

/// Largest network that is run on random tensors: multiply-accumulates of all samples, and values of all tensors of
/// one.
inline constexpr std::int64_t kRandomMacs = 5'000'000'000, kRandomValues = 200'000'000;

/// The samples that the ranges of activations are measured on.
struct CalibrationData {
  workloads::Batch batch;  ///< as the network is fed
  std::string name;
  bool from_evaluation = false;  ///< they are also evaluated on: images are used, labels are not
};

struct Inputs {
  Experiment experiment;  ///< as asked for

  workloads::Network network;
  workloads::FileCodes codes;  ///< integers that the network's file holds already; they decide about bits
  bool synthetic_network = false, synthetic_data = false;
  /// The network has shapes only, or one layer of it was asked for: constants without values and the samples are drawn
  /// (workloads/random_tensors.h). Outputs are compared with FP32; there is no accuracy.
  bool random_tensors = false;

  std::optional<workloads::Dataset> data;  ///< none: no accuracy is measured
  std::string no_accuracy;                 ///< why not
  std::int64_t samples = 0;                ///< evaluated: the first so many
  /// The user's choice; else for the synthetic default pictures of another seed, and for other data the first
  /// kCalibrationSamples of the evaluated ones, which is said in every report. None where the network's file has all
  /// ranges.
  std::optional<CalibrationData> calibration;

  std::vector<Machine> machines;
  std::optional<std::size_t> baseline;  ///< index into machines

  /// The machine that sizes are brought to (Experiment::normalize): the baseline, or the first.
  const std::string& reference() const { return machines.at(baseline.value_or(0)).spec.name; }
};

/// Loads what `experiment` names. Throws Error(kInput) for whatever is missing, unknown, damaged or does not fit
/// together.
Inputs load(const Experiment& experiment);

/// Puts the machines of another experiment into `inputs`, which keep their network, data and calibration: the other one
/// must name the same ones (same_workload()). Throws Error(kInput) as load() does; `inputs` then have no machines to
/// use until it succeeds.
void set_machines(Inputs& inputs, const Experiment& experiment);

/// Whether two experiments name the same network, samples and calibration. Random tensors follow from the seed too
/// (Inputs::random_tensors).
bool same_workload(const Experiment& a, const Experiment& b);

}  // namespace cimera::study
