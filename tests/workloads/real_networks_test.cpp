// The networks and data of $CIMERA_DATA against their published or measured figures.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "core/parallel.h"
#include "tests/workloads/support.h"
#include "workloads/inference.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

/// How many samples the network classifies as labelled.
std::int64_t right(const Values& output, const Batch& batch) {
  const std::vector<std::int32_t> classes = argmax(output, batch.count);
  std::int64_t count = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) count += classes[i] == batch.labels[i] ? 1 : 0;
  return count;
}

class RealNetworks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (data_folder().empty()) GTEST_SKIP() << "CIMERA_DATA is not set";
  }
  ~RealNetworks() override { set_threads(0); }

  static Network network(const std::string& name) { return load_onnx(data_folder() + "/models/" + name + ".onnx"); }
  static Batch samples(const Network& n, const std::string& spec, const InputTransform& transform = {}) {
    const Dataset data = load_dataset(spec);
    check_fits(n, data);
    return take(data, 0, data.size(), transform);
  }
  static std::string mnist() { return "mnist:" + data_folder() + "/mnist"; }
  static std::string cifar10() { return "cifar10:" + data_folder() + "/cifar10"; }
};

TEST_F(RealNetworks, Mnist8Classifies9891Of10000) {
  const Network n = network("mnist-8");
  const Batch batch = samples(n, mnist());
  ASSERT_EQ(batch.count, 10000);
  EXPECT_EQ(right(infer(n, batch), batch), 9891);
  EXPECT_EQ(macs(n), 28 * 28 * 8 * 25 + 14 * 14 * 16 * 200 + 2560);
  EXPECT_EQ(weight_count(n), 200 + 3200 + 2560);
}

TEST_F(RealNetworks, Mnist8GivesItsGoldenOutput) {
  const std::string folder = data_folder() + "/models/mnist-8_test_data_set_0/";
  const Network n = network("mnist-8");
  const Tensor input = load_onnx_tensor(folder + "input_0.pb"), expected = load_onnx_tensor(folder + "output_0.pb");
  const Values y = infer(n, {.count = 1, .shape = {1, 28, 28}, .values = input.values, .labels = {}});
  ASSERT_EQ(y.size(), expected.values.size());
  double largest = 0.0;
  for (const float e : expected.values) largest = std::max(largest, std::abs(static_cast<double>(e)));
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double e = expected.values[i];
    EXPECT_NEAR(y[i], e, 1e-3 * std::abs(e)) << i;
    EXPECT_NEAR(y[i], e, 1e-5 * largest) << i;
  }
}

TEST_F(RealNetworks, MlpClassifies9352Of10000WithinOne) {
  const Network n = network("mnist_mlp_784_50_100_10");
  const Batch batch = samples(n, mnist(), {.scale = 255.0, .mean = {}, .std = {}});
  EXPECT_NEAR(static_cast<double>(right(infer(n, batch), batch)), 9352, 1);
}

TEST_F(RealNetworks, ResNet8Classifies881Of1000WithinOne) {
  const Network n = network("mlperftiny_ic_resnet8");
  const Batch batch = samples(n, cifar10());
  ASSERT_EQ(batch.count, 1000);
  EXPECT_NEAR(static_cast<double>(right(infer(n, batch), batch)), 881, 1);
}

TEST_F(RealNetworks, ResNet20Classifies915Of1000WithinOne) {
  const Network n = network("cifar10_resnet20");
  const Batch batch = samples(n, cifar10(), {.scale = 255.0, .mean = {.485, .456, .406}, .std = {.229, .224, .225}});
  EXPECT_NEAR(static_cast<double>(right(infer(n, batch), batch)), 915, 1);
}

TEST_F(RealNetworks, LightResNet50Has4Point0892GigaMacs) {
  const Network n = network("light/light_resnet50");
  EXPECT_EQ(macs(n), 4089184256);
  EXPECT_EQ(n.tensor(n.output).shape, (Shape{1, 1000}));
}

TEST_F(RealNetworks, AllModelsLoad) {
  std::map<std::string, std::int64_t> macs_of;
  for (const char* folder : {"/models", "/models/light"})
    for (const auto& file : std::filesystem::directory_iterator(data_folder() + folder))
      if (file.path().extension() == ".onnx") macs_of[file.path().stem()] = macs(load_onnx(file.path().string()));
  EXPECT_EQ(macs_of.size(), 8u);
  for (const auto& [name, count] : macs_of) EXPECT_GT(count, 0) << name;
  EXPECT_EQ(macs_of["light_bvlc_alexnet"], 654560384);  // the grouped AlexNet of the catalog
  EXPECT_EQ(macs_of["light_vgg19"], 19632062464);       // VGG-16 and three convolutions more
}

TEST_F(RealNetworks, BitsDependNeitherOnBatchingNorOnThreads) {
  const Network n = network("mnist-8");
  const Dataset data = load_dataset(mnist());
  constexpr std::int64_t kCount = 300;
  const Batch batch = take(data, 0, kCount, {});
  const QuantizedNetwork q = quantize(n, {}, batch);
  set_threads(1);
  const Values real = infer(n, batch), integer = infer_integer(q, batch);
  for (const int threads : {2, 7}) {
    set_threads(threads);
    EXPECT_EQ(infer(n, batch), real);
    EXPECT_EQ(infer_integer(q, batch), integer);
  }
  for (const std::int64_t split : {1, 37, 299}) {
    Values joined, joined_integer;
    for (std::int64_t begin = 0; begin < kCount; begin += split) {
      const Batch part = take(data, begin, std::min(split, kCount - begin), {});
      std::ranges::copy(infer(n, part), std::back_inserter(joined));
      std::ranges::copy(infer_integer(q, part), std::back_inserter(joined_integer));
    }
    EXPECT_EQ(joined, real) << split;
    EXPECT_EQ(joined_integer, integer) << split;
  }
}

TEST_F(RealNetworks, SixteenBitsAreCloseToRealNumbers) {
  const Network n = network("mnist-8");
  const Batch batch = samples(n, mnist());
  const Values real = infer(n, batch);
  const Values integer = infer_integer(quantize(n, {.weight_bits = 16, .activation_bits = 16}, batch), batch);
  double signal = 0.0, noise = 0.0;
  for (std::size_t i = 0; i < real.size(); ++i) {
    signal += std::pow(static_cast<double>(real[i]), 2);
    noise += std::pow(static_cast<double>(real[i]) - static_cast<double>(integer[i]), 2);
  }
  // Codes of 16 bits round with a noise of about -98 dB (6.02 dB per bit) of full scale, in weights and activations of
  // three layers; the values themselves lie some 15 dB below full scale.
  EXPECT_GT(10 * std::log10(signal / noise), 75.0);
  EXPECT_NEAR(static_cast<double>(right(integer, batch)), 9891, 1);
}

TEST_F(RealNetworks, EightBitsLoseLittle) {
  const Network n = network("mnist-8");
  const Batch batch = samples(n, mnist());
  for (const Calibration calibration : {Calibration::kMinMax, Calibration::kPercentile, Calibration::kMse}) {
    const Batch calibration_data = take(load_dataset(mnist()), 0, 500, {});
    const QuantizedNetwork q = quantize(n, {.calibration = calibration}, calibration_data);
    EXPECT_GE(right(infer_integer(q, batch), batch), 9881);  // a tenth of a point below 9,891
  }
}

}  // namespace
}  // namespace cimera::workloads
