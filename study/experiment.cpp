#include "study/experiment.h"

namespace cimera::study {

EnumNames<Normalize> enum_names(const Normalize*) {
  return {{"none", Normalize::kNone}, {"area", Normalize::kArea}, {"power", Normalize::kPower}};
}

EnumNames<Fidelity> enum_names(const Fidelity*) {
  return {{"cost", Fidelity::kCost}, {"timing", Fidelity::kTiming}, {"auto", Fidelity::kAuto}};
}

EnumNames<Periods> enum_names(const Periods*) { return {{"skip", Periods::kSkip}, {"play", Periods::kPlay}}; }

EnumNames<workloads::Calibration> calibration_names() {
  using workloads::Calibration;
  return {{"minmax", Calibration::kMinMax}, {"percentile", Calibration::kPercentile}, {"mse", Calibration::kMse}};
}

}  // namespace cimera::study
