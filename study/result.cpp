#include "study/result.h"

namespace cimera::study {

std::optional<Watts> Result::power() const {
  if (!energy || latency == Duration()) return std::nullopt;
  return *energy / latency.seconds();
}

std::optional<double> Result::edp() const {
  if (!energy) return std::nullopt;
  return energy->si() * latency.seconds().si();
}

std::optional<double> Result::tops() const {
  if (latency == Duration()) return std::nullopt;
  return operations / latency.seconds().si() / 1e12;
}

std::optional<double> Result::tops_per_watt() const {
  if (!energy || energy->si() == 0.0) return std::nullopt;
  return operations / energy->si() / 1e12;
}

std::optional<double> Result::tops_per_mm2() const {
  const std::optional<double> t = tops();
  if (!t || !area || area->si() == 0.0) return std::nullopt;
  return *t / (area->si() * 1e6);
}

}  // namespace cimera::study
