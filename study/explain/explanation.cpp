#include "study/explain/explanation.h"

#include <algorithm>

#include "core/error.h"

namespace cimera::study {
namespace {

std::size_t layer_named(const workloads::Network& network, const std::string& name) {
  std::vector<std::string> names;
  for (const workloads::Layer& layer : network.layers) names.push_back(layer.name);
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) fail_input({"--layer"}, unknown_name("layer", name, names));
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

void check_layer(const NetworkChoice& network, const std::string& layer) {
  if (!layer.empty()) layer_named(load_network(network).network, layer);
}

Explanation explain(const Report& report, std::size_t index, const std::string& layer) {
  const Result& result = report.results.at(index);
  if (result.error) fail_run(result.machine + ": " + *result.error);
  const workloads::Network& network = report.inputs.network;
  const Machine& machine = report.inputs.machines.at(index / report.inputs.experiment.batches.size());
  const Evaluation& evaluation = *result.evaluation;
  const ops::Program& program = evaluation.mapped.run;
  const ops::TimingResult& timing = evaluation.reading.result;
  const ops::Ledger ledger =
      ops::settle(program, timing, evaluation.mapped.prices, evaluation.stats ? &*evaluation.stats : nullptr);
  Explanation explanation{
      &result, roofline(machine, network, result), stalls(program, timing), energy_cells(program, ledger), {}, {}};
  if (layer.empty()) return explanation;
  const std::size_t wanted = layer_named(network, layer);
  explanation.tasks = task_rows(program, timing, wanted);
  explanation.charges = layer_charges(program, timing, evaluation.mapped.prices, wanted);
  return explanation;
}

}  // namespace cimera::study
