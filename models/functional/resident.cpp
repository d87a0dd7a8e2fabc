#include "models/functional/resident.h"

#include <string>

#include <fmt/format.h>

#include "core/error.h"
#include "models/functional/crossbar/layer.h"
#include "models/functional/moves.h"
#include "models/functional/store.h"

namespace cimera::functional {

using ops::Task;
using ops::Transfer;

Resident::Resident(const ops::Program& load, const ops::CrossbarMachine& machine,
                   const workloads::QuantizedNetwork& network, const devices::CellModel& cell, const Draw& draw)
    : network_(*network.network), counts_(load.layer_names.size()) {
  for (const workloads::QuantizedLayer& q : network.layers) {
    PlacedLayer placed(machine, network_, q, cell, draw);
    std::vector<std::optional<ops::Place>> nowhere(static_cast<std::size_t>(placed.arrays()));
    input_bits_[q.layer.value()] = q.activation_bits;
    layers_.emplace(q.layer.value(), Layer{std::move(placed), std::move(nowhere)});
  }
  const Dependencies dependencies(load);
  for (std::uint32_t t = 0; t < load.tasks.size(); ++t) {
    const Task& task = load.tasks[t];
    if (const auto* move = std::get_if<Transfer>(&task.op.work)) {
      if (move->what != Transfer::What::kWeights || move->from != ops::kHostMemory)
        fail_run("'" + task.name + "': loading moves weights, from host memory");
      arrived_[{move->to, task.layer.value()}].push_back({{move->begin, move->end}, t});
      count_move(load, task, *move, 1, counts_.at(task.layer.value()));
    } else if (const auto* cells = std::get_if<ops::WriteCells>(&task.op.work)) {
      write(load, dependencies, t, *cells);
    } else {
      fail_run("'" + task.name + "': loading moves weights and writes cells");
    }
  }
}

const Resident::Layer& Resident::find(const Task& task, std::int64_t first, std::int64_t last) const {
  const auto found = layers_.find(task.layer.value());
  if (found == layers_.end())
    fail_run("'" + task.name + "': layer '" + layer_at(network_, task.layer.value()).name + "' has no arrays");
  const std::int64_t arrays = found->second.placed.arrays();
  if (first < 0 || first >= last || last > arrays)
    fail_run(fmt::format("'{}' uses arrays {}..{} of layer '{}', which has {}", task.name, first, last,
                         network_.layers[task.layer.value()].name, arrays));
  return found->second;
}

void Resident::write(const ops::Program& load, const Dependencies& dependencies, std::uint32_t t,
                     const ops::WriteCells& work) {
  const Task& task = load.tasks[t];
  find(task, work.first, work.last);
  Layer& layer = layers_.at(task.layer.value());
  const std::int64_t before = layer.placed.weights(0, work.first);
  const Range weights{before, before + layer.placed.weights(work.first, work.last)};
  RangeSet there;
  for (const Arrival& arrival : arrived_[{work.place, task.layer.value()}]) {
    if (intersect(arrival.weights, weights).size() == 0) continue;
    there.add(arrival.weights);
    if (!dependencies.lead(arrival.task, t))
      fail_run(fmt::format("'{}' writes weights of layer '{}', but no edges make it wait for '{}', which brings them",
                           task.name, network_.layers[task.layer.value()].name, load.tasks[arrival.task].name));
  }
  if (const Range gap = there.missing(weights); gap.size() > 0)
    fail_run(fmt::format("'{}': weights {} to {} of layer '{}' have not come to {}", task.name, gap.begin, gap.end,
                         network_.layers[task.layer.value()].name, name_of(work.place)));
  for (std::int64_t array = work.first; array < work.last; ++array) {
    std::optional<ops::Place>& place = layer.written[static_cast<std::size_t>(array)];
    if (place)
      fail_run(fmt::format("'{}' writes array {} of layer '{}' again; it lies in {}", task.name, array,
                           network_.layers[task.layer.value()].name, name_of(*place)));
    place = work.place;
  }
  counts_[task.layer.value()][ops::Event::kCellWrites] += layer.placed.cells(work.first, work.last);
}

void Resident::check(const Task& task, const ops::Mvm& work) const {
  const Layer& layer = find(task, work.first, work.last);
  const std::string& name = network_.layers[task.layer.value()].name;
  if (work.steps != layer.placed.steps())
    fail_run(fmt::format("'{}' drives {} input steps, but the quantised layer '{}' has {}", task.name, work.steps, name,
                         layer.placed.steps()));
  for (std::int64_t array = work.first; array < work.last; ++array)
    if (layer.written[static_cast<std::size_t>(array)] != work.place)
      fail_run(fmt::format("'{}' reads array {} of layer '{}' in {}, where its cells were not written", task.name,
                           array, name, name_of(work.place)));
}

void Resident::check(const Task& task, const Transfer& work) const {
  const auto bits = input_bits_.find(task.layer.value());
  if (bits == input_bits_.end() || work.what != Transfer::What::kActivations || work.to == ops::kHostMemory) return;
  if (work.element_bits < bits->second)
    fail_run(fmt::format("'{}' moves inputs of layer '{}' in {} bits, but their codes have {}", task.name,
                         network_.layers[task.layer.value()].name, work.element_bits, bits->second));
}

}  // namespace cimera::functional
