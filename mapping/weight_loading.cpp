#include "mapping/weight_loading.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "mapping/array_grid.h"
#include "mapping/fabric.h"
#include "mapping/host_tasks.h"

namespace cimera::mapping {

void load_weights(const workloads::Network& network, const ops::CrossbarMachine& machine, const ops::HostMachine& host,
                  const std::vector<ops::CrossbarConfig>& configs, const std::vector<Part>& parts,
                  ProgramBuilder& load) {
  Fabric fabric(load, machine);
  HostTasks host_tasks(load, host, std::string(kHostPrefix));
  std::map<ops::LayerIndex, std::int64_t> before;  // weights of earlier parts of a layer
  for (const Part& part : parts) {
    const workloads::Layer& layer = network.layers[part.layer.value()];
    const ops::CrossbarConfig& config = configs[part.layer.value()];
    const std::int64_t cells = ArrayGrid(network, layer, config).cells(part.first, part.last);
    const std::int64_t weights = cells / config.cells_per_weight();
    const std::int64_t bits = weights * config.weight_bits;
    std::int64_t& first = before[part.layer];
    ops::Task move, write;
    move.layer = write.layer = part.layer;
    move.name = fmt::format("{} weights to tile {}", layer.name, part.tile);
    move.op.work = ops::Transfer{.what = ops::Transfer::What::kWeights,
                                 .begin = first,
                                 .end = first + weights,
                                 .to = part.tile,
                                 .element_bits = config.weight_bits};
    move.op.path = fabric.route_in(part.tile, bits);
    move.op.path.insert(move.op.path.begin(), host_tasks.memory(bits));
    const std::int64_t arrays = std::min(part.last - part.first, machine.organisation.arrays_per_ima);
    write.name = fmt::format("{} cells of tile {}", layer.name, part.tile);
    write.op.work = ops::WriteCells{.place = part.tile, .first = part.first, .last = part.last, .cells = cells};
    write.op.path = {fabric.write_cells(part.tile, layer.name, arrays * machine.organisation.rows)};
    const ops::TaskId from = load.task(std::move(move));
    load.same(from, load.task(std::move(write)), {});
    first += weights;
  }
}

}  // namespace cimera::mapping
