#include "models/functional/moves.h"

#include <string>

#include "core/error.h"

namespace cimera::functional {

using ops::Event;
using ops::Program;
using ops::Task;
using ops::UnitKind;
using workloads::Layer;
using workloads::Network;

void count_move(const Program& program, const Task& task, const ops::Transfer& move, std::int64_t images,
                ops::Counts& counts) {
  const std::int64_t bits = (move.end - move.begin) * move.element_bits * images;
  for (std::size_t hop = 0; hop < task.op.path.size(); ++hop) {
    switch (program.unit(task.op.path[hop].unit).kind) {
      case UnitKind::kBuffer:
        counts[Event::kBusBits] += bits;
        counts[Event::kEdramWriteBits] += bits;
        break;
      case UnitKind::kMemory:
        counts[hop == 0 ? Event::kMemoryReadBits : Event::kMemoryWriteBits] += bits;
        break;
      case UnitKind::kRouterLink:
        counts[Event::kRouterBits] += bits;
        break;
      case UnitKind::kChipLink:
        counts[Event::kChipLinkBits] += bits;
        break;
      case UnitKind::kCache:
        counts[Event::kHostCacheBits] += bits;
        break;
      default:
        fail_run("task '" + task.name + "': a transfer through a " +
                 to_string(program.unit(task.op.path[hop].unit).kind));
    }
  }
}

void count_host_weights(const Program& program, const Network& network, std::vector<ops::Counts>& counts) {
  for (const Task& task : program.tasks) {
    if (const auto* move = std::get_if<ops::Transfer>(&task.op.work))
      if (move->what == ops::Transfer::What::kWeights) count_move(program, task, *move, 1, counts[task.layer.value()]);
    const auto* host = std::get_if<ops::HostCompute>(&task.op.work);
    if (!host) continue;
    const Layer& layer = network.layers[host->layer];
    for (const auto& constant : {layer.weights, layer.bias})
      if (constant)
        counts[task.layer.value()][Event::kHostCacheBits] += workloads::elements(network.tensor(*constant).shape) * 32;
  }
}

}  // namespace cimera::functional
