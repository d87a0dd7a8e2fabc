// What the host that serves a machine draws only for being switched on. It is not in the machine's energy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/ops/program.h"
#include "models/ops/timing_result.h"
#include "study/machines.h"
#include "study/result.h"

namespace cimera::study {

/// What the machine's host draws always, and while its units are in a state other than busy, in the run `timing` of
/// `program`, with the power that this is on average; and its area. None for a machine that is its own host. A unit
/// that the program does not use is idle all the time. Throws Error(kInput) for a component that is charged by the
/// state of units that no program has.
std::optional<HostStanding> host_standing(const Machine& machine, const ops::Program& program,
                                          const ops::TimingResult& timing);

/// Energy of one batch with the host left on for all of it; that of the machine where it is its own host.
std::optional<Joules> energy_with_host(const Result& result);

/// For people: whether leaving the hosts on changes the order of the machines by energy, batch size by batch size.
/// Failed results and unknown energies take no part.
std::string order_with_hosts(const std::vector<Result>& results);

}  // namespace cimera::study
