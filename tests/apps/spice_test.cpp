// `cimera export spice`: ngspice on what it writes finds the currents that the functional reading computes with.
#include <cmath>

#include <gmock/gmock.h>

#include "core/files.h"
#include "models/functional/circuit/effective_matrix.h"
#include "models/functional/circuit/gated_columns.h"
#include "models/functional/crossbar/layer.h"
#include "models/functional/evaluate.h"
#include "models/functional/placed_array.h"
#include "study/accuracy.h"
#include "study/inputs.h"
#include "tests/apps/program.h"
#include "tests/functional/ngspice.h"

namespace cimera::apps {
namespace {

using namespace cimera::functional;
using circuit_test::has_ngspice;
using ::testing::HasSubstr;

/// Arrays of 48 x 40 cells, with programming errors, and wires that take a good part of the voltage.
const std::vector<std::string> kSettings = {
    "isaac:organisation.rows=48",      "isaac:organisation.columns=40",     "isaac:cell.sigma_program=5 %",
    "isaac:wires.row_per_cell=2 Ohm",  "isaac:wires.column_per_cell=3 Ohm", "isaac:wires.row_driver=20 Ohm",
    "isaac:wires.column_sense=10 Ohm", "isaac:wires.row_far=50 Ohm",        "isaac:wires.column_far=60 Ohm"};

class Spice : public ProgramTest {
 protected:
  std::vector<std::string> command(const std::vector<std::string>& more, const std::vector<std::string>& set) const {
    std::vector<std::string> words = {"export", "spice", "--seed", "3"};
    words.insert(words.end(), more.begin(), more.end());
    for (const std::string& text : set) words.insert(words.end(), {"--set", text});
    return words;
  }
  std::vector<double> currents(const std::vector<std::string>& more, const std::vector<std::string>& set, int columns) {
    std::vector<std::string> words = command(more, set);
    words.insert(words.end(), {"--out", "array.cir"});
    const Ran ran = run(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, "");
    return circuit_test::printed_currents(circuit_test::ngspice_output(folder_ / "array.cir"), columns);
  }
};

/// The same network, machine and draw in the library.
struct Library {
  study::Inputs inputs;
  workloads::QuantizedNetwork quantized;

  explicit Library(const std::vector<std::string>& set) : inputs(load(set)), quantized(quantize()) {}

