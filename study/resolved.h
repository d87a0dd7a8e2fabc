// What a run was made with, as JSON; shared by the writers.
#pragma once

#include <nlohmann/json.hpp>

#include "study/inputs.h"

namespace cimera::study {

/// Every parameter after defaults and overrides, with its source, and fingerprints of network and data.
nlohmann::ordered_json resolved(const Inputs& inputs);

/// Number format of weights and activations, and their bits.
nlohmann::ordered_json precision(const Machine& machine);

}  // namespace cimera::study
