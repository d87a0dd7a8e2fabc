#include "mapping/host_exchange.h"

#include <fmt/format.h>

#include "core/integers.h"

namespace cimera::mapping {

using ops::TaskId;
using workloads::TensorId;

const HostExchange::Tasks& HostExchange::bring(std::size_t index, TensorId tensor) {
  const auto [found, fresh] = there_.try_emplace(reshaped_from(l_.network, tensor));
  Tasks& arrivals = found->second;
  if (!fresh) return arrivals;
  for (const Slice& slice : l_.places[tensor.value()]) {
    if (slice.place == ops::kHostMemory) {
      if (slice.task) arrivals.emplace_back(*slice.task, slice.loop);
      continue;
    }
    const std::int64_t bits = ceil_div(slice.range.size(), slice.loop.size()) * l_.result_bits();
    std::vector<ops::Hop> path = l_.fabric.route_out(slice.place, bits);
    path.push_back(l_.host.memory(bits));
    const TaskId id = l_.run.task(l_.task(index, fmt::format("output of tile {} to the host", slice.place),
                                          ops::Transfer{.tensor = tensor.value(),
                                                        .begin = slice.range.begin,
                                                        .end = slice.range.end,
                                                        .from = slice.place,
                                                        .element_bits = l_.result_bits()},
                                          std::move(path), slice.loop));
    l_.depend(*slice.task, id, slice.loop);
    arrivals.emplace_back(id, slice.loop);
  }
  return arrivals;
}

void HostExchange::lower(std::size_t index) {
  const workloads::Layer& layer = l_.layer(index);
  Tasks before;
  for (const TensorId input : layer.inputs) {
    if (l_.network.tensor(input).constant) continue;
    const Tasks& arrivals = bring(index, input);
    before.insert(before.end(), arrivals.begin(), arrivals.end());
  }
  const TaskId compute = l_.run.task(l_.host.serve(l_.network, index, l_.options.batch));
  for (const auto& [id, loop] : before) l_.run.barrier(id, loop, compute, {});
  if (before.empty()) l_.network_inputs.emplace_back(compute, Loop{});
  const std::int64_t elements = workloads::elements(l_.network.tensor(layer.output).shape);
  l_.places[layer.output.value()] = {{ops::kHostMemory, {0, elements}, compute, {}}};
}

void HostExchange::finish() {
  const Tasks& last = bring(l_.network.layers.size() - 1, reshaped_from(l_.network, l_.network.output));
  if (l_.machine.schedule == ops::Schedule::kPipelined) return;
  // Layer after layer, image after image: an image enters when the one before it has left.
  for (const auto& [from, from_loop] : last)
    for (const auto& [to, to_loop] : l_.network_inputs) l_.run.barrier(from, from_loop, to, to_loop, 0, 1);
}

}  // namespace cimera::mapping
