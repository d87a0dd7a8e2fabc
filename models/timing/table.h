// Which SystemC module plays a unit: one line per kind.
#pragma once

#include <memory>

#include "models/timing/station.h"

namespace cimera::timing {

std::unique_ptr<Station> make_station(const ops::Unit& unit, const ops::Program& program, FlightPort& port);

}  // namespace cimera::timing
