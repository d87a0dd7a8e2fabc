#include "mapping/tile_work.h"

#include <algorithm>
#include <variant>

#include "mapping/tensor_places.h"
#include "mapping/windows.h"

namespace cimera::mapping {
namespace {

using ops::TileFunction;
using workloads::Layer;
using workloads::Network;
using workloads::Pool2d;
using workloads::Reshape;
using workloads::TensorId;

bool same_image(const workloads::Shape& a, const workloads::Shape& b) {
  const Loop from = pixels(a), to = pixels(b);
  return from.rows == to.rows && from.columns == to.columns;
}

/// Bits of both operands of an addition, and of those that are kept whole already where it is done.
std::int64_t whole_bits(const Network& network, const ops::CrossbarMachine& machine, const TileWork& work,
                        std::size_t index) {
  const Layer& layer = network.layers[index];
  return 2 * workloads::elements(network.tensor(layer.output).shape) * machine.precision.result_bits +
         work.kept_whole[layer.inputs[work.anchor[index]].value()];
}

bool in_step(const Network& network, const TileWork& work, std::size_t index) {
  const std::int64_t image = pixels(network.tensor(network.layers[index].output).shape).size();
  const auto held = addition_windows(network, work, index, 0);
  return image == 1 || held[0] + held[1] < 2 * image;
}

/// Whether tiles add the operands of layer `index`.
bool added_in_tiles(const Network& network, const ops::CrossbarMachine& machine, const TileWork& work,
                    std::size_t index) {
  const std::vector<TensorId>& inputs = network.layers[index].inputs;
  if (network.tensor(inputs[1]).shape != network.tensor(inputs[0]).shape) return false;
  const auto sent = [&](TensorId input) { return from_host(work.arrival[input.value()]); };
  if (sent(inputs[0]) && sent(inputs[1])) return false;
  // How many pixels lie between operands that come in step is the business of the placement.
  return in_step(network, work, index) ||
         2 * static_cast<double>(whole_bits(network, machine, work, index)) <= machine.pipeline.buffer.si();
}

/// Whether tiles compute layer `index`, given what `work` says of the layers before it.
bool computed_in_tiles(const Network& network, const ops::CrossbarMachine& machine, const TileWork& work,
                       std::size_t index) {
  const Layer& layer = network.layers[index];
  if (layer.is_mvm()) return true;
  const std::optional<TileFunction> function = tile_function(layer.op);
  if (!function || !machine.can(*function)) return false;
  for (const TensorId input : layer.inputs)
    if (network.tensor(input).constant) return false;
  const Arrival arrival = work.arrival[layer.inputs[0].value()];
  if (function == TileFunction::kMaxPool) return arrival == Arrival::kPixels;
  if (function == TileFunction::kAdd) return added_in_tiles(network, machine, work, index);
  return !from_host(arrival);
}

}  // namespace

std::optional<TileFunction> tile_function(const workloads::Operator& op) {
  if (const auto* unary = std::get_if<workloads::Unary>(&op)) {
    switch (unary->kind) {
      case workloads::UnaryKind::kRelu:
        return TileFunction::kRelu;
      case workloads::UnaryKind::kSigmoid:
        return TileFunction::kSigmoid;
      case workloads::UnaryKind::kTanh:
        return TileFunction::kTanh;
      default:
        return std::nullopt;
    }
  }
  if (const auto* pool = std::get_if<Pool2d>(&op); pool && pool->kind == Pool2d::Kind::kMax)
    return TileFunction::kMaxPool;
  if (const auto* binary = std::get_if<workloads::Binary>(&op); binary && binary->kind == workloads::BinaryKind::kAdd)
    return TileFunction::kAdd;
  return std::nullopt;
}

TileWork tile_work(const Network& network, const ops::CrossbarMachine& machine, std::size_t first, std::size_t last) {
  TileWork work;
  work.arrival.assign(network.tensors.size(), Arrival::kRows);
  work.kept_whole.assign(network.tensors.size(), 0);
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    if (index < first || index >= last) {
      if (index < first) work.arrival[network.layers[index].output.value()] = Arrival::kStored;
      work.anchor.push_back(0);
      work.in_tiles.push_back(false);
      continue;
    }
    const Layer& layer = network.layers[index];
    const bool second = layer.inputs.size() == 2 && from_host(work.arrival[layer.inputs[0].value()]);
    work.anchor.push_back(second ? 1 : 0);
    const Arrival before = work.arrival[layer.inputs[work.anchor.back()].value()];
    Arrival& after = work.arrival[layer.output.value()];
    if (std::holds_alternative<Reshape>(layer.op)) {
      const bool kept = same_image(network.tensor(layer.inputs[0]).shape, network.tensor(layer.output).shape);
      after = before == Arrival::kPixels && !kept ? Arrival::kWhole : before;
      work.in_tiles.push_back(!from_host(after));
      work.kept_whole[layer.output.value()] = work.kept_whole[layer.inputs[0].value()];
      continue;
    }
    work.in_tiles.push_back(computed_in_tiles(network, machine, work, index));
    if (work.in_tiles.back() && !layer.is_mvm()) {
      const bool whole = std::holds_alternative<workloads::Binary>(layer.op) && !in_step(network, work, index);
      work.kept_whole[layer.output.value()] =
          whole ? whole_bits(network, machine, work, index) : work.kept_whole[layer.inputs[work.anchor.back()].value()];
    }
    // Element-wise functions keep the order in which their operand comes; additions that of the one in tiles.
    if (work.in_tiles.back()) after = layer.is_mvm() ? Arrival::kPixels : before;
  }
  return work;
}

}  // namespace cimera::mapping
