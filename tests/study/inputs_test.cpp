#include "study/inputs.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/core/error_text.h"
#include "tests/paths.h"
#include "workloads/data/npy.h"
#include "workloads/synthetic/digits.h"

namespace cimera::study {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Experiment experiment() {
  Experiment e;
  e.machines = {"isaac", "cpu_ddr4"};
  e.samples = 40;
  return e;
}

TEST(LoadInputs, DefaultsAreSyntheticAndCalibratedOnOtherPictures) {
  const Inputs inputs = load(experiment());
  EXPECT_TRUE(inputs.synthetic_network);
  EXPECT_TRUE(inputs.synthetic_data);
  EXPECT_EQ(inputs.samples, 40);
  EXPECT_EQ(inputs.calibration->batch.count, kCalibrationSamples);
  EXPECT_FALSE(inputs.calibration->from_evaluation);
  EXPECT_NE(inputs.calibration->name, inputs.data->name);
  EXPECT_FALSE(inputs.baseline.has_value());
}

TEST(LoadInputs, MachinesHaveHostCellAndPrecision) {
  Experiment e = experiment();
  EXPECT_EQ(load(e).machines[0].weight_bits, 16);
  e.weight_bits = 4, e.activation_bits = 6;
  const Inputs inputs = load(e);
  const Machine &isaac = inputs.machines[0], &cpu = inputs.machines[1];
  EXPECT_EQ(isaac.host.name, "cpu_ddr4");
  EXPECT_EQ(isaac.cell_name, "reram_isaac");
  EXPECT_EQ(isaac.weight_bits, 4);
  EXPECT_EQ(isaac.activation_bits, 6);
  EXPECT_TRUE(isaac.deterministic());
  EXPECT_EQ(cpu.host.name, "cpu_ddr4");
  EXPECT_FALSE(cpu.cell.has_value());
  EXPECT_FALSE(cpu.quantizes());
}

TEST(LoadInputs, OverridesReachMachineCellAndHost) {
  Experiment e = experiment();
  e.machines = {"isaac"};
  e.overrides = {"organisation.chips=3", "cell.sigma_program=0.1", "cpu_ddr4:cores.count=4"};
  const Machine machine = load(e).machines[0];
  EXPECT_EQ(machine.spec.crossbar()->organisation.chips, 3);
  EXPECT_FALSE(machine.deterministic());
  EXPECT_EQ(machine.host.host()->cores.count, 4);
}

TEST(LoadInputs, OverridesOfAMachineReachItAsHostToo) {
  Experiment e = experiment();
  e.overrides = {"cpu_ddr4:cores.count=4"};
  const Inputs inputs = load(e);
  EXPECT_EQ(inputs.machines[0].host.host()->cores.count, 4);
  EXPECT_EQ(inputs.machines[1].spec.host()->cores.count, 4);
}

TEST(LoadInputs, BaselineIsOneOfTheMachines) {
  Experiment e = experiment();
  e.baseline = "cpu_ddr4";
  EXPECT_EQ(load(e).baseline, 1U);
  e.machines = {"isaac"};
  EXPECT_EQ(error_text([&] { load(e); }), "--baseline: 'cpu_ddr4' is not one of the machines that are compared: isaac");
}

TEST(LoadInputs, NumbersAreChecked) {
  const auto failure = [](auto change) {
    Experiment e = experiment();
    change(e);
    return error_text([&] { load(e); });
  };
  EXPECT_EQ(failure([](Experiment& e) { e.trials = 0; }), "--trials: 0: must be at least 1");
  EXPECT_EQ(failure([](Experiment& e) { e.batches = {1, 0}; }), "--batch: 0: must be at least 1");
  EXPECT_EQ(failure([](Experiment& e) { e.batches = {4, 1, 4}; }), "--batch: batch size 4 is named twice");
  EXPECT_EQ(failure([](Experiment& e) { e.batches = {}; }), "--batch: no batch size is given");
  EXPECT_EQ(failure([](Experiment& e) { e.weight_bits = 17; }), "--bits: 17: must be 1 to 16");
  EXPECT_EQ(failure([](Experiment& e) { e.samples = -1; }), "--samples: -1: must be at least 0");
  EXPECT_EQ(failure([](Experiment& e) { e.machines = {}; }), "--machines: no machine is named");
}

/// Digits in .npy files, as a user's own data.
class OwnData : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cimera_inputs_" + std::to_string(::getpid()));
    fs::create_directory(folder_);
    const workloads::Batch digits = workloads::digits(5, 0, 300);
    const std::vector<std::int32_t> labels(digits.labels.begin(), digits.labels.end());
    workloads::save_npy<float>((folder_ / "x.npy").string(), {300, 28, 28}, digits.values);
    workloads::save_npy<std::int32_t>((folder_ / "y.npy").string(), {300}, labels);
    spec_ = "npy:" + (folder_ / "x.npy").string() + "," + (folder_ / "y.npy").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  std::string spec_;
};

