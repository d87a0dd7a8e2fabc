#include "study/run.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/parallel.h"
#include "mapping/map.h"
#include "models/cost/evaluate.h"
#include "study/normalize.h"
#include "study/summary.h"

namespace cimera::study {
namespace {

using mapping::MapOptions;
using mapping::Mapped;

Mapped map_machine(const Inputs& inputs, const Machine& machine, MapOptions options, std::int64_t batch) {
  options.batch = batch;
  options.weight_bits = machine.weight_bits;
  options.input_bits = machine.activation_bits;
  return mapping::map_network(inputs.network, machine.spec, machine.host, options);
}

/// Programs one cell to its highest level: a cell that has too few, or misses a figure that this needs, is refused.
void check_cell(const Machine& machine) {
  const int levels = 1 << machine.spec.crossbar()->precision.cell_bits;
  const devices::CellModel& cell = *machine.cell->model;
  if (cell.max_levels() < levels)
    fail_input(machine.cell->where, fmt::format("cell '{}' has {} levels, but machine '{}' stores {} in a cell",
                                                machine.cell_name, cell.max_levels(), machine.spec.name, levels));
  const std::uint8_t highest[] = {static_cast<std::uint8_t>(levels - 1)};
  float effective[1];
  cell.program(levels, highest, effective, Stream({}), {});
}

std::vector<bool> signed_inputs(const workloads::Network& network, const workloads::QuantizedNetwork& quantized) {
  std::vector<bool> by_layer(network.layers.size(), false);
  for (const workloads::QuantizedLayer& layer : quantized.layers) by_layer[layer.layer.value()] = layer.input_signed;
  if (std::ranges::none_of(by_layer, std::identity())) by_layer.clear();  // as for a network that is not known yet
  return by_layer;
}

/// What is the same for all batch sizes of a machine.
struct Prepared {
  MapOptions options;
  std::shared_ptr<const Mapped> one;  ///< one image, with these options
  std::optional<DeviceRun> run;       ///< none without data
};

/// Whether time or energy of a machine depend on the values that it computes with.
bool follows_data(const Mapped& mapped) {
  return !mapped.prices.measured.empty() || std::ranges::any_of(mapped.run.tasks, [](const ops::Task& task) {
    return std::ranges::any_of(task.op.path, &ops::Hop::varies);
  });
}

/// Maps one image on every machine: a network that does not fit, an event without a price, or an unfit cell is refused
/// here, before any work.
std::vector<Prepared> check_machines(const Inputs& inputs) {
  const std::size_t count = inputs.machines.size();
  std::vector<Prepared> prepared(count);
  std::vector<std::exception_ptr> wrong(count);
  const auto check = [&](const Machine& machine, Prepared& own) {
    if (inputs.data && machine.cell) check_cell(machine);
    own.one = std::make_shared<const Mapped>(map_machine(inputs, machine, {}, 1));
    for (const ops::Program* program : {&own.one->run, &own.one->load})
      ops::check_priced(cost::evaluate(*program), own.one->prices, inputs.data.has_value());
  };
  parallel_for(static_cast<std::int64_t>(count), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      try {
        check(inputs.machines[i], prepared[i]);
      } catch (...) {
        wrong[i] = std::current_exception();
      }
    }
  });
  for (const std::exception_ptr& first : wrong)  // the same one whatever ran first
    if (first) std::rethrow_exception(first);
  return prepared;
}

/// Of all that data tell, the mapping needs the signs of inputs.
void set_signs(const Inputs& inputs, const Machine& machine, const workloads::QuantizedNetwork& quantized,
               Prepared& own) {
  own.options.signed_inputs = signed_inputs(inputs.network, quantized);
  if (!own.options.signed_inputs.empty())
    own.one = std::make_shared<const Mapped>(map_machine(inputs, machine, own.options, 1));
}

void find_signs(const Inputs& inputs, std::vector<Prepared>& prepared) {
  for (std::size_t i = 0; i < prepared.size(); ++i)
    if (const Machine& machine = inputs.machines[i]; inputs.data && machine.quantizes())
      set_signs(inputs, machine, quantize(inputs, machine.weight_bits, machine.activation_bits), prepared[i]);
}

