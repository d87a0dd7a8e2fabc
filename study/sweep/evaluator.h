// Points of a sweep, one after the other, with what they share kept between them.
#pragma once

#include <memory>

#include "study/inputs.h"
#include "study/progress.h"
#include "study/result.h"
#include "study/run.h"

namespace cimera::study {

/// Points on the same network, samples and calibration (same_workload()) that follow each other are loaded once, and
/// share the FP32 reference and the integer networks. Results are those of run() for each point alone.
class SweepEvaluator {
 public:
  /// Loads what a point names; valid until the next call. Throws Error(kInput) where the point is refused.
  const Inputs& prepare(const Experiment& point);
  /// Evaluates the point that was prepared last. Throws as run() does.
  Result evaluate(const Progress& progress);

 private:
  struct Loaded {
    Inputs inputs;
    SharedWork shared;  ///< refers to `inputs`
  };

  std::unique_ptr<Loaded> loaded_;
};

}  // namespace cimera::study
