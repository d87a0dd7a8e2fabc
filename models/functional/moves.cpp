#include "models/functional/moves.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"

namespace cimera::functional {
namespace {

bool share(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::find_first_of(a, b) != a.end();
}

void check_way(const ops::Program& program, const ops::Task& task, const ops::Transfer& move) {
  const auto unit = [&](const ops::Hop& hop) -> const ops::Unit& { return program.unit(hop.unit); };
  const auto& path = task.op.path;
  if (path.empty()) fail_run("'" + task.name + "' moves data without a way: its path has no units");
  const bool in_host = move.from == ops::kHostMemory && move.to == ops::kHostMemory;
  std::string from = ops::point_of(move.from), to = ops::point_of(move.to);
  if (in_host) {
    (unit(path.front()).kind == ops::UnitKind::kCache ? from : to) = ops::kHostCaches;
  } else if (move.what == ops::Transfer::What::kActivations && move.to != ops::kHostMemory) {
    to = ops::buffer_of(move.to);
  }
  const auto refuse = [&](const std::string& why) {
    fail_run("'" + task.name + "' moves data from " + from + " to " + to + ", but " + why);
  };
  if (!share(unit(path.front()).enters, {from}))
    refuse("its path begins with '" + unit(path.front()).name + "', which takes nothing from there");
  for (std::size_t hop = 1; hop < path.size(); ++hop)
    if (!share(unit(path[hop - 1]).leaves, unit(path[hop]).enters))
      refuse("in its path '" + unit(path[hop]).name + "' takes nothing from '" + unit(path[hop - 1]).name + "'");
  if (!share(unit(path.back()).leaves, {to}))
    refuse("its path ends with '" + unit(path.back()).name + "', which does not lead there");
}

}  // namespace

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

void check_ways(const Program& program) {
  for (const Task& task : program.tasks)
    if (const auto* move = std::get_if<ops::Transfer>(&task.op.work)) check_way(program, task, *move);
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
