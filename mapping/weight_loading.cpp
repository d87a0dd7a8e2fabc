#include "mapping/weight_loading.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "mapping/array_grid.h"

namespace cimera::mapping {

WeightLoading::WeightLoading(const workloads::Network& network, const ops::CrossbarMachine& machine,
                             const ops::HostMachine& host, const std::vector<ops::CrossbarConfig>& configs,
                             ProgramBuilder& builder)
    : network_(network),
      machine_(machine),
      configs_(configs),
      builder_(builder),
      fabric_(builder, machine),
      host_(builder, host, std::string(kHostPrefix)) {}

Loading WeightLoading::load(const Part& part) {
  const workloads::Layer& layer = network_.layers[part.layer.value()];
  const ops::CrossbarConfig& config = configs_[part.layer.value()];
  const ArrayGrid grid(network_, layer, config);
  const std::int64_t cells = grid.cells(part.first, part.last), weights = grid.weights(part.first, part.last);
  const std::int64_t bits = weights * config.stored_bits();
  std::int64_t& first = before_[part.layer];
  ops::Task move, write;
  move.layer = write.layer = part.layer;
  move.name = fmt::format("{} weights to tile {}", layer.name, part.tile);
  move.op.work = ops::Transfer{.what = ops::Transfer::What::kWeights,
                               .begin = first,
                               .end = first + weights,
                               .to = part.tile,
                               .element_bits = config.stored_bits()};
  move.op.path = fabric_.route_in(part.tile, bits);
  move.op.path.insert(move.op.path.begin(), host_.memory(bits));
  const std::int64_t arrays = std::min(part.last - part.first, machine_.organisation.arrays_per_ima);
  write.name = fmt::format("{} cells of tile {}", layer.name, part.tile);
  write.op.work = ops::WriteCells{.place = part.tile, .first = part.first, .last = part.last, .cells = cells};
  write.op.path = {fabric_.write_cells(part.tile, layer.name, arrays * machine_.organisation.rows)};
  first += weights;
  const ops::TaskId from = builder_.task(std::move(move)), to = builder_.task(std::move(write));
  builder_.same(from, to, {});
  return {from, to};
}

}  // namespace cimera::mapping
