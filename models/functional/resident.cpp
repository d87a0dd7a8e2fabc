#include "models/functional/resident.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/integers.h"
#include "models/functional/crossbar/layer.h"
#include "models/functional/moves.h"
#include "models/functional/store.h"

namespace cimera::functional {

using ops::Task;
using ops::Transfer;

Resident::Resident(const ops::Program& load, const ops::Program& run, const ops::CrossbarMachine& machine,
                   const workloads::QuantizedNetwork& network, const devices::CellModel& cell, const Draw& draw,
                   const ConverterRanges& ranges)
    : network_(*network.network),
      organisation_(machine.organisation),
      counts_(load.layer_names.size()),
      counts_of_run_(run.layer_names.size()) {
  for (const workloads::QuantizedLayer& q : network.layers) {
    const auto range = ranges.find(q.layer.value());
    PlacedLayer placed(machine, network_, q, cell, draw,
                       range == ranges.end() ? std::span<const double>() : std::span(range->second));
    std::vector<std::optional<Written>> nowhere(static_cast<std::size_t>(placed.arrays()));
    input_bits_[q.layer.value()] = q.activation_bits;
    layers_.emplace(q.layer.value(), Layer{std::move(placed), std::move(nowhere)});
  }
  execute({load, Dependencies(load), false});
  arrived_.clear();
  execute({run, Dependencies(run), true});
}

void Resident::execute(const Course& course) {
  for (std::uint32_t t = 0; t < course.program.tasks.size(); ++t) {
    const Task& task = course.program.tasks[t];
    const auto* move = std::get_if<Transfer>(&task.op.work);
    if (move && move->what == Transfer::What::kWeights) {
      bring(course, t, *move);
    } else if (const auto* cells = std::get_if<ops::WriteCells>(&task.op.work)) {
      write(course, t, *cells);
    } else if (!course.run) {
      fail_run("'" + task.name + "': loading moves weights and writes cells");
    } else if (const auto* mvm = std::get_if<ops::Mvm>(&task.op.work)) {
      check(course, t, *mvm);
    } else if (move) {
      check(course, t, *move);
    } else if (const auto* digital = std::get_if<ops::Digital>(&task.op.work)) {
      tiles_[digital->place].workers.push_back(t);
    }
  }
}

Resident::Layer& Resident::find(const Task& task, std::int64_t first, std::int64_t last) {
  const auto found = layers_.find(task.layer.value());
  if (found == layers_.end())
    fail_run("'" + task.name + "': layer '" + layer_at(network_, task.layer.value()).name + "' has no arrays");
  const std::int64_t arrays = found->second.placed.arrays();
  if (first < 0 || first >= last || last > arrays)
    fail_run(fmt::format("'{}' uses arrays {}..{} of layer '{}', which has {}", task.name, first, last,
                         network_.layers[task.layer.value()].name, arrays));
  return found->second;
}

void Resident::bring(const Course& course, std::uint32_t t, const Transfer& work) {
  const Task& task = course.program.tasks[t];
  if (work.from != ops::kHostMemory || work.to == ops::kHostMemory)
    fail_run("'" + task.name + "': loading moves weights from host memory to a tile");
  Tile& tile = tiles_[work.to];
  if (!tile.workers.empty()) replace(course, t, tile);
  for (const std::uint32_t worker : tile.workers_before)
    if (!course.dependencies.lead(worker, t))
      fail_run(
          fmt::format("'{}' brings weights to {}, but no edges make it wait for '{}', which works there with those "
                      "before",
                      task.name, name_of(work.to), course.program.tasks[worker].name));
  arrived_[{work.to, task.layer.value()}].push_back({{work.begin, work.end}, t});
  if (!course.run) count_move(course.program, task, work, 1, counts_.at(task.layer.value()));
}

/// All that the cells of a tile held is gone.
void Resident::replace(const Course& course, std::uint32_t t, Tile& tile) {
  for (const auto& [layer, arrays] : tile.arrays)
    for (std::int64_t array = arrays.begin; array < arrays.end; ++array) {
      std::optional<Written>& written = layers_.at(layer).written[static_cast<std::size_t>(array)];
      if (!written->by)
        fail_run(
            fmt::format("'{}' replaces weights of layer '{}' that were loaded before the run: the next batch would "
                        "not find them",
                        course.program.tasks[t].name, network_.layers[layer].name));
      arrived_.erase({written->place, layer});
      written.reset();
    }
  replacing_.insert(t);
  tile = {.workers_before = std::move(tile.workers), .replaced_by = t};
}

/// A unit holds arrays of one layer.
void Resident::take_units(const Task& task, const ops::WriteCells& work) {
  Tile& tile = tiles_[work.place];
  tile.units += ceil_div(work.last - work.first, organisation_.arrays_per_ima);
  if (tile.units > organisation_.imas_per_tile)
    fail_run(fmt::format("'{}' writes more arrays into {} than its {} units have, beside what they hold", task.name,
                         name_of(work.place), organisation_.imas_per_tile));
  tile.arrays.emplace_back(task.layer.value(), Range{work.first, work.last});
}

void Resident::write(const Course& course, std::uint32_t t, const ops::WriteCells& work) {
  const Task& task = course.program.tasks[t];
  Layer& layer = find(task, work.first, work.last);
  const std::int64_t before = layer.placed.weights(0, work.first);
  const Range weights{before, before + layer.placed.weights(work.first, work.last)};
  RangeSet there;
  for (const Arrival& arrival : arrived_[{work.place, task.layer.value()}]) {
    if (intersect(arrival.weights, weights).size() == 0) continue;
    there.add(arrival.weights);
    if (!course.dependencies.lead(arrival.task, t))
      fail_run(fmt::format("'{}' writes weights of layer '{}', but no edges make it wait for '{}', which brings them",
                           task.name, network_.layers[task.layer.value()].name,
                           course.program.tasks[arrival.task].name));
  }
  if (const Range gap = there.missing(weights); gap.size() > 0)
    fail_run(fmt::format("'{}': weights {} to {} of layer '{}' have not come to {}", task.name, gap.begin, gap.end,
                         network_.layers[task.layer.value()].name, name_of(work.place)));
  for (std::int64_t array = work.first; array < work.last; ++array) {
    std::optional<Written>& written = layer.written[static_cast<std::size_t>(array)];
    if (written)
      fail_run(fmt::format("'{}' writes array {} of layer '{}' again; it lies in {}", task.name, array,
                           network_.layers[task.layer.value()].name, name_of(written->place)));
    written = Written{work.place, course.run ? std::optional(t) : std::nullopt};
  }
  take_units(task, work);
  ops::Counts& counts = (course.run ? counts_of_run_ : counts_)[task.layer.value()];
  counts[ops::Event::kCellWrites] += layer.placed.cells(work.first, work.last);
}

void Resident::check(const Course& course, std::uint32_t t, const ops::Mvm& work) {
  const Task& task = course.program.tasks[t];
  const Layer& layer = find(task, work.first, work.last);
  const std::string& name = network_.layers[task.layer.value()].name;
  if (work.steps != layer.placed.steps())
    fail_run(fmt::format("'{}' drives {} input steps, but the quantised layer '{}' has {}", task.name, work.steps, name,
                         layer.placed.steps()));
  for (std::int64_t array = work.first; array < work.last; ++array) {
    const std::optional<Written>& written = layer.written[static_cast<std::size_t>(array)];
    if (!written || written->place != work.place)
      fail_run(fmt::format("'{}' reads array {} of layer '{}' in {}, where its cells were not written", task.name,
                           array, name, name_of(work.place)));
    if (written->by && !course.dependencies.lead(*written->by, t))
      fail_run(fmt::format("'{}' reads array {} of layer '{}', but no edges make it wait for '{}', which writes it",
                           task.name, array, name, course.program.tasks[*written->by].name));
  }
  tiles_[work.place].workers.push_back(t);
}

void Resident::check(const Course& course, std::uint32_t t, const Transfer& work) {
  if (work.to == ops::kHostMemory) return;
  const Task& task = course.program.tasks[t];
  const Tile& tile = tiles_[work.to];
  if (tile.replaced_by && !course.dependencies.lead(*tile.replaced_by, t))
    fail_run(
        fmt::format("'{}' brings values to {}, but no edges make it wait for '{}', which comes when the work there "
                    "before is done",
                    task.name, name_of(work.to), course.program.tasks[*tile.replaced_by].name));
  const auto bits = input_bits_.find(task.layer.value());
  if (bits == input_bits_.end() || work.what != Transfer::What::kActivations) return;
  if (work.element_bits < bits->second)
    fail_run(fmt::format("'{}' moves inputs of layer '{}' in {} bits, but their codes have {}", task.name,
                         network_.layers[task.layer.value()].name, work.element_bits, bits->second));
}

}  // namespace cimera::functional
