#include "models/functional/evaluate.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/crossbar/layer.h"
#include "models/functional/placed_layer.h"
#include "workloads/flops.h"

namespace cimera::functional {
namespace {

using ops::Counts;
using ops::Digital;
using ops::Event;
using ops::Program;
using ops::Task;
using ops::UnitKind;
using workloads::Layer;
using workloads::Network;
using workloads::QuantizedNetwork;
using workloads::TensorId;
using workloads::Values;

/// Images that go through the Program together on one thread.
constexpr std::int64_t kChunk = 16;

/// Counts what `bits` moved over the path of a transfer are, unit by unit.
void count_move(const Program& program, const Task& task, std::int64_t bits, Counts& counts) {
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

}  // namespace

struct Executor::State {
  const Program& program;
  const Network& network;
  const QuantizedNetwork& quantized;
  std::map<std::size_t, PlacedLayer> placed;  // by network layer
  std::vector<Counts> programming;
};

namespace {

/// The values of some images on their way through the Program.
class Walk {
 public:
  Walk(const Program& program, const Network& network, const QuantizedNetwork& quantized,
       const std::map<std::size_t, PlacedLayer>& placed, std::int64_t count, Values input)
      : program_(program),
        network_(network),
        quantized_(quantized),
        placed_(placed),
        count_(count),
        values_(network.tensors.size()),
        stats_(program.layer_names.size()) {
    values_[network.input.value()] = std::move(input);
    for (std::size_t t = 0; t < network.tensors.size(); ++t)
      if (network.tensors[t].constant()) values_[t] = network.tensors[t].values;
  }

  void run(const Task& task) {
    Counts& counts = stats_.layer_counts[task.layer.value()];
    if (const auto* mvm = std::get_if<ops::Mvm>(&task.op.work)) multiply(task.layer.value(), *mvm);
    if (const auto* digital = std::get_if<Digital>(&task.op.work)) compute(*digital, counts);
    if (const auto* host = std::get_if<ops::HostCompute>(&task.op.work)) on_host(host->layer, counts);
  }

  /// The values of a tensor; a Reshape has those of its input.
  const Values& value(TensorId id) {
    Values& values = values_[id.value()];
    if (!values.empty()) return values;
    const auto producer = network_.producer(id);
    if (!producer || !std::holds_alternative<workloads::Reshape>(network_.layer(*producer).op))
      fail_run("the program reads tensor '" + network_.tensor(id).name + "' before it computes it");
    return value(network_.layer(*producer).inputs[0]);
  }

  const ops::OpStats& stats() const { return stats_; }

 private:
  void multiply(std::size_t index, const ops::Mvm& mvm) {
    const Layer& layer = network_.layers[index];
    Sums& sums = sums_[index];
    const PlacedLayer& placed = placed_.at(index);
    if (sums.codes.empty()) {
      const workloads::QuantizedLayer& q = quantized_.of(workloads::LayerId(index));
      for (std::int64_t g = 0; g < placed.shape().groups; ++g) {
        sums.codes.push_back(workloads::input_codes(network_, q, count_, value(layer.inputs[0]), g));
        sums.values.emplace_back(static_cast<std::size_t>(count_ * placed.shape().positions * placed.shape().columns));
      }
    }
    placed.multiply(mvm.first, mvm.last, sums.codes, sums.values, stats_.layer_counts[index],
                    stats_.layer_measured[index]);
    sums.done += mvm.last - mvm.first;
  }

  void compute(const Digital& work, Counts& counts) {
    const std::int64_t elements = (work.end - work.begin) * count_;
    const Layer& layer = network_.layers[work.layer];
    if (work.end > workloads::elements(network_.tensor(layer.output).shape))
      fail_run("layer '" + layer.name + "' has no element " + std::to_string(work.end - 1));
    switch (work.function) {
      case Digital::Function::kMerge:
        counts[Event::kTileShiftAdds] += elements;
        return;  // sums are joined where the products are added up
      case Digital::Function::kAdd:
        counts[Event::kTileShiftAdds] += elements;
        break;
      case Digital::Function::kActivate:
        counts[Event::kActivations] += elements;
        counts[Event::kTileRegisterBits] += elements * work.element_bits;
        break;
      case Digital::Function::kPool:
        counts[Event::kPoolOutputs] += elements;
        break;
    }
    produce(work.layer);
  }

  /// The output of a layer, once, when the first task that has a part in it runs.
  void produce(std::size_t index) {
    const Layer& layer = network_.layers[index];
    Values& output = values_[layer.output.value()];
    if (!output.empty()) return;
    if (layer.is_mvm()) return finish_products(index, output);
    const auto producer = network_.producer(layer.inputs[0]);
    // An activation function that is fused with the products before it: their scaled sums are not stored elsewhere.
    if (producer && network_.layer(*producer).is_mvm()) produce(producer->value());
    output = run(layer);
  }

  void finish_products(std::size_t index, Values& output) {
    const Layer& layer = network_.layers[index];
    Sums& sums = sums_[index];
    const PlacedLayer& placed = placed_.at(index);
    if (sums.done != placed.arrays())
      fail_run("layer '" + layer.name + "' is read after " + std::to_string(sums.done) + " of its " +
               std::to_string(placed.arrays()) + " arrays");
    output.resize(static_cast<std::size_t>(count_ * workloads::elements(network_.tensor(layer.output).shape)));
    const workloads::QuantizedLayer& q = quantized_.of(workloads::LayerId(index));
    for (std::int64_t g = 0; g < placed.shape().groups; ++g)
      workloads::dequantize(network_, q, count_, g, sums.values[static_cast<std::size_t>(g)], output);
    sums = Sums();
  }

