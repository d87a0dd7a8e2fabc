// The parameters of resistive cells: what all kinds share, with the laws of their statistics as data.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/duration.h"
#include "core/schema.h"
#include "devices/curve.h"

namespace cimera::devices {

/// What a relative error refers to.
enum class ErrorOf {
  kProportional,  ///< the conductance itself: cells near g_on are off by most
  kRange,         ///< g_on - g_off: all cells are off by the same
  kLaw,           ///< a published law of the conductance
};
EnumNames<ErrorOf> enum_names(const ErrorOf*);
using ProgramError = ErrorOf;

/// Which ages a law in several ages answers for.
enum class Ages {
  kExact,         ///< those that were measured
  kInterpolated,  ///< also between them, coefficient by coefficient
};
EnumNames<Ages> enum_names(const Ages*);

/// The error of programming that was measured at one age.
struct AgeLaw {
  Seconds age;
  Curve sigma;  ///< standard deviation, of the mean conductance at this age
  Curve shift;  ///< mean less target; empty: none
};
Schema<AgeLaw> schema(const AgeLaw*);

/// A published error of programming.
struct ProgrammingLaw {
  Siemens unit;  ///< of sigma and shift
  Ages ages = Ages::kExact;
  std::vector<AgeLaw> laws;  ///< in rising age
};
Schema<ProgrammingLaw> schema(const ProgrammingLaw*);

struct Variation {
  double device_to_device = 0, cycle_to_cycle = 0;
};
Schema<Variation> schema(const Variation*);

struct Stuck {
  double on = 0, off = 0;
};
Schema<Stuck> schema(const Stuck*);

/// G(t) = G (t / t0)^-|nu|, with nu normal; its mean and deviation are functions of the target conductance.
struct DriftLaw {
  Seconds t0;
  Curve nu, sigma_nu;
};
Schema<DriftLaw> schema(const DriftLaw*);

/// G(t) = G + mean ln(t / t0) + (sigma + sigma_per_ln ln(t / t0)) n, at t >= t0.
struct RelaxationLaw {
  Seconds t0;
  Siemens mean, sigma, sigma_per_ln;
};
Schema<RelaxationLaw> schema(const RelaxationLaw*);

/// What a tolerance refers to.
enum class ToleranceOf { kTarget, kRange };
EnumNames<ToleranceOf> enum_names(const ToleranceOf*);

/// Write pulses, each with an error of its own, until a read finds the cell within the tolerance.
struct WriteVerify {
  double tolerance = 0;
  ToleranceOf of = ToleranceOf::kTarget;
  int max_pulses = 1;
};
Schema<WriteVerify> schema(const WriteVerify*);

enum class Spectrum { kWhite, kFlicker };
EnumNames<Spectrum> enum_names(const Spectrum*);

/// A published noise of reads.
struct ReadLaw {
  Curve sigma;
  ErrorOf of = ErrorOf::kProportional;  ///< what the curve is relative to; kLaw: nothing, it is in `unit`
  Siemens unit;
  Seconds t_read;  ///< above 0: times sqrt(ln((t + t_read) / (2 t_read))), t the age
};
Schema<ReadLaw> schema(const ReadLaw*);

struct ReadNoiseParams {
  double sigma = 0;
  ErrorOf of = ErrorOf::kProportional;
  Spectrum spectrum = Spectrum::kWhite;
  int octaves = 0;
  std::optional<ReadLaw> law;
};
Schema<ReadNoiseParams> schema(const ReadNoiseParams*);

/// I = G V + a2 V^2 + a3 V^3 up to v_max.
struct CurrentLaw {
  Volts v_max;
  Curve a2, a3;  ///< in A/V^2, A/V^3
};
Schema<CurrentLaw> schema(const CurrentLaw*);

struct ResistiveParams {
  std::string description;
  Ohms r_on, r_off;
  std::optional<int> max_levels;
  std::optional<double> sigma_program;
  ErrorOf program_error = ErrorOf::kProportional;
  Seconds age;
  std::optional<Variation> variation;
  std::optional<Stuck> stuck;
  std::optional<ProgrammingLaw> programming;
  std::optional<DriftLaw> drift;
  std::optional<RelaxationLaw> relaxation;
  std::optional<WriteVerify> write_verify;
  std::optional<ReadNoiseParams> read_noise;
  std::optional<CurrentLaw> current;
  std::optional<Volts> v_read, v_write;
  std::optional<Duration> t_read, t_write;
  std::optional<double> area_f2, endurance;

  Siemens g_on() const { return 1.0 / r_on; }
  Siemens g_off() const { return 1.0 / r_off; }
  /// The time at which the cells are read: `age`, or the earliest that the laws know.
  Seconds time() const;
};

/// Refuses what no schema can: a law that is not valid for the conductances of the cell, an age that a law does not
/// know, a noise of reads without a bandwidth. Throws Error(kInput) at `where`.
void check(const ResistiveParams& params, const Where& where);

}  // namespace cimera::devices