  static study::Inputs load(const std::vector<std::string>& set) {
    study::Experiment experiment;
    experiment.machines = {"isaac"}, experiment.overrides = set, experiment.seed = 3;
    return study::load(experiment);
  }
  workloads::QuantizedNetwork quantize() const {
    return study::quantize(inputs, inputs.machines[0].weight_bits, inputs.machines[0].activation_bits);
  }
  const ops::CrossbarMachine& machine() const { return *inputs.machines[0].spec.crossbar(); }
  const devices::CellModel& cell() const { return *inputs.machines[0].cell->model; }
};

TEST_F(Spice, FindsTheCurrentsOfTheFunctionalArray) {
  if (!has_ngspice()) GTEST_SKIP() << "ngspice is not installed (scripts/packages.txt)";
  const Library library(kSettings);
  const workloads::QuantizedLayer& conv2 = library.quantized.layers[1];
  const auto shape = mvm_shape(library.inputs.network, library.inputs.network.layer(conv2.layer));
  const Draw draw{.seed = 3, .trial = 0};
  const CrossbarLayer layer(library.machine().config(conv2.weight_bits, conv2.activation_bits, conv2.input_signed),
                            library.cell(), weights_of(conv2, shape, 0), programming_stream(conv2, 0, draw));
  ASSERT_EQ(layer.row_blocks(), 5);  // 200 inputs
  const devices::LevelScale scale = devices::level_scale(library.cell().figures(), 4);
  const double volts = library.cell().figures().v_read->si();
  for (const int index : {1, 9}) {  // the second row block of the first column block; the last one of the second
    const ProgrammedArray& array = layer.array(index % 5, index / 5);
    const int columns = array.weights() * array.slices().count();
    const std::vector<double> found =
        currents({"--layer", "conv2", "--array", std::to_string(index)}, kSettings, columns);
    ASSERT_EQ(found.size(), static_cast<std::size_t>(columns));
    for (int j = 0; j < array.weights(); ++j)
      for (int s = 0; s < array.slices().count(); ++s) {
        double levels = 0.0;
        for (int k = 0; k < array.rows(); ++k) levels += array.level(layer.setting(), k, j, s);
        const double siemens = found[j * array.slices().count() + s] / volts;
        // Levels are held as fixed-point numbers.
        EXPECT_NEAR((siemens - array.rows() * scale.off.si()) / scale.step.si(), levels,
                    array.rows() * std::ldexp(1.0, -array.fraction_bits() - 1) + 1e-5)
            << j << " " << s;
      }
  }
}

TEST_F(Spice, FindsTheSumsOfEveryTopologyAndOfACorner) {
  if (!has_ngspice()) GTEST_SKIP() << "ngspice is not installed (scripts/packages.txt)";
  for (const auto& [inputs, interleaved] :
       {std::pair("rows", "true"), std::pair("gates", "false"), std::pair("gates", "true")}) {
    SCOPED_TRACE(std::string(inputs) + " " + interleaved);
    std::vector<std::string> set = kSettings;
    set.insert(set.end(), {"isaac:precision.encoding=differential", std::string("isaac:wires.inputs=") + inputs,
                           std::string("isaac:wires.interleaved=") + interleaved});
    const Library library(set);
    const ArrayCircuit circuit = array_circuit(library.machine(), library.inputs.network, library.quantized.layers[0],
                                               library.cell(), {.seed = 3, .trial = 0}, 0);
    const CrossbarNetwork network = circuit.cells.network();
    const std::vector<double> found = currents({"--layer", "conv1"}, set, network.columns);
    std::vector<double> ours(network.columns);
    const double volts = circuit.cells.gated() ? 1.0 : library.cell().figures().v_read->si();
    if (circuit.cells.gated()) {
      gated_currents(network, circuit.cells.supply(), std::vector<std::uint8_t>(network.rows, 1), ours);
    } else {
      std::vector<double> matrix(network.conductance.size());
      effective_matrix(network, matrix);
      for (std::size_t i = 0; i < matrix.size(); ++i)
        ours[i % network.columns] += (i / network.columns % 2 == 0 ? 1 : -1) * matrix[i];
    }
    for (int c = 0; c < network.columns; ++c) EXPECT_NEAR(found[c] / volts, ours[c], 1e-11) << c;  // S
    const std::vector<double> part = currents({"--layer", "conv1", "--rows", "10", "--columns", "5"}, set, 5);
    EXPECT_EQ(part.size(), 5u);
  }
}

TEST_F(Spice, WritesToStandardOutputWithoutAFile) {
  const Ran ran = run({"export", "spice", "--layer", "conv1", "--rows", "2", "--columns", "3"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("* network digits_cnn, layer conv1, array 0 of 1: weights 0 to 7 of inputs 0 to 24, "
                                 "slices 0 to 7\n"
                                 "* written: rows 23 to 24 of 25, columns 0 to 2 of 64\n"));
  EXPECT_THAT(ran.out, HasSubstr("\nprint i(vcol2)\n.endc\n.end\n"));
}

TEST_F(Spice, RefusesWhatItCannotWrite) {
  EXPECT_EQ(refusal({"export", "spice", "--layer", "conv2", "--columns", "64"}),
            "--rows: 128 are in use, and a netlist has at most 64 rows and 64 columns; use --rows 64");
  EXPECT_EQ(refusal({"export", "spice"}),
            "--layer: name the layer whose array is written: conv1, conv2, dense1, dense2");
  EXPECT_EQ(refusal({"export", "spice", "--layer", "conf1"}),
            "--layer: unknown weighted layer 'conf1'; did you mean 'conv1'? Weighted layers: conv1, conv2, dense1, "
            "dense2.");
  EXPECT_EQ(refusal({"export", "spice", "--layer", "conv2", "--array", "2"}),
            "--array: 2: layer 'conv2' has arrays 0 to 1");
  EXPECT_EQ(refusal({"export", "spice", "--layer", "conv1", "--rows", "26"}), "--rows: 26: the array has 25 in use");
  EXPECT_EQ(refusal({"export", "spice", "--layer", "conv1", "--machine", "cpu_ddr4"}),
            "--machine: 'cpu_ddr4' has no arrays; a crossbar machine has");
  EXPECT_EQ(refusal({"export", "spice", "x.cir", "--layer", "conv1"}),
            "export: spice: unexpected argument 'x.cir'; use --out x.cir");
  EXPECT_EQ(refusal({"export", "digits", "d.npz", "--rows", "3"}), "--rows: `export digits` has no such option");
  EXPECT_EQ(refusal({"export", "digits"}), "export: digits: name the file, such as digits.npz");
}

}  // namespace
}  // namespace cimera::apps