  void on_host(std::size_t index, Counts& counts) {
    const Layer& layer = network_.layers[index];
    values_[layer.output.value()] = run(layer);
    counts[Event::kHostFlops] += workloads::flops(network_, layer) * count_;
    std::int64_t bits = static_cast<std::int64_t>(values_[layer.output.value()].size()) * 32;
    for (const TensorId input : layer.inputs) bits += static_cast<std::int64_t>(value(input).size()) * 32;
    counts[Event::kHostCacheBits] += bits;
  }

  Values run(const Layer& layer) {
    std::vector<const Values*> inputs;
    for (const TensorId input : layer.inputs) inputs.push_back(&value(input));
    return workloads::run_layer(network_, layer, count_, inputs);
  }

  /// Sums of products of a weighted layer, until its outputs are made.
  struct Sums {
    std::vector<std::vector<std::int32_t>> codes;  // by group
    std::vector<std::vector<double>> values;       // by group
    std::int64_t done = 0;                         // arrays
  };

  const Program& program_;
  const Network& network_;
  const QuantizedNetwork& quantized_;
  const std::map<std::size_t, PlacedLayer>& placed_;
  std::int64_t count_;
  std::vector<Values> values_;  // by tensor
  ops::OpStats stats_;
  std::map<std::size_t, Sums> sums_;
};

/// Bits that the transfers of a Program move for `count` images, and what the host reads of weights once.
void count_moves(const Program& program, const Network& network, std::int64_t count, std::vector<Counts>& counts) {
  for (const Task& task : program.tasks) {
    const auto* move = std::get_if<ops::Transfer>(&task.op.work);
    if (!move) continue;
    if (move->what == ops::Transfer::What::kActivations &&
        move->end > workloads::elements(network.tensors.at(move->tensor).shape))
      fail_run("task '" + task.name + "' moves elements that tensor '" + network.tensors[move->tensor].name +
               "' does not have");
    const std::int64_t images = move->what == ops::Transfer::What::kWeights ? 1 : count;
    count_move(program, task, (move->end - move->begin) * move->element_bits * images, counts[task.layer.value()]);
  }
}

/// Weights go through the last-level cache of a host once more on their way to the cores, once a batch.
void count_host_weights(const Program& program, const Network& network, std::vector<Counts>& counts) {
  for (const Task& task : program.tasks) {
    const auto* host = std::get_if<ops::HostCompute>(&task.op.work);
    if (!host) continue;
    const Layer& layer = network.layers[host->layer];
    for (const auto& constant : {layer.weights, layer.bias})
      if (constant)
        counts[task.layer.value()][Event::kHostCacheBits] += workloads::elements(network.tensor(*constant).shape) * 32;
  }
}

}  // namespace

Executor::Executor(const Program& program, const ops::MachineSpec& machine, const QuantizedNetwork& network,
                   const devices::CellModel* cell, const Draw& draw)
    : state_(new State{program, *network.network, network, {}, {}}) {
  state_->programming.resize(program.layer_names.size());
  if (!machine.crossbar()) return;
  if (!cell) fail_run("machine '" + machine.name + "' needs a memory cell");
  for (const Task& task : program.tasks) {
    const std::size_t index = task.layer.value();
    if (!std::holds_alternative<ops::Mvm>(task.op.work) || state_->placed.contains(index)) continue;
    const auto [found, fresh] = state_->placed.try_emplace(index, *machine.crossbar(), state_->network,
                                                           network.of(workloads::LayerId(index)), *cell, draw);
    state_->programming[index][Event::kCellWrites] += found->second.cells_programmed();
  }
}

Executor::~Executor() = default;

const std::vector<Counts>& Executor::programming() const { return state_->programming; }

Outcome Executor::run(const workloads::Batch& input) const {
  const Network& network = state_->network;
  const auto in = static_cast<std::size_t>(workloads::elements(network.tensor(network.input).shape));
  const auto out = static_cast<std::size_t>(workloads::elements(network.tensor(network.output).shape));
  Outcome outcome{ops::OpStats(state_->program.layer_names.size()), {}};
  outcome.output.resize(out * static_cast<std::size_t>(input.count));
  std::mutex mutex;
  parallel_for(input.count, kChunk, [&](std::int64_t begin, std::int64_t end) {
    const auto from = input.values.begin() + static_cast<std::ptrdiff_t>(in) * begin;
    Walk walk(state_->program, network, state_->quantized, state_->placed, end - begin,
              Values(from, from + static_cast<std::ptrdiff_t>(in) * (end - begin)));
    for (const Task& task : state_->program.tasks) walk.run(task);
    const Values& values = walk.value(network.output);
    std::copy(values.begin(), values.end(), outcome.output.begin() + static_cast<std::ptrdiff_t>(out) * begin);
    const std::lock_guard lock(mutex);
    outcome += walk.stats();
  });
  count_moves(state_->program, network, input.count, outcome.layer_counts);
  count_host_weights(state_->program, network, outcome.layer_counts);
  return outcome;
}

}  // namespace cimera::functional
