// The schema that all kinds of resistive cells share.
#pragma once

#include <string>
#include <utility>

#include "core/schema.h"
#include "devices/resistive_params.h"

namespace cimera::devices {

/// The parameters of one kind of cell: `P` is ResistiveParams or derived from it; a kind holds 2..highest_levels
/// levels.
template <class P>
Schema<P> resistive_schema(std::string name, std::string meaning, double highest_levels) {
  using namespace literals;
  Schema<P> s(std::move(name), std::move(meaning));
  s.need("description", &P::description, "what the cell is and where it was used")
      .need("r_on", &P::r_on, "resistance at the highest level")
      .range(10_Ohm, 1000_MOhm)
      .need("r_off", &P::r_off, "resistance at level 0")
      .range(10_Ohm, 1'000'000_MOhm)
      .need("max_levels", &P::max_levels, "levels that the cell can be asked to store")
      .range(2, highest_levels);
  s.need("sigma_program", &P::sigma_program,
         "standard deviation of the programmed conductance, relative as program_error says; 0 is an ideal cell")
      .range(0, 1)
      .opt("program_error", &P::program_error,
           "what sigma_program is relative to: the target conductance, g_on - g_off (range), or a published law",
           "the usual meaning of a programming error in percent")
      .opt("age", &P::age, "time since programming when cells are read; 0: as programmed", "as programmed")
      .at_least(0_s);
  s.need("v_read", &P::v_read, "voltage of a read pulse")
      .range(1_mV, 10_V)
      .need("t_read", &P::t_read, "length of a read pulse")
      .need("v_write", &P::v_write, "voltage of a write pulse")
      .range(1_mV, 20_V)
      .need("t_write", &P::t_write, "time to program a cell once; with write_verify, of one pulse")
      .need("area_f2", &P::area_f2, "area of a cell in squares of the feature size")
      .range(1, 10000)
      .need("endurance", &P::endurance, "writes that a cell survives")
      .at_least(1);
  s.group("variation", &P::variation, "differences between devices and between writes")
      .group("stuck", &P::stuck, "cells that cannot be programmed")
      .group("programming", &P::programming, "a published error of programming; used by program_error: law")
      .group("drift", &P::drift, "a conductance that falls with a power of time")
      .group("relaxation", &P::relaxation, "a conductance that changes with the logarithm of time")
      .group("write_verify", &P::write_verify, "pulses until the cell is within a tolerance")
      .group("read_noise", &P::read_noise, "differences between reads of one cell")
      .group("current", &P::current, "a current that is not linear in the voltage");
  s.check("r_on must be below r_off", [](const P& p) {
     return p.r_on < p.r_off;
   }).check("program_error: law needs the group `programming`", [](const P& p) {
    return p.program_error != ErrorOf::kLaw || p.programming.has_value();
  });
  return s;
}

}  // namespace cimera::devices
