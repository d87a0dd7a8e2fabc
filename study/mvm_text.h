// `cimera mvm` for people.
#pragma once

#include <string>

#include "study/result.h"

namespace cimera::study {

/// How far the products of the machines are from the exact ones, and what they take. The report is of an experiment
/// with a product and keep_outputs.
std::string mvm_text(const Report& report);

/// Largest and root mean square of |y' - y|, over all values, and root mean square of y; y' of the first trial.
struct ProductError {
  double largest = 0.0, rms = 0.0, signal_rms = 0.0;
};
ProductError product_error(const Outputs& outputs);

}  // namespace cimera::study
