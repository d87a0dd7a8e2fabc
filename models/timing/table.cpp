#include "models/timing/table.h"

#include <array>

#include "core/error.h"
#include "models/timing/memory.h"

namespace cimera::timing {
namespace {

using ops::UnitKind;

template <class Module>
std::unique_ptr<Station> make(const ops::Unit& unit, const ops::Program& program, FlightPort& port) {
  return std::make_unique<Module>(sc_core::sc_gen_unique_name("unit"), unit, program, port);
}

struct Row {
  UnitKind kind;
  std::unique_ptr<Station> (*make)(const ops::Unit&, const ops::Program&, FlightPort&);
};

constexpr std::array kTable{
    Row{UnitKind::kMvmUnit, make<Station>},     Row{UnitKind::kBuffer, make<Station>},
    Row{UnitKind::kRouterLink, make<Station>},  Row{UnitKind::kChipLink, make<Station>},
    Row{UnitKind::kDigital, make<Station>},     Row{UnitKind::kCores, make<Station>},
    Row{UnitKind::kCache, make<MemoryStation>}, Row{UnitKind::kMemory, make<MemoryStation>},
    Row{UnitKind::kDispatch, make<Station>},
};

}  // namespace

std::unique_ptr<Station> make_station(const ops::Unit& unit, const ops::Program& program, FlightPort& port) {
  for (const Row& row : kTable)
    if (row.kind == unit.kind) return row.make(unit, program, port);
  fail_run("no timing module for a " + to_string(unit.kind));
}

}  // namespace cimera::timing
