#include "mapping/tile_work.h"

#include <algorithm>
#include <variant>

#include "mapping/tensor_places.h"

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

/// Whether tiles compute `layer`, given how its operands arrive.
bool computed_in_tiles(const Network& network, const ops::CrossbarMachine& machine, const Layer& layer,
                       const std::vector<Arrival>& arrival) {
  if (layer.is_mvm()) return true;
  const std::optional<TileFunction> function = tile_function(layer.op);
  if (!function || !machine.can(*function)) return false;
  const bool all_there = std::all_of(layer.inputs.begin(), layer.inputs.end(), [&](TensorId input) {
    return !network.tensor(input).constant && arrival[input.value()] != Arrival::kRows;
  });
  if (!all_there) return false;
  if (function == TileFunction::kMaxPool) return arrival[layer.inputs[0].value()] == Arrival::kPixels;
  return function != TileFunction::kAdd ||
         network.tensor(layer.inputs[0]).shape == network.tensor(layer.inputs[1]).shape;
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

TileWork tile_work(const Network& network, const ops::CrossbarMachine& machine) {
  TileWork work;
  work.arrival.assign(network.tensors.size(), Arrival::kRows);
  for (const Layer& layer : network.layers) {
    const Arrival before = work.arrival[layer.inputs[0].value()];
    Arrival& after = work.arrival[layer.output.value()];
    if (std::holds_alternative<Reshape>(layer.op)) {
      const bool kept = same_image(network.tensor(layer.inputs[0]).shape, network.tensor(layer.output).shape);
      after = before == Arrival::kPixels && !kept ? Arrival::kWhole : before;
      work.in_tiles.push_back(after != Arrival::kRows);
      continue;
    }
    work.in_tiles.push_back(computed_in_tiles(network, machine, layer, work.arrival));
    // Element-wise functions keep the order in which their first operand comes.
    if (work.in_tiles.back()) after = layer.is_mvm() ? Arrival::kPixels : before;
  }
  return work;
}

}  // namespace cimera::mapping
