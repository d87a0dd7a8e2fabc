// What the host that serves a machine draws only for being switched on. It is not in the machine's energy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/machines.h"
#include "study/result.h"

namespace cimera::study {

/// Standing power and area of the machine's host, over `latency`; none for a machine that is its own host.
std::optional<HostStanding> host_standing(const Machine& machine, Duration latency);

/// Energy of one batch with the host left on for all of it; that of the machine where it is its own host.
std::optional<Joules> energy_with_host(const Result& result);

/// For people: whether leaving the hosts on changes the order of the machines by energy, batch size by batch size.
/// Failed results and unknown energies take no part.
std::string order_with_hosts(const std::vector<Result>& results);

}  // namespace cimera::study
