#include "mapping/host_exchange.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/integers.h"

namespace cimera::mapping {

using ops::TaskId;
using workloads::TensorId;

Slice HostExchange::bring(std::size_t index, TensorId tensor, const Slice& slice) {
  if (slice.place == ops::kHostMemory) return slice;
  const auto [found, fresh] = there_.try_emplace(*slice.task);
  if (!fresh) return found->second;
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
  return found->second = {ops::kHostMemory, slice.range, id, slice.loop};
}

void HostExchange::bring(std::size_t index, TensorId tensor, std::vector<Slice>& slices,
                         std::map<TaskId, Loop>& arrivals) {
  for (Slice& slice : slices) {
    slice = bring(index, reshaped_from(l_.network, tensor), slice);
    if (slice.task) arrivals.emplace(*slice.task, slice.loop);
  }
}

void HostExchange::lower(std::size_t index) {
  const workloads::Layer& layer = l_.layer(index);
  std::map<TaskId, Loop> before;
  for (const TensorId input : layer.inputs) {
    if (l_.network.tensor(input).constant) continue;
    std::vector<Slice> slices = l_.places[input.value()];  // where they lie, they may be read from, too
    bring(index, input, slices, before);
  }
  const TaskId compute = l_.run.task(l_.host.serve(l_.network, index, l_.options.batch));
  for (const auto& [id, loop] : before) l_.run.barrier(id, loop, compute, {});
  if (std::ranges::all_of(before, [&](const auto& arrival) { return l_.run.earlier(arrival.first); }))
    l_.entries.emplace_back(compute, Loop{});
  const std::int64_t elements = workloads::elements(l_.network.tensor(layer.output).shape);
  l_.places[layer.output.value()] = {{ops::kHostMemory, {0, elements}, compute, {}}};
}

/// Whether a tensor is read from host memory when layers before `next` are done.
bool HostExchange::leaves(TensorId tensor, std::size_t next) const {
  if (tensor == l_.network.output) return true;
  return std::ranges::any_of(l_.network.consumers(tensor),
                             [&](const workloads::LayerId reader) { return reader.value() >= next; });
}

void HostExchange::finish(std::size_t next) {
  std::map<TaskId, Loop> exits;
  for (std::size_t index = 0; index < l_.network.layers.size(); ++index)
    if (const TensorId made = l_.layer(index).output; leaves(made, next))
      bring(index, made, l_.places[made.value()], exits);
  if (l_.machine.schedule == ops::Schedule::kLayered) {
    // Layer after layer, image after image: an image enters when the one before it has left.
    std::erase_if(exits, [&](const auto& exit) { return l_.run.earlier(exit.first); });
    for (const auto& [from, from_loop] : exits)
      for (const auto& [to, to_loop] : l_.entries) l_.run.barrier(from, from_loop, to, to_loop, 0, 1);
  }
  l_.entries.clear();
}

}  // namespace cimera::mapping
