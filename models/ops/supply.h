// The supply voltage of a machine's chips, and what another one makes of their clock and of the energy of an event.
#pragma once

#include "core/quantity.h"
#include "core/schema.h"

namespace cimera::ops {

/// Delay of a gate: t ~ V / (V - V_threshold)^alpha (alpha-power law; Sakurai and Newton, IEEE JSSC 25(2), 1990,
/// eq. 1 and 9). Energy of an event: E ~ C V^2.
struct Supply {
  Volts voltage;     ///< at which the machine runs
  Volts times_at;    ///< at which the times of its file were published
  Volts threshold;   ///< of the alpha-power law; below both voltages
  double alpha = 0;  ///< its exponent: 2 for long channels, 1.3 for short ones

  /// A time at `voltage` over the same time at `times_at`.
  double time_ratio() const;
  /// The energy of an event at `voltage` over that at `published_at`.
  double energy_ratio(Volts published_at) const;
};

Schema<Supply> schema(const Supply*);

}  // namespace cimera::ops
