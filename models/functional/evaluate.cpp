#include "models/functional/evaluate.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/crossbar/layer.h"
#include "models/functional/moves.h"
#include "models/functional/placed_layer.h"
#include "workloads/flops.h"

namespace cimera::functional {
namespace {

using ops::Counts;
using ops::Digital;
using ops::Event;
using ops::Program;
using ops::Task;
using workloads::Layer;
using workloads::Network;
using workloads::QuantizedNetwork;
using workloads::TensorId;
using workloads::Values;

/// Images that go through the Program together on one thread.
constexpr std::int64_t kChunk = 16;

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
      : network_(network),
        quantized_(quantized),
        placed_(placed),
        count_(count),
        values_(network.tensors.size()),
        made_(network.tensors.size()),
        stats_(program.layer_names.size()) {
    values_[network.input.value()] = std::move(input);
    for (std::size_t t = 0; t < network.tensors.size(); ++t)
      if (network.tensors[t].constant()) values_[t] = network.tensors[t].values;
  }

  void run(const Task& task) {
    Counts& counts = stats_.layer_counts[task.layer.value()];
    if (const auto* mvm = std::get_if<ops::Mvm>(&task.op.work)) multiply(task, *mvm);
    if (const auto* digital = std::get_if<Digital>(&task.op.work)) compute(*digital, counts);
    if (const auto* host = std::get_if<ops::HostCompute>(&task.op.work)) on_host(host->layer, counts);
  }

  /// The values of a tensor; a Reshape has those of its input.
  const Values& value(TensorId id) {
    Values& values = values_[id.value()];
    const std::int64_t elements = workloads::elements(network_.tensor(id).shape), made = made_[id.value()];
    if (made != 0 && made != elements)
      fail_run("tensor '" + network_.tensor(id).name + "' is read after " + std::to_string(made) + " of its " +
               std::to_string(elements) + " elements");
    if (!values.empty()) return values;
    const auto producer = network_.producer(id);
    if (!producer || !std::holds_alternative<workloads::Reshape>(network_.layer(*producer).op))
      fail_run("the program reads tensor '" + network_.tensor(id).name + "' before it computes it");
    return value(network_.layer(*producer).inputs[0]);
  }

  const ops::OpStats& stats() const { return stats_; }

 private:
  void multiply(const Task& task, const ops::Mvm& mvm) {
    const std::size_t index = task.layer.value();
    const Layer& layer = layer_at(index);
    Sums& sums = sums_[index];
    const PlacedLayer& placed = placed_.at(index);
    if (sums.codes.empty()) {
      const workloads::QuantizedLayer& q = quantized_.of(workloads::LayerId(index));
      for (std::int64_t g = 0; g < placed.shape().groups; ++g) {
        sums.codes.push_back(workloads::input_codes(network_, q, count_, value(layer.inputs[0]), g));
        sums.values.emplace_back(static_cast<std::size_t>(count_ * placed.shape().positions * placed.shape().columns));
      }
      sums.read.resize(static_cast<std::size_t>(placed.arrays()));
    }
    if (mvm.steps != placed.steps())
      fail_run("'" + task.name + "' drives " + std::to_string(mvm.steps) + " input steps, but the quantised layer '" +
               layer.name + "' has " + std::to_string(placed.steps()));
    claim(task, layer, mvm, sums.read);
    placed.multiply(mvm.first, mvm.last, sums.codes, sums.values, stats_.layer_counts[index],
                    stats_.layer_measured[index]);
  }

  /// Marks the arrays of an operation as read.
  static void claim(const Task& task, const Layer& layer, const ops::Mvm& mvm, std::vector<bool>& read) {
    const auto arrays = static_cast<std::int64_t>(read.size());
    if (mvm.first < 0 || mvm.first >= mvm.last || mvm.last > arrays)
      fail_run("'" + task.name + "' reads arrays " + std::to_string(mvm.first) + ".." + std::to_string(mvm.last) +
               " of layer '" + layer.name + "', which has " + std::to_string(arrays));
    for (std::int64_t array = mvm.first; array < mvm.last; ++array) {
      if (read[static_cast<std::size_t>(array)])
        fail_run("'" + task.name + "' reads array " + std::to_string(array) + " of layer '" + layer.name + "' again");
      read[static_cast<std::size_t>(array)] = true;
    }
  }

  const Layer& layer_at(std::size_t index) const {
    if (index >= network_.layers.size()) fail_run("there is no layer " + std::to_string(index) + " in the network");
    return network_.layers[index];
  }

  void compute(const Digital& work, Counts& counts) {
    const std::int64_t elements = (work.end - work.begin) * count_;
    const Layer& layer = layer_at(work.layer);
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
    made_[layer.output.value()] += work.end - work.begin;
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
    const auto read = std::count(sums.read.begin(), sums.read.end(), true);
    if (read != placed.arrays())
      fail_run("layer '" + layer.name + "' is read after " + std::to_string(read) + " of its " +
               std::to_string(placed.arrays()) + " arrays");
    output.resize(static_cast<std::size_t>(count_ * workloads::elements(network_.tensor(layer.output).shape)));
    const workloads::QuantizedLayer& q = quantized_.of(workloads::LayerId(index));
    for (std::int64_t g = 0; g < placed.shape().groups; ++g)
      workloads::dequantize(network_, q, count_, g, sums.values[static_cast<std::size_t>(g)], output);
    sums = Sums();
  }

  void on_host(std::size_t index, Counts& counts) {
    const Layer& layer = layer_at(index);
    values_[layer.output.value()] = run(layer);
    counts[Event::kHostFlops] += workloads::flops(network_, layer) * count_;
    std::int64_t bits = static_cast<std::int64_t>(values_[layer.output.value()].size()) * 32;
    for (const TensorId input : layer.inputs)  // a constant is read for every image
      bits += static_cast<std::int64_t>(value(input).size()) * 32 * (network_.tensor(input).constant() ? count_ : 1);
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
    std::vector<bool> read;                        // by array
  };

  const Network& network_;
  const QuantizedNetwork& quantized_;
  const std::map<std::size_t, PlacedLayer>& placed_;
  std::int64_t count_;
  std::vector<Values> values_;      // by tensor
  std::vector<std::int64_t> made_;  // by tensor: elements of an image that tiles have made
  ops::OpStats stats_;
  std::map<std::size_t, Sums> sums_;
};

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
  if (input.values.size() != in * static_cast<std::size_t>(input.count))
    fail_input(std::to_string(input.values.size()) + " values for " + std::to_string(input.count) + " samples of " +
               workloads::format(network.tensor(network.input).shape));
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
