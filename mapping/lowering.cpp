#include "mapping/lowering.h"

#include <fmt/format.h>

#include "core/integers.h"

namespace cimera::mapping {

using ops::Hop;
using ops::TaskId;

Lowering::Lowering(const workloads::Network& network, const ops::CrossbarMachine& machine, const ops::HostMachine& host,
                   const MapOptions& options, ProgramBuilder& run)
    : network(network),
      machine(machine),
      options(options),
      run(run),
      fabric(run, machine),
      host(run, host, std::string(kHostPrefix)),
      places(network.tensors.size()) {
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const bool is_signed = !options.signed_inputs.empty() && options.signed_inputs[i];
    configs.push_back(machine.config(options.weight_bits, options.input_bits, is_signed));
  }
  const workloads::Shape& in = network.tensor(network.input).shape;
  places[network.input.value()] = {{ops::kHostMemory, {0, workloads::elements(in)}, std::nullopt, {}}};
}

ops::Task Lowering::task(std::size_t layer, std::string name, ops::Work work, std::vector<Hop> path,
                         const Loop& loop) const {
  ops::Task t;
  t.name = network.layers[layer].name + " " + std::move(name);
  t.layer = ops::LayerIndex(layer);
  t.op.work = std::move(work);
  t.op.path = std::move(path);
  t.blocks = options.batch;
  t.iterations = loop.size();
  return t;
}

Slice Lowering::send(std::size_t index, workloads::TensorId tensor, const Slice& from, const Range& range,
                     ops::Place tile) {
  const Loop image = pixels(network.tensor(tensor).shape), rows{image.rows, 1};
  const bool hosted = from.place == ops::kHostMemory;
  const Loop sent = arrival(tensor) == Arrival::kStored ? image : rows;
  const Loop loop = hosted ? sent : from.loop;
  const std::int64_t bits = ceil_div(range.size(), loop.size()) * result_bits();
  std::vector<Hop> path;
  if (hosted) {
    path = fabric.route_in(tile, bits);
    path.insert(path.begin(), host.memory(bits));
  } else if (from.place != tile) {
    path = fabric.route(from.place, tile, bits);
  }
  path.push_back(fabric.write(tile, bits));
  const TaskId id = run.task(task(index, fmt::format("input to tile {}", tile),
                                  ops::Transfer{.tensor = tensor.value(),
                                                .begin = range.begin,
                                                .end = range.end,
                                                .from = from.place,
                                                .to = tile,
                                                .element_bits = result_bits()},
                                  std::move(path), loop));
  if (hosted) {
    if (!from.task || run.earlier(*from.task)) entries.emplace_back(id, loop);
    if (from.task) run.barrier(*from.task, from.loop, id, loop);
  } else if (from.place == tile && !layer(index).is_mvm()) {
    run.same(*from.task, id, loop);  // no way to wait for
  } else {
    depend(*from.task, id, loop);
  }
  return {tile, range, id, loop};
}

void Lowering::depend(TaskId from, TaskId to, const Loop& loop) {
  if (machine.schedule == ops::Schedule::kLayered) run.barrier(from, loop, to, loop);
  else run.same(from, to, loop);
}

}  // namespace cimera::mapping