void measure_accuracy(const Inputs& inputs, SharedWork& shared, const Progress& progress,
                      std::vector<Prepared>& prepared) {
  if (!inputs.data) return;
  if (!shared.reference) shared.reference = run_reference(inputs, progress);
  const Reference& reference = *shared.reference;
  std::map<std::pair<int, int>, Quantized>& by_bits = shared.quantized;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    const Machine& machine = inputs.machines[i];
    const std::pair bits{machine.weight_bits, machine.activation_bits};
    if (!by_bits.contains(bits))
      by_bits.emplace(bits, run_quantized(inputs, bits.first, bits.second, reference, progress));
    const Quantized& quantized = by_bits.at(bits);
    set_signs(inputs, machine, quantized.network, prepared[i]);
    prepared[i].run = run_device(inputs, machine, *prepared[i].one, quantized, reference, progress);
  }
}

Result read_point(const Inputs& inputs, const Machine& machine, const Prepared& prepared, std::int64_t batch) {
  try {
    const std::shared_ptr<const Mapped> held =
        batch == 1 ? prepared.one
                   : std::make_shared<const Mapped>(map_machine(inputs, machine, prepared.options, batch));
    const Mapped& mapped = *held;
    const Fidelity fidelity = inputs.experiment.fidelity;
    const ops::OpStats* stats = prepared.run ? &prepared.run->stats : nullptr;
    ops::BeatTables beats{inputs.experiment.seed, {}};
    const bool data = stats && !inputs.random_tensors;  // random tensors tell nothing of real ones
    if (data) beats.tasks = stats->task_beats;
    Reading reading = read_program(mapped.run, fidelity, inputs.experiment.periods, beats);
    Result result = summarise(inputs.network, machine, mapped, batch, reading, stats);
    result.weight_load = summarise_load(machine, mapped, read_program(mapped.load, fidelity));
    if (prepared.run && inputs.experiment.accuracy) result.accuracy = prepared.run->accuracy;
    if (prepared.run) result.outputs = prepared.run->outputs;
    result.input_steps = input_steps(mapped.run, beats, data ? prepared.run->accuracy.samples : 0);
    if (inputs.experiment.keep_evaluation)
      result.evaluation = std::make_shared<const Evaluation>(
          Evaluation{mapped, std::move(reading), stats ? std::optional(*stats) : std::nullopt});
    return result;
  } catch (const Error& error) {
    if (error.kind() == Error::Kind::kInput) throw;
    Result result;
    result.machine = machine.spec.name;
    result.batch = batch;
    result.error = error.what();
    return result;
  }
}

}  // namespace

Report run(const Experiment& experiment, const Progress& progress) {
  Report report;
  report.inputs = load(experiment);
  SharedWork shared;
  report.results = run(report.inputs, shared, progress);
  return report;
}

std::vector<Result> run(const Inputs& inputs, SharedWork& shared, const Progress& progress) {
  const Experiment& experiment = inputs.experiment;
  std::vector<Prepared> prepared = check_machines(inputs);
  const bool values = std::ranges::any_of(prepared, [](const Prepared& own) { return follows_data(*own.one); });
  if (experiment.accuracy || values) measure_accuracy(inputs, shared, progress, prepared);
  else find_signs(inputs, prepared);

  const std::size_t batches = experiment.batches.size();
  std::vector<Result> results(inputs.machines.size() * batches);
  if (progress) progress("latency and energy", 0, static_cast<std::int64_t>(results.size()));
  parallel_for(static_cast<std::int64_t>(results.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      results[i] =
          read_point(inputs, inputs.machines[i / batches], prepared[i / batches], experiment.batches[i % batches]);
  });
  if (inputs.baseline) compare_with(inputs.machines[*inputs.baseline].spec.name, results);
  normalize(experiment.normalize, inputs.reference(), results);
  return results;
}

}  // namespace cimera::study
