#include "mapping/windows.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/integers.h"
#include "mapping/host_tasks.h"
#include "mapping/tensor_places.h"

namespace cimera::mapping {
namespace {

using workloads::Conv2d;
using workloads::Layer;
using workloads::Network;
using workloads::Pool2d;
using workloads::TensorId;

/// What Conv2d and Pool2d have in common.
struct Window {
  std::int64_t reach_h, reach_w, stride_h, stride_w, pad_top, pad_left;
};

/// Of a convolution or a pooling; a dense layer over several positions reads one of them at a time.
std::optional<Window> window(const Network& network, const Layer& layer) {
  const auto of = [](const auto& op) {
    return Window{op.dilation_h * (op.kernel_h - 1) + 1,
                  op.dilation_w * (op.kernel_w - 1) + 1,
                  op.stride_h,
                  op.stride_w,
                  op.pad_top,
                  op.pad_left};
  };
  if (const auto* conv = std::get_if<Conv2d>(&layer.op)) return of(*conv);
  if (const auto* pool = std::get_if<Pool2d>(&layer.op)) return of(*pool);
  if (layer.is_mvm() && mvm_shape(network, layer).positions > 1) return Window{1, 1, 1, 1, 0, 0};
  return std::nullopt;
}

/// Pixel (y, x) of a tensor needs pixels up to (a y + row, a x + column) of an earlier one.
struct Reach {
  std::int64_t a_row = 1, row = 0, a_column = 1, column = 0;
  std::int64_t weighted = 0;  ///< weighted layers between them, the longest way
};

/// Tensors that `tensor` is computed from pixel by pixel, itself included, and how far it reaches into them.
std::map<TensorId, Reach> reaches(const Network& network, const TileWork& work, TensorId tensor) {
  std::map<TensorId, Reach> all{{tensor, {}}};
  for (std::size_t i = network.layers.size(); i-- > 0;) {
    const Layer& layer = network.layers[i];
    const auto found = all.find(layer.output);
    if (found == all.end() || !work.in_tiles[i] || work.arrival[layer.output.value()] != Arrival::kPixels) continue;
    Reach reach = found->second;
    if (const auto w = window(network, layer)) {
      reach.a_row *= w->stride_h, reach.row = reach.row * w->stride_h + w->reach_h - 1 - w->pad_top;
      reach.a_column *= w->stride_w, reach.column = reach.column * w->stride_w + w->reach_w - 1 - w->pad_left;
    } else if (std::holds_alternative<workloads::Dense>(layer.op)) {
      continue;
    }
    if (layer.is_mvm()) ++reach.weighted;
    for (const TensorId input : layer.inputs) {
      const auto [there, fresh] = all.try_emplace(input, reach);
      if (fresh) continue;
      there->second.row = std::max(there->second.row, reach.row);
      there->second.column = std::max(there->second.column, reach.column);
      there->second.weighted = std::max(there->second.weighted, reach.weighted);
    }
  }
  return all;
}

/// Whether all that a tensor is computed from in its load was stored by the host before.
bool from_stored(const Network& network, const TileWork& work, const std::map<TensorId, Reach>& reached) {
  return std::ranges::all_of(reached, [&](const auto& tensor) {
    if (work.arrival[tensor.first.value()] == Arrival::kStored) return true;
    const auto producer = network.producer(tensor.first);
    return producer && work.arrival[tensor.first.value()] == Arrival::kPixels &&
           std::ranges::all_of(network.layer(*producer).inputs,
                               [&](TensorId input) { return reached.contains(input); });
  });
}

/// The last tensor in order of computation that both reach.
std::optional<TensorId> last_common(const Network& network, const std::map<TensorId, Reach>& a,
                                    const std::map<TensorId, Reach>& b) {
  for (std::size_t i = network.layers.size(); i-- > 0;)
    if (const TensorId t = network.layers[i].output; a.contains(t) && b.contains(t)) return t;
  if (a.contains(network.input) && b.contains(network.input)) return network.input;
  return std::nullopt;
}

std::int64_t floor_div(std::int64_t n, std::int64_t d) { return -ceil_div(-n, d); }

}  // namespace

std::int64_t positions_under_way(const ops::CrossbarMachine& machine, const ops::CrossbarConfig& config) {
  const bool skipped = machine.pipeline.zero_steps == ops::ZeroSteps::kSkipped;
  return 2 + ceil_div(machine.pipeline.drain_stages, skipped ? 1 : machine.beats(config));
}

std::int64_t most_positions_under_way(const ops::CrossbarMachine& machine, ops::CrossbarConfig config) {
  config.input_signed = false;  // a sign takes a step of its own
  return positions_under_way(machine, config);
}

std::pair<ops::Rate, ops::Rate> window_rates(const Network& network, const Layer& layer, const Loop& from) {
  const Window w = window(network, layer).value();
  const ops::Rate row{.a = w.stride_h, .last = w.reach_h - 1 - w.pad_top, .first = -w.pad_top};
  if (from.columns == 1) return {row, ops::Rate{}};
  return {row, {.a = w.stride_w, .last = w.reach_w - 1 - w.pad_left, .first = -w.pad_left}};
}

std::int64_t buffered(const Network& network, const Layer& layer, std::int64_t producer_columns,
                      std::int64_t under_way) {
  const std::optional<Window> w = window(network, layer);
  const std::int64_t rows = pixels(network.tensor(layer.inputs[0]).shape).rows;
  if (!w) return rows * producer_columns;
  const std::int64_t reach_w = std::min(w->reach_w, producer_columns);
  const std::int64_t full_rows = w->reach_h - 1 + w->stride_h - 1;
  const std::int64_t positions_in_row = pixels(network.tensor(layer.output).shape).columns;
  std::int64_t ahead = std::max(reach_w, under_way * w->stride_w);
  if (positions_in_row < under_way) ahead = ceil_div(under_way, positions_in_row) * w->stride_h * producer_columns;
  else if (producer_columns == 1) ahead = 1;
  return std::min(rows * producer_columns, full_rows * producer_columns + reach_w + ahead);
}

std::int64_t pooling_window(const Network& network, const Layer& layer) {
  const Window w = window(network, layer).value();
  const Loop image = pixels(network.tensor(layer.inputs[0]).shape);
  const std::int64_t reach = std::min(w.reach_w, image.columns);
  return std::min(image.size(), (w.reach_h - 1) * image.columns + reach + std::max(reach, w.stride_w));
}

std::array<std::int64_t, 2> addition_windows(const Network& network, const TileWork& work, std::size_t layer,
                                             std::int64_t under_way) {
  const std::vector<TensorId>& inputs = network.layers[layer].inputs;
  const Loop image = pixels(network.tensor(inputs[0]).shape);
  const std::array<std::int64_t, 2> whole{image.size(), image.size()};
  const Arrival one = work.arrival[inputs[0].value()], other = work.arrival[inputs[1].value()];
  const bool stored = one == Arrival::kStored || other == Arrival::kStored;
  const std::int64_t two = std::min<std::int64_t>(image.size(), 2);
  const std::array<std::int64_t, 2> few{two, two};
  if (stored && (one == Arrival::kPixels || other == Arrival::kPixels)) return few;
  for (const TensorId input : inputs)
    if (work.arrival[input.value()] != Arrival::kPixels) return whole;
  const auto first = reaches(network, work, inputs[0]), second = reaches(network, work, inputs[1]);
  const std::optional<TensorId> common = last_common(network, first, second);
  // What comes from the host for each of them alone is sent when there is room: they cannot wait for each other.
  if (!common && from_stored(network, work, first) && from_stored(network, work, second)) return few;
  if (!common) return whole;
  const Reach &a = first.at(*common), &b = second.at(*common);
  if (a.a_row != b.a_row || a.a_column != b.a_column) return whole;
  // Pixels by which b is behind a, in raster order.
  const std::int64_t behind =
      floor_div(b.row - a.row, a.a_row) * image.columns + floor_div(b.column - a.column, a.a_column);
  const auto held = [&](std::int64_t lag, std::int64_t layers) {
    return std::min(image.size(), std::max<std::int64_t>(lag, 0) + std::max<std::int64_t>(layers, 0) * under_way + 2);
  };
  return {held(behind, b.weighted - a.weighted), held(-behind, a.weighted - b.weighted)};
}

std::int64_t result_windows(const Network& network, const TileWork& work, TensorId tensor, std::int64_t elements,
                            std::int64_t under_way, std::int64_t element_bits) {
  std::int64_t bits = 0;
  const std::int64_t image = pixels(network.tensor(tensor).shape).size();
  const auto keep = [&](std::int64_t held) { bits += ceil_div(elements * held, image) * element_bits; };
  for (const workloads::LayerId id : network.consumers(tensor)) {
    const std::size_t index = id.value();
    const Layer& layer = network.layers[index];
    if (!work.in_tiles[index] || layer.is_mvm()) continue;
    std::int64_t made = elements;
    if (const auto* binary = std::get_if<workloads::Binary>(&layer.op); binary) {
      if (layer.inputs[work.anchor[index]] != tensor) continue;  // added in another tile
      const auto held = addition_windows(network, work, index, under_way);
      keep(held[0]);
      if (reshaped_from(network, layer.inputs[0]) != reshaped_from(network, layer.inputs[1])) keep(held[1]);
    } else if (std::holds_alternative<Pool2d>(layer.op)) {
      keep(pooling_window(network, layer));
      made = elements / image * pixels(network.tensor(layer.output).shape).size();
    }
    bits += result_windows(network, work, layer.output, made, under_way, element_bits);
  }
  return bits;
}

}  // namespace cimera::mapping
