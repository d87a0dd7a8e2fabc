// The error of every layer of a network on a machine.
#include <gtest/gtest.h>

#include "study/run.h"

namespace cimera::study {
namespace {

Experiment digits(const std::vector<std::string>& overrides) {
  Experiment experiment;
  experiment.machines = {"isaac"}, experiment.samples = 40, experiment.overrides = overrides;
  experiment.fidelity = Fidelity::kCost;
  return experiment;
}

std::vector<LayerError> errors(const Experiment& experiment) {
  return run(experiment).results.at(0).accuracy->layer_errors;
}

TEST(LayerErrors, AreOfTheLayersInArraysAndGrowWithTheErrorOfTheCells) {
  const Report report = run(digits({}));
  const std::vector<LayerError> ideal = report.results.at(0).accuracy->layer_errors;
  const std::vector<LayerError> noisy = errors(digits({"cell.sigma_program=0.05"}));
  const workloads::Network& network = report.inputs.network;
  ASSERT_EQ(ideal.size(), network.layers.size());
  int layers = 0;
  for (std::size_t i = 0; i < ideal.size(); ++i) {
    EXPECT_EQ(ideal[i].measured, network.layers[i].is_mvm());
    if (!ideal[i].measured) continue;
    // Of 16-bit codes; few inputs lie beyond the calibrated ranges, but they decide the error of the layers behind.
    EXPECT_GT(*ideal[i].sqnr_dB, layers++ == 0 ? 60.0 : 20.0) << network.layers[i].name;
    EXPECT_LT(*noisy[i].sqnr_dB, *ideal[i].sqnr_dB) << network.layers[i].name;
    EXPECT_GT(*noisy[i].sqnr_dB, 5.0) << network.layers[i].name;
  }
  EXPECT_GE(layers, 3);
}

TEST(LayerErrors, OfTheLastLayerIsThatOfTheOutput) {
  // The last layer of the default network is its output: on as many samples as are looked at, both say the same.
  Experiment experiment = digits({"cell.sigma_program=0.05"});
  experiment.samples = kLayerImages;
  const Report report = run(experiment);
  const Accuracy& accuracy = *report.results.at(0).accuracy;
  ASSERT_EQ(report.inputs.network.layers.back().output, report.inputs.network.output);
  EXPECT_DOUBLE_EQ(*accuracy.layer_errors.back().sqnr_dB, *accuracy.output_sqnr_dB);
}

TEST(LayerErrors, DoNotDependOnTheBatchOrOtherSamples) {
  Experiment experiment = digits({"cell.sigma_program=0.05"});
  const std::vector<LayerError> some = errors(experiment);
  experiment.samples = 90, experiment.batches = {4};
  const std::vector<LayerError> more = errors(experiment);
  for (std::size_t i = 0; i < some.size(); ++i) EXPECT_EQ(some[i].sqnr_dB, more[i].sqnr_dB);
}

TEST(LayerErrors, AMachineWithoutArraysHasNone) {
  Experiment experiment = digits({});
  experiment.machines = {"cpu_ddr4"};
  EXPECT_TRUE(errors(experiment).empty());
}

}  // namespace
}  // namespace cimera::study
