#include "mapping/products.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/integers.h"
#include "mapping/windows.h"

namespace cimera::mapping {

using ops::Digital;
using ops::TaskId;
using workloads::Layer;

void Products::lower(std::size_t index, const std::vector<Part>& all) {
  const Layer& layer = l_.layer(index);
  const ArrayGrid grid(l_.network, layer, l_.configs[index]);
  if (const workloads::Shape& in = l_.network.tensor(layer.inputs[0]).shape;
      std::holds_alternative<workloads::Dense>(layer.op) && in.size() > 3)
    fail_input(
        fmt::format("layer '{}': a dense layer on shape {} is not mapped onto crossbars; positions and features "
                    "are (1xPxF)",
                    layer.name, workloads::format(in)));
  const Loop loop = l_.output_loop(index);
  const auto parts = std::ranges::equal_range(all, ops::LayerIndex(index), {}, &Part::layer);
  std::vector<Slice> products;  // by part
  for (const Part& part : parts) products.push_back(multiply(index, grid, part, loop));

  const std::size_t result = fused_activation(index);
  auto& slices = l_.places[l_.layer(result).output.value()];
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const Range home = grid.home(parts[p].first, parts[p].last);
    if (home.size() == 0) continue;
    std::vector<TaskId> sums{*products[p].task};
    for (std::size_t q = p + 1; q < parts.size(); ++q) {
      const Range part_sum = intersect(grid.continued(parts[q].first, parts[q].last), home);
      if (part_sum.size() == 0) break;  // later ones continue later columns
      const std::int64_t row_blocks =
          std::min(grid.row_blocks() - grid.at(parts[q].first).row_block, parts[q].last - parts[q].first);
      sums.push_back(merge(index, part_sum, row_blocks, products[q], parts[p].tile, *products[p].task, loop));
    }
    slices.push_back(activate(index, result, home, parts[p].tile, sums, loop));
  }
}

Slice Products::multiply(std::size_t index, const ArrayGrid& grid, const Part& part, const Loop& loop) {
  const Layer& layer = l_.layer(index);
  std::vector<Slice> inputs;
  for (const Range& range : grid.inputs(part.first, part.last))
    for (const Slice& slice : std::vector<Slice>(l_.places[layer.inputs[0].value()]))
      if (const Range both = intersect(range, slice.range); both.size() > 0)
        inputs.push_back(l_.send(index, layer.inputs[0], slice, both, part.tile));
  ops::Mvm work = grid.mvm(part.first, part.last, l_.result_bits());
  work.place = part.tile;
  const ops::SerialCounts serial = l_.machine.serial(l_.configs[index]);
  work.planes = serial.planes, work.decisions = serial.decisions;
  ops::Task products = l_.task(index, fmt::format("products in tile {}", part.tile), work,
                               {l_.fabric.fetch(part.tile, work.fetch_bits),
                                l_.fabric.multiply(part.tile, layer.name, l_.machine.beats(l_.configs[index]))},
                               loop);
  products.in_flight = positions_under_way(l_.machine, l_.configs[index]);
  const TaskId id = l_.run.task(std::move(products));
  for (const Slice& input : inputs) feed(index, input, id, loop);
  return {part.tile, {}, id, loop};
}

/// The token edge from arrived inputs to the products that use them, through the tile's buffer.
void Products::feed(std::size_t index, const Slice& input, TaskId consumer, const Loop& loop) {
  const Layer& layer = l_.layer(index);
  if ((std::holds_alternative<workloads::Dense>(layer.op) && loop.size() == 1) || input.loop.size() == 1 ||
      l_.arrival(layer.inputs[0]) == Arrival::kWhole)
    return l_.run.barrier(*input.task, input.loop, consumer, loop, input.loop.size());
  const std::int64_t held =
      buffered(l_.network, layer, input.loop.columns, positions_under_way(l_.machine, l_.configs[index]));
  const auto [row, column] = window_rates(l_.network, layer, input.loop);
  l_.run.window(*input.task, input.loop, consumer, loop, row, column, held);
}

TaskId Products::merge(std::size_t index, const Range& range, std::int64_t row_blocks, const Slice& from,
                       ops::Place tile, TaskId home, const Loop& loop) {
  const std::int64_t elements = ceil_div(range.size(), loop.size());
  const std::int64_t sum_bits = l_.configs[index].sum_bits(row_blocks);
  const TaskId move = l_.run.task(l_.task(index, fmt::format("partial sums to tile {}", tile),
                                          ops::Transfer{.what = ops::Transfer::What::kPartialSums,
                                                        .begin = range.begin,
                                                        .end = range.end,
                                                        .from = from.place,
                                                        .to = tile,
                                                        .element_bits = sum_bits},
                                          l_.fabric.route(from.place, tile, elements * sum_bits), loop));
  l_.run.same(*from.task, move, loop);
  const TaskId add = l_.run.task(l_.task(index, fmt::format("partial sums added in tile {}", tile),
                                         Digital{.function = Digital::Function::kMerge,
                                                 .layer = static_cast<std::uint32_t>(index),
                                                 .place = tile,
                                                 .begin = range.begin,
                                                 .end = range.end,
                                                 .element_bits = l_.result_bits()},
                                         {l_.fabric.add(tile, elements)}, loop));
  l_.run.same(move, add, loop);
  l_.run.same(home, add, loop);
  return add;
}

/// The layer whose output the activation unit makes: an activation function that alone follows, or the layer itself.
std::size_t Products::fused_activation(std::size_t index) {
  const Layer& layer = l_.layer(index);
  const auto readers = l_.network.consumers(layer.output);
  if (readers.size() != 1 || layer.output == l_.network.output) return index;
  const std::size_t next = readers[0].value();
  const std::optional<ops::TileFunction> function = tile_function(l_.layer(next).op);
  if (!std::holds_alternative<workloads::Unary>(l_.layer(next).op) || !function || !l_.machine.can(*function))
    return index;
  fused_.insert(next);
  return next;
}

Slice Products::activate(std::size_t index, std::size_t result, const Range& range, ops::Place tile,
                         const std::vector<TaskId>& sums, const Loop& loop) {
  const TaskId id = l_.run.task(l_.task(index, fmt::format("activation in tile {}", tile),
                                        Digital{.function = Digital::Function::kActivate,
                                                .layer = static_cast<std::uint32_t>(result),
                                                .place = tile,
                                                .begin = range.begin,
                                                .end = range.end,
                                                .element_bits = l_.result_bits()},
                                        {l_.fabric.activate(tile, ceil_div(range.size(), loop.size()))}, loop));
  for (const TaskId sum : sums) l_.run.same(sum, id, loop);
  return {tile, range, id, loop};
}

}  // namespace cimera::mapping
