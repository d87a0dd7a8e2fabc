#include "models/ops/supply.h"

#include <cmath>

namespace cimera::ops {

using namespace literals;

double Supply::time_ratio() const {
  const auto delay = [&](Volts v) { return v.si() / std::pow((v - threshold).si(), alpha); };
  return delay(voltage) / delay(times_at);
}

double Supply::energy_ratio(Volts published_at) const {
  const double ratio = voltage / published_at;
  return ratio * ratio;
}

Schema<Supply> schema(const Supply*) {
  using T = Supply;
  return Schema<T>("supply", "voltage of the chips: times follow the alpha-power law, energies of events V^2")
      .need("voltage", &T::voltage, "at which the machine runs")
      .range(10_mV, 10_V)
      .need("times_at", &T::times_at, "voltage at which array_read, adc_rate and cell_write were published")
      .range(10_mV, 10_V)
      .need("threshold", &T::threshold, "threshold voltage V_t of the alpha-power law, delay ~ V / (V - V_t)^alpha")
      .range(0_V, 10_V)
      .need("alpha", &T::alpha, "exponent of the alpha-power law")
      .range(1, 2)
      .check("threshold must lie below voltage and times_at",
             [](const T& s) { return s.threshold < s.voltage && s.threshold < s.times_at; });
}

}  // namespace cimera::ops
