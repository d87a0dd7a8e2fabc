// How the error of a machine grows from layer to layer.
#pragma once

#include <vector>

#include "models/functional/evaluate.h"
#include "study/accuracy.h"
#include "study/inputs.h"

namespace cimera::study {

/// Runs the first kLayerImages samples (or all) through FP32 and through the machine, and compares what each weighted
/// layer gives. By layer of the network.
std::vector<LayerError> layer_errors(const Inputs& inputs, const functional::Executor& executor);

}  // namespace cimera::study
