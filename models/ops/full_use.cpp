#include "models/ops/full_use.h"

#include <utility>
#include <vector>

#include "models/ops/op_events.h"

namespace cimera::ops {
namespace {

/// Adds one operation on units of these kinds, in this order, to `counts`.
void happens(Work work, const std::vector<UnitKind>& path, Counts& counts) {
  Program program;
  Task task;
  task.op.work = std::move(work);
  for (const UnitKind kind : path) {
    program.units.push_back({"unit", kind, "unit", {}, 0, {}});
    task.op.path.push_back({UnitId(program.units.size() - 1)});
  }
  for (std::size_t hop = 0; hop < path.size(); ++hop) add_events(program, task, hop, 0, counts);
}

Seconds product_time(const CrossbarMachine& machine) { return machine.product_time(machine.config()).seconds(); }

}  // namespace

Counts full_tile_events(const CrossbarMachine& machine) {
  const CrossbarOrganisation& o = machine.organisation;
  const CrossbarConfig config = machine.config();
  const std::int64_t arrays = o.arrays_per_tile(), rows = arrays * o.rows;
  const std::int64_t sums = arrays * config.weights_per_array(), results = sums / config.slice_arrays();
  const std::int64_t bits = machine.precision.result_bits;
  const SerialCounts serial = machine.serial(config);
  const std::int64_t reads = arrays * config.row_groups(o.rows);
  using Function = Digital::Function;
  Counts counts;
  happens(Mvm{.last = arrays,
              .steps = config.steps(),
              .reads = reads,
              .driven_rows = rows,
              .used_columns = reads * config.columns_converted(config.weights_per_array()),
              .row_sums = config.sums_inputs() ? reads : 0,
              .merges = sums - results,
              .fetch_bits = rows * config.input_bits,
              .register_bits = rows * config.input_bits,
              .result_bits = sums * bits,
              .planes = serial.planes,
              .decisions = serial.decisions},
          {UnitKind::kBuffer, UnitKind::kMvmUnit}, counts);
  happens(Digital{.function = Function::kActivate, .end = results, .element_bits = bits}, {UnitKind::kDigital}, counts);
  happens(Digital{.function = Function::kMerge, .end = results}, {UnitKind::kDigital}, counts);
  happens(Digital{.function = Function::kPool, .end = results / 4, .fetch_bits = results * bits},
          {UnitKind::kBuffer, UnitKind::kDigital}, counts);
  happens(Transfer{.end = results, .element_bits = bits},
          {UnitKind::kRouterLink, UnitKind::kRouterLink, UnitKind::kBuffer}, counts);
  return counts;
}

PowerTable full_use(const CrossbarMachine& machine) {
  const Counts tile = full_tile_events(machine);
  const double tiles = static_cast<double>(machine.organisation.chips * machine.organisation.tiles());
  const double products = tiles / product_time(machine).si();
  const LevelCounts levels = machine.levels();
  PowerTable table;
  for (const auto& [name, row] : machine.components) {
    std::optional<Watts>& watts = table[name];
    if (row.charge != Charge::kEvents) {
      if (row.power) watts = *row.power * static_cast<double>(levels.at(row.per));
      continue;
    }
    std::int64_t events = 0;
    for (const Event event : row.events) events += tile[event];
    const std::optional<Joules> each = row.event_energy();
    if (events == 0) watts = Watts();
    else if (each) watts = Watts::si(each->si() * static_cast<double>(events) * products);
  }
  return table;
}

PowerTable full_use(const HostMachine& machine) {
  const LevelCounts levels = machine.levels();
  PowerTable table;
  for (const auto& [name, row] : machine.components) {
    table[name] = row.full_use();
    if (table[name]) table[name] = *table[name] * static_cast<double>(levels.at(row.per));
  }
  return table;
}

std::optional<Watts> total(const PowerTable& table) {
  Watts sum;
  for (const auto& [name, watts] : table) {
    if (!watts) return std::nullopt;
    sum += *watts;
  }
  return sum;
}

CrossbarPeak peak(const CrossbarMachine& machine) {
  const CrossbarOrganisation& o = machine.organisation;
  const double arrays = static_cast<double>(o.chips * o.tiles() * o.arrays_per_tile());
  const ops::CrossbarConfig config = machine.config();
  const double weights = static_cast<double>(o.rows * config.weights_per_array()) / config.slice_arrays();
  CrossbarPeak result;
  result.macs_per_second = arrays * weights / product_time(machine).si();
  result.power = total(full_use(machine));
  result.area = total_area(machine.components, machine.levels());
  if (result.power) result.per_mac = Joules::si(result.power->si() / result.macs_per_second);
  return result;
}

}  // namespace cimera::ops
