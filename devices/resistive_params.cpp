#include "devices/resistive_params.h"

#include <algorithm>

namespace cimera::devices {

using namespace literals;

EnumNames<ErrorOf> enum_names(const ErrorOf*) {
  return {{"proportional", ErrorOf::kProportional}, {"range", ErrorOf::kRange}, {"law", ErrorOf::kLaw}};
}
EnumNames<Ages> enum_names(const Ages*) { return {{"exact", Ages::kExact}, {"interpolated", Ages::kInterpolated}}; }
EnumNames<ToleranceOf> enum_names(const ToleranceOf*) {
  return {{"target", ToleranceOf::kTarget}, {"range", ToleranceOf::kRange}};
}
EnumNames<Spectrum> enum_names(const Spectrum*) {
  return {{"white", Spectrum::kWhite}, {"flicker", Spectrum::kFlicker}};
}

Schema<AgeLaw> schema(const AgeLaw*) {
  using P = AgeLaw;
  return Schema<P>("law", "the error of programming at one age")
      .need("age", &P::age, "time since programming at which it was measured")
      .at_least(0_s)
      .group("sigma", &P::sigma, "standard deviation of the conductance, in unit")
      .group("shift", &P::shift, "mean less target, in unit");
}

Schema<ProgrammingLaw> schema(const ProgrammingLaw*) {
  using P = ProgrammingLaw;
  return Schema<P>("programming", "a published error of programming")
      .need("unit", &P::unit, "conductance that sigma and shift count in")
      .positive()
      .opt("ages", &P::ages, "whether only the ages of `laws` are known, or also those between them",
           "only what was measured")
      .group("laws", &P::laws, "the error at each age, in rising order")
      .check("give at least one of `laws`, in rising order of age", [](const P& p) {
        return !p.laws.empty() && std::ranges::is_sorted(p.laws, std::ranges::less_equal(), &AgeLaw::age);
      });
}

Schema<Variation> schema(const Variation*) {
  using P = Variation;
  return Schema<P>("variation", "differences between devices and between writes")
      .opt("device_to_device", &P::device_to_device,
           "standard deviation of a factor on the conductance that each device has for good", "none")
      .range(0, 1)
      .opt("cycle_to_cycle", &P::cycle_to_cycle,
           "standard deviation of an error that each write adds, relative to g_on - g_off", "none")
      .range(0, 1);
}

Schema<Stuck> schema(const Stuck*) {
  using P = Stuck;
  return Schema<P>("stuck", "cells that cannot be programmed")
      .opt("on", &P::on, "share of the cells that stay at the highest level", "none")
      .range(0, 1)
      .opt("off", &P::off, "share of the cells that stay at level 0", "none")
      .range(0, 1)
      .check("on and off together are at most 1", [](const P& p) { return p.on + p.off <= 1.0; });
}

Schema<DriftLaw> schema(const DriftLaw*) {
  using P = DriftLaw;
  return Schema<P>("drift", "G(t) = G (t / t0)^-|nu|")
      .need("t0", &P::t0, "time after programming at which G is what was programmed")
      .positive()
      .group("nu", &P::nu, "mean of the exponent, as a function of the target conductance")
      .group("sigma_nu", &P::sigma_nu, "standard deviation of the exponent from cell to cell");
}

Schema<RelaxationLaw> schema(const RelaxationLaw*) {
  using P = RelaxationLaw;
  return Schema<P>("relaxation", "G(t) = G + mean ln(t / t0) + (sigma + sigma_per_ln ln(t / t0)) n")
      .need("t0", &P::t0, "time from which the law counts")
      .positive()
      .need("mean", &P::mean, "what the mean changes by per factor e of time")
      .need("sigma", &P::sigma, "standard deviation at t0")
      .at_least(0_S)
      .need("sigma_per_ln", &P::sigma_per_ln, "what the standard deviation grows by per factor e of time")
      .at_least(0_S);
}

Schema<WriteVerify> schema(const WriteVerify*) {
  using P = WriteVerify;
  return Schema<P>("write_verify", "pulses with an error of their own each, until a read finds the cell near enough")
      .need("tolerance", &P::tolerance, "largest error that is accepted, relative as `of` says")
      .positive()
      .opt("of", &P::of, "what the tolerance is relative to: the target conductance, or g_on - g_off", "the target")
      .need("max_pulses", &P::max_pulses, "pulses after which a cell is left as it is")
      .range(1, 10000);
}

Schema<ReadLaw> schema(const ReadLaw*) {
  using P = ReadLaw;
  return Schema<P>("law", "a published noise of reads")
      .need("of", &P::of, "what sigma is relative to: the conductance, g_on - g_off; or law: it is in `unit`")
      .opt("unit", &P::unit, "conductance that sigma counts in", "it is relative")
      .at_least(0_S)
      .opt("t_read", &P::t_read,
           "where the law is of accumulated 1/f noise: its time of a read; sigma is then multiplied by "
           "sqrt(ln((t + t_read) / (2 t_read))), t the age",
           "not accumulated")
      .at_least(0_s)
      .group("sigma", &P::sigma, "standard deviation of a read, as a function of the conductance")
      .check("of: law needs a unit", [](const P& p) { return p.of != ErrorOf::kLaw || p.unit > 0_S; });
}

Schema<ReadNoiseParams> schema(const ReadNoiseParams*) {
  using P = ReadNoiseParams;
  return Schema<P>("read_noise", "differences between reads of one cell")
      .need("sigma", &P::sigma, "standard deviation from read to read, relative as `of` says; 0: none")
      .range(0, 1)
      .opt("of", &P::of, "what sigma is relative to: the conductance, g_on - g_off (range), or a published law",
           "the usual meaning of a noise in percent")
      .opt("spectrum", &P::spectrum,
           "white: each read has noise of its own; flicker: 1/f noise, alike from read to read",
           "reads are independent")
      .opt("octaves", &P::octaves,
           "octaves of frequency below the rate of reads over which 1/f noise has sigma; 0: as law.t_read and the age "
           "say",
           "as the law says")
      .range(0, 64)
      .group("law", &P::law, "a published noise, used by of: law")
      .check("of: law needs the group `law`", [](const P& p) { return p.of != ErrorOf::kLaw || p.law.has_value(); });
}

Schema<CurrentLaw> schema(const CurrentLaw*) {
  using P = CurrentLaw;
  return Schema<P>("current", "I = G V + a2 V^2 + a3 V^3")
      .need("v_max", &P::v_max, "highest voltage for which the law was published")
      .positive()
      .group("a2", &P::a2, "in A/V^2, as a function of G")
      .group("a3", &P::a3, "in A/V^3, as a function of G");
}

Seconds ResistiveParams::time() const {
  if (age > 0_s) return age;
  if (drift) return drift->t0;
  if (relaxation) return relaxation->t0;
  return programming ? programming->laws.front().age : 0_s;
}

}  // namespace cimera::devices