TEST_F(OwnData, AreCalibratedOnTheFirstEvaluatedSamplesAndThatIsSaid) {
  Experiment e = experiment();
  e.data = spec_;
  e.samples = 0;
  const Inputs all = load(e);
  EXPECT_EQ(all.samples, 300);
  EXPECT_FALSE(all.synthetic_data);
  EXPECT_EQ(all.calibration->batch.count, kCalibrationSamples);
  EXPECT_TRUE(all.calibration->from_evaluation);
  e.samples = 40;
  EXPECT_EQ(load(e).calibration->batch.count, 40);
}

TEST_F(OwnData, NetworksThatWereQuantisedBeforeBringTheirBitsAndRanges) {
  const std::string folder = CIMERA_SOURCE_DIR "/tests/workloads/quantised/digits_";
  Experiment e = experiment();
  e.data = spec_;
  e.network.network = folder + "qdq_unsigned.onnx";
  const Inputs inputs = load(e);
  EXPECT_TRUE(inputs.codes.complete());
  EXPECT_FALSE(inputs.calibration.has_value());
  EXPECT_EQ(inputs.machines[0].weight_bits, 9) << "unsigned 8-bit weights less their zero points";
  EXPECT_EQ(inputs.machines[0].activation_bits, 8);
  const auto failure = [&](auto change) {
    Experiment changed = e;
    change(changed);
    return error_text([&] { load(changed); });
  };
  EXPECT_EQ(failure([](Experiment& x) { x.weight_bits = 4, x.activation_bits = 8; }),
            "--bits: 4-bit weights: 'digits_qdq_unsigned' was quantised before, and its file has 9-bit codes; leave "
            "--bits out");
  EXPECT_THAT(failure([](Experiment& x) { x.weight_bits = 9, x.activation_bits = 6; }), HasSubstr("6-bit activations"));
  EXPECT_EQ(failure([](Experiment& x) { x.weight_bits = 9, x.activation_bits = 8; }), "no error");
  EXPECT_THAT(failure([&](Experiment& x) { x.calibrate = spec_; }), HasSubstr("--calibrate: the network"));
  EXPECT_THAT(failure([](Experiment& x) { x.calibration = workloads::Calibration::kMse; }),
              HasSubstr("--calibration: the network"));
  e.network.network = folder + "dynamic.onnx";  // whose ranges are left open
  e.calibration = workloads::Calibration::kMse;
  EXPECT_EQ(load(e).machines[0].weight_bits, 8);
  EXPECT_EQ(load(e).calibration->batch.count, 40);
}

TEST_F(OwnData, CalibrationNamesDataAndCount) {
  Experiment e = experiment();
  e.calibrate = spec_ + ":17";
  e.transform.scale = 255;
  const CalibrationData seventeen = *load(e).calibration;
  EXPECT_EQ(seventeen.batch.count, 17);
  EXPECT_FALSE(seventeen.from_evaluation);
  EXPECT_LE(*std::ranges::max_element(seventeen.batch.values), 1.0F);  // transformed like the evaluated samples
  e.calibrate = spec_;
  EXPECT_EQ(load(e).calibration->batch.count, kCalibrationSamples);
  e.calibrate = spec_ + ":301";
  EXPECT_THAT(error_text([&] { load(e); }), HasSubstr("--calibrate: 301 samples wanted, but"));
  e.calibrate = spec_ + ":0";
  EXPECT_THAT(error_text([&] { load(e); }), HasSubstr("the number of samples must be at least 1"));
}

}  // namespace
}  // namespace cimera::study
