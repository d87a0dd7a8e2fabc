#include "study/export_spice.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/version.h"
#include "models/functional/circuit/corner.h"
#include "models/functional/circuit/spice.h"
#include "models/functional/evaluate.h"
#include "models/functional/placed_array.h"
#include "study/accuracy.h"
#include "study/inputs.h"

namespace cimera::study {
namespace {

using functional::CrossbarNetwork;

const workloads::QuantizedLayer& weighted_layer(const workloads::QuantizedNetwork& network, const std::string& name) {
  std::vector<std::string> known;
  for (const workloads::QuantizedLayer& layer : network.layers) {
    known.push_back(network.network->layer(layer.layer).name);
    if (known.back() == name || (name.empty() && network.layers.size() == 1)) return layer;
  }
  if (name.empty())
    fail_input({"--layer"}, fmt::format("name the layer whose array is written: {}", fmt::join(known, ", ")));
  fail_input({"--layer"}, unknown_name("weighted layer", name, known));
}

/// A number of lines to write, at most `all` and kSpiceCells.
int lines(const char* option, const std::optional<std::int64_t>& asked, int all) {
  if (asked && *asked > all) fail_input({option}, fmt::format("{}: the array has {} in use", *asked, all));
  const std::int64_t count = asked.value_or(all);
  if (count > functional::kSpiceCells)
    fail_input({option},
               fmt::format("{} are in use, and a netlist has at most {} rows and {} columns; use {} {}", count,
                           functional::kSpiceCells, functional::kSpiceCells, option, functional::kSpiceCells));
  return static_cast<int>(count);
}

}  // namespace

std::string spice_of(const Experiment& experiment, const SpiceChoice& choice) {
  const Inputs inputs = load(experiment);
  const Machine& machine = inputs.machines.front();
  if (!machine.cell)
    fail_input({"--machine"}, fmt::format("'{}' has no arrays; a crossbar machine has", machine.spec.name));
  const workloads::QuantizedNetwork quantized = quantize(inputs, machine.weight_bits, machine.activation_bits);
  const workloads::QuantizedLayer& layer = weighted_layer(quantized, choice.layer);
  const functional::Draw draw{.seed = experiment.seed, .trial = 0};
  const functional::ArrayCircuit circuit = functional::array_circuit(*machine.spec.crossbar(), inputs.network, layer,
                                                                     *machine.cell->model, draw, choice.array);
  const functional::WiredCells& cells = circuit.cells;
  const CrossbarNetwork whole = cells.network();
  const int rows = lines("--rows", choice.rows, whole.rows),
            columns = lines("--columns", choice.columns, whole.columns);
  std::vector<double> storage;
  const CrossbarNetwork part = functional::corner(whole, rows, columns, cells.gated(), storage);

  const bool interleaved = cells.supply() == functional::Supply::kInterleaved;
  if (interleaved && rows % 2 != 0)
    fail_input({"--rows"}, fmt::format("{}: pairs are interleaved, each takes two rows; use {}", rows, rows + 1));
  const int pair = interleaved ? 1 : machine.spec.crossbar()->config().cells_per_slice();
  std::string title = fmt::format(
      "cimera {}: machine {}, cell {}, seed {}\n"
      "network {}, layer {}, array {} of {}: weights {} to {} of inputs {} to {}, slices {} to {}\n"
      "written: rows {} to {} of {}, columns {} to {} of {}\n"
      "column = {}weight * {} + slice{}{}",
      kVersion, machine.spec.name, machine.cell_name, experiment.seed, inputs.network.name,
      inputs.network.layer(layer.layer).name, choice.array, circuit.arrays, circuit.first_column,
      circuit.first_column + circuit.weights - 1, circuit.first_row, circuit.first_row + circuit.rows - 1,
      circuit.slices.begin, circuit.slices.end - 1, whole.rows - rows, whole.rows - 1, whole.rows, 0, columns - 1,
      whole.columns, pair == 2 ? "2 * (" : "", circuit.slices.count(),
      pair == 2 ? ") + (0: positive, 1: negative cell)" : "",
      interleaved ? ", row = 2 * input + (0: positive, 1: negative cell)" : ", row = input");
  const int of_weights = circuit.weights * circuit.slices.count() * pair;
  if (whole.columns > of_weights) title += fmt::format("\ncolumns from {} on measure the sum of inputs", of_weights);
  if (cells.gated())
    return functional::spice_netlist(part, cells.supply(), std::vector<std::uint8_t>(static_cast<std::size_t>(rows), 1),
                                     title);
  const auto v_read = machine.cell->model->figures().v_read;
  std::vector<double> voltages(static_cast<std::size_t>(rows), v_read ? v_read->si() : 1.0);
  if (interleaved)
    for (int r = 1; r < rows; r += 2) voltages[static_cast<std::size_t>(r)] *= -1;
  return functional::spice_netlist(part, voltages, title);
}

}  // namespace cimera::study
