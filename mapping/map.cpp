#include "mapping/map.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "mapping/builder.h"
#include "mapping/crossbar.h"
#include "mapping/host.h"

namespace cimera::mapping {
namespace {

std::vector<std::string> layer_names(const workloads::Network& network) {
  std::vector<std::string> names;
  for (const workloads::Layer& layer : network.layers) names.push_back(layer.name);
  return names;
}

/// Results are what the next layer takes as input codes: those must fit.
void check_results(const std::string& name, const ops::CrossbarMachine& machine, const MapOptions& options) {
  const std::int64_t bits = machine.precision.result_bits;
  if (bits < options.input_bits)
    fail_input(
        fmt::format("{0}: precision.result_bits = {1}: a result must hold the {2} input bits of the layer that "
                    "takes it; use --set {0}:precision.result_bits={2}, or --bits with at most {1} for inputs",
                    name, bits, options.input_bits));
}

void summarise_parts(const workloads::Network& network, const ops::CrossbarMachine& machine, const MapOptions& options,
                     Mapped& mapped) {
  std::set<std::int64_t> tiles;
  std::map<std::int64_t, std::int64_t> arrays;  // by load
  for (const Part& part : mapped.parts) {
    mapped.used_arrays = std::max(mapped.used_arrays, arrays[part.load] += part.last - part.first);
    tiles.insert(part.tile);
  }
  mapped.used_tiles = static_cast<std::int64_t>(tiles.size());
  const ops::CrossbarOrganisation& o = machine.organisation;
  const auto config = machine.config(options.weight_bits, options.input_bits, false);
  const double cells = static_cast<double>(workloads::weight_count(network) * config.cells_per_weight());
  mapped.utilisation =
      cells / static_cast<double>(mapped.loads * o.chips * o.tiles() * o.arrays_per_tile() * o.rows * o.columns);
}

}  // namespace

Mapped map_network(const workloads::Network& network, const ops::MachineSpec& machine, const ops::MachineSpec& host,
                   const MapOptions& options) {
  if (options.batch < 1) fail_input("batch = " + std::to_string(options.batch) + ": must be at least 1");
  if (!host.host()) fail_input("machine '" + machine.name + "': its host '" + host.name + "' is not a host machine");
  Mapped mapped;
  ProgramBuilder run(machine.name, layer_names(network)), load(machine.name, layer_names(network));
  mapped.prices.add(machine.components(), machine.levels(), "", true);
  if (const ops::CrossbarMachine* crossbar = machine.crossbar()) {
    MapOptions filled = options;
    if (filled.weight_bits == 0) filled.weight_bits = static_cast<int>(crossbar->precision.weight_bits);
    if (filled.input_bits == 0) filled.input_bits = static_cast<int>(crossbar->precision.input_bits);
    check_results(machine.name, *crossbar, filled);
    mapped.prices.add(host.components(), host.levels(), std::string(kHostPrefix), false);
    map_on_crossbars(network, *crossbar, *host.host(), filled, run, load, mapped);
    summarise_parts(network, *crossbar, filled, mapped);
  } else {
    map_on_host(network, *machine.host(), options, run);
  }
  mapped.run = run.finish();
  mapped.load = load.finish();
  return mapped;
}

}  // namespace cimera::mapping
