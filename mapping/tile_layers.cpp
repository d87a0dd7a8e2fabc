#include "mapping/tile_layers.h"

#include <fmt/format.h>

#include "core/integers.h"
#include "kernels/window.h"
#include "mapping/windows.h"
#include "workloads/window_of.h"

namespace cimera::mapping {

using ops::Digital;
using ops::TileFunction;
using workloads::Layer;
using workloads::Pool2d;
using workloads::TensorId;

void TileLayers::lower(std::size_t index, TileFunction function) {
  const Layer& layer = l_.layer(index);
  const TensorId anchor = layer.inputs[l_.work.anchor[index]];
  for (const Slice& input : std::vector<Slice>(l_.places[anchor.value()])) {
    Slice made;
    if (function == TileFunction::kMaxPool) made = pool(index, input);
    else if (function == TileFunction::kAdd) made = add(index, input);
    else made = activate(index, input);
    l_.places[layer.output.value()].push_back(made);
  }
}

Slice TileLayers::work(std::size_t index, Digital digital, const Range& range, ops::Place tile, const std::string& name,
                       std::vector<ops::Hop> path, const Loop& loop) {
  digital.layer = static_cast<std::uint32_t>(index);
  digital.place = tile;
  digital.begin = range.begin, digital.end = range.end;
  digital.element_bits = l_.result_bits();
  const ops::TaskId id =
      l_.run.task(l_.task(index, fmt::format("{} in tile {}", name, tile), digital, std::move(path), loop));
  return {tile, range, id, loop};
}

/// Values go from one unit of a tile to the next through its output register.
Slice TileLayers::activate(std::size_t index, const Slice& input) {
  const std::int64_t elements = ceil_div(input.range.size(), input.loop.size());
  Slice made = work(index, {.function = Digital::Function::kActivate}, input.range, input.place, "activation",
                    {l_.fabric.activate(input.place, elements)}, input.loop);
  l_.run.same(*input.task, *made.task, input.loop);
  return made;
}

Slice TileLayers::pool(std::size_t index, const Slice& input) {
  const Layer& layer = l_.layer(index);
  const auto& op = std::get<Pool2d>(layer.op);
  const Loop loop = l_.output_loop(index);
  const Slice held = l_.send(index, layer.inputs[0], input, input.range, input.place);
  const std::int64_t channels = input.range.size() / input.loop.size(), bits = l_.result_bits();
  const Range range{input.range.begin / input.loop.size() * loop.size(),
                    input.range.end / input.loop.size() * loop.size()};
  const std::int64_t seen = kernels::places_seen(workloads::window_of(l_.network, layer, op));
  Slice made = work(index, {.function = Digital::Function::kPool, .fetch_bits = channels * seen * bits}, range,
                    input.place, "pooling",
                    {l_.fabric.fetch(input.place, channels * op.kernel_h * op.kernel_w * bits),
                     l_.fabric.pool(input.place, channels)},
                    loop);
  const auto [row, column] = window_rates(l_.network, layer, held.loop);
  l_.run.window(*held.task, held.loop, *made.task, loop, row, column, pooling_window(l_.network, layer));
  return made;
}

Slice TileLayers::add(std::size_t index, const Slice& anchor) {
  const Layer& layer = l_.layer(index);
  const Loop loop = anchor.loop;
  const std::int64_t elements = ceil_div(anchor.range.size(), loop.size()), bits = l_.result_bits();
  std::vector<std::pair<std::size_t, Slice>> operands;  // by operand
  for (std::size_t i = 0; i < 2; ++i) {
    if (i == 1 && reshaped_from(l_.network, layer.inputs[0]) == reshaped_from(l_.network, layer.inputs[1])) break;
    for (const Slice& slice : std::vector<Slice>(l_.places[layer.inputs[i].value()]))
      if (const Range both = intersect(slice.range, anchor.range); both.size() > 0)
        operands.emplace_back(i, l_.send(index, layer.inputs[i], slice, both, anchor.place));
  }
  Slice made = work(index, {.function = Digital::Function::kAdd, .fetch_bits = 2 * anchor.range.size() * bits},
                    anchor.range, anchor.place, "addition",
                    {l_.fabric.fetch(anchor.place, 2 * elements * bits), l_.fabric.add(anchor.place, elements)}, loop);
  const auto held =
      addition_windows(l_.network, l_.work, index, most_positions_under_way(l_.machine, l_.configs[index]));
  for (const auto& [i, operand] : operands) {
    const ops::Rate one{.a = 1};
    const Arrival arrival = l_.arrival(layer.inputs[i]);
    const bool rows = arrival == Arrival::kRows && operand.loop.rows == loop.rows;
    const bool pixel_by_pixel = arrival == Arrival::kPixels || arrival == Arrival::kStored;
    if (pixel_by_pixel && operand.loop.size() == loop.size())
      l_.run.window(*operand.task, operand.loop, *made.task, loop, one, one, held[i]);
    else if (rows) l_.run.window(*operand.task, operand.loop, *made.task, loop, one, {}, operand.loop.rows);
    else l_.run.barrier(*operand.task, operand.loop, *made.task, loop, operand.loop.size());
  }
  return made;
}

}  // namespace cimera::mapping
