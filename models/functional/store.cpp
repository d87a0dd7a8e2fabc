#include "models/functional/store.h"

#include <variant>

#include "core/error.h"

namespace cimera::functional {
namespace {

using ops::Digital;
using ops::Place;
using ops::Task;
using ops::Transfer;
using workloads::Layer;
using workloads::Network;
using workloads::TensorId;

/// What the work of a task touches.
struct SlotsOf {
  const Network& network;
  std::uint32_t layer;  ///< of the task

  Slot values(Place place, TensorId tensor) const {
    return {Slot::Kind::kValues, place, 0, origin(network, tensor).value()};
  }
  Slot inputs(Place place, TensorId tensor) const {
    return {Slot::Kind::kInputs, place, layer, origin(network, tensor).value()};
  }
  Slot sums(Slot::Kind kind, Place place) const { return {kind, place, layer, 0}; }

  std::vector<Slot> operator()(const ops::Mvm& work) const {
    return {inputs(work.place, layer_at(network, layer).inputs[0]), sums(Slot::Kind::kSums, work.place)};
  }
  std::vector<Slot> operator()(const Transfer& work) const {
    if (work.what == Transfer::What::kWeights) return {};
    if (work.what == Transfer::What::kPartialSums)
      return {sums(Slot::Kind::kSums, work.from), sums(Slot::Kind::kArrivedSums, work.to)};
    if (work.tensor >= network.tensors.size())
      fail_run("there is no tensor " + std::to_string(work.tensor) + " in the network");
    const TensorId tensor(work.tensor);
    return {values(work.from, tensor), work.to == ops::kHostMemory ? values(work.to, tensor) : inputs(work.to, tensor)};
  }
  std::vector<Slot> operator()(const Digital& work) const {
    std::vector<Slot> slots{sums(Slot::Kind::kSums, work.place), sums(Slot::Kind::kArrivedSums, work.place)};
    if (work.function == Digital::Function::kMerge) return slots;
    const Layer& made = layer_at(network, work.layer);
    slots.push_back(values(work.place, made.output));
    const bool buffered = work.function != Digital::Function::kActivate;
    for (const TensorId input : made.inputs)
      slots.push_back(buffered ? inputs(work.place, input) : values(work.place, input));
    return slots;
  }
  std::vector<Slot> operator()(const ops::HostCompute& work) const {
    const Layer& made = layer_at(network, work.layer);
    std::vector<Slot> slots{values(work.place, made.output)};
    for (const TensorId input : made.inputs) slots.push_back(values(work.place, input));
    return slots;
  }
  std::vector<Slot> operator()(const ops::WriteCells&) const { return {}; }
};

}  // namespace

std::string name_of(Place place) { return ops::point_of(place); }

const Layer& layer_at(const Network& network, std::uint32_t layer) {
  if (layer >= network.layers.size()) fail_run("there is no layer " + std::to_string(layer) + " in the network");
  return network.layers[layer];
}

TensorId origin(const Network& network, TensorId tensor) {
  while (const auto producer = network.producer(tensor)) {
    if (!std::holds_alternative<workloads::Reshape>(network.layer(*producer).op)) break;
    tensor = network.layer(*producer).inputs[0];
  }
  return tensor;
}

std::vector<Slot> slots_of(const Network& network, const Task& task) {
  return std::visit(SlotsOf{network, task.layer.value()}, task.op.work);
}

std::vector<std::vector<Slot>> last_uses(const Network& network, const ops::Program& program) {
  std::map<Slot, std::size_t> last;
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    layer_at(network, program.tasks[t].layer.value());
    for (const Slot& slot : slots_of(network, program.tasks[t])) last[slot] = t;
  }
  last.erase({Slot::Kind::kValues, ops::kHostMemory, 0, origin(network, network.output).value()});
  std::vector<std::vector<Slot>> by_task(program.tasks.size());
  for (const auto& [slot, task] : last) by_task[task].push_back(slot);
  return by_task;
}

}  // namespace cimera::functional
