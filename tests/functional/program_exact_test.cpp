// The functional reading of whole networks: ideal cells behind converters that lose nothing give the exact integer
// reference, bit for bit; a converter that is one bit too small does not.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"
#include "workloads/file_codes.h"

namespace cimera::functional {
namespace {

using test::Shape;
using workloads::Batch;
using workloads::Network;
using workloads::QuantizedNetwork;

struct BothWays {
  workloads::Values device, exact;
  std::int64_t clipped = 0;
};

/// `images` through `network` on the machine of `shape` with ideal cells, and through the integer reference.
BothWays run(const Network& network, const Shape& shape, const Batch& images) {
  const ops::MachineSpec machine = shape.machine();
  const QuantizedNetwork quantized =
      workloads::quantize(network, {.weight_bits = shape.weight_bits, .activation_bits = shape.input_bits}, images);
  const mapping::Mapped mapped = test::map(network, machine, test::options_for(quantized, 1));
  const devices::Reram ideal = test::reram(0.0);
  const Outcome outcome = Executor(mapped.run, mapped.load, machine, quantized, &ideal, {}).run(images);
  BothWays result{outcome.output, workloads::infer_integer(quantized, images), 0};
  for (const ops::Counts& counts : outcome.layer_counts) result.clipped += counts[ops::Event::kClippedConversions];
  return result;
}

class ExactProgram : public ::testing::TestWithParam<Shape> {};

TEST_P(ExactProgram, IdealCellsGiveTheIntegerReference) {
  const ops::CrossbarMachine machine = *GetParam().machine().crossbar();
  ASSERT_LE(machine.config().lossless_adc_bits(), machine.precision.adc_bits) << "the converter may lose something";
  for (const Network& network : {test::digits_network(), test::mixed_network(), test::attention_network()})
    for (const double low : {0.0, -1.0}) {  // unsigned and signed input codes
      const BothWays result = run(network, GetParam(), test::random_batch(network, 21, low, 1.0));
      EXPECT_EQ(result.device, result.exact) << network.name;
      EXPECT_EQ(result.clipped, 0);
    }
}

/// The network as a file could hold it that was quantised before: integer weights, and every activation in 8-bit codes
/// with zero points of either kind. Many values saturate.
Network in_codes(Network network, const Batch& images) {
  const QuantizedNetwork weights = workloads::quantize(network, {.weight_bits = 8}, images);
  for (const workloads::QuantizedLayer& q : weights.layers) {
    workloads::Layer& layer = network.layers[q.layer.value()];
    const workloads::MvmShape shape = mvm_shape(network, layer);
    const bool channels_first = std::holds_alternative<workloads::Conv2d>(layer.op);
    std::vector<float>& values = network.tensors[layer.weights->value()].values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto channels = static_cast<std::size_t>(shape.groups * shape.columns);
      const double step = q.weight_scale[channels_first ? i / (values.size() / channels) : i % channels];
      values[i] = static_cast<float>(step * std::nearbyint(values[i] / step));
    }
    layer.weight_steps = q.weight_scale;
  }
  for (std::size_t t = 0; t < network.tensors.size(); ++t) {
    const auto producer = network.producer(workloads::TensorId(t));
    if (network.tensors[t].constant ||
        (producer && std::holds_alternative<workloads::Reshape>(network.layer(*producer).op)))
      continue;
    const auto place = static_cast<std::int32_t>(t);
    const bool is_signed = t % 2 == 1;  // zero points 0, and others
    network.tensors[t].grid = is_signed ? workloads::CodeGrid{0.02F, place % 3 * 40, -128, 127}
                                        : workloads::CodeGrid{0.015F, place * 37 % 256, 0, 255};
  }
  return network;
}

TEST_P(ExactProgram, ScalesAndZeroPointsOfANetworkGiveTheIntegerReference) {
  Shape shape = GetParam();
  shape.weight_bits = std::max(shape.weight_bits, 8), shape.input_bits = std::max(shape.input_bits, 8);
  for (const Network& plain : {test::digits_network(), test::mixed_network(), test::attention_network()}) {
    const Batch images = test::random_batch(plain, 21, -1.0, 1.0);
    const Network network = in_codes(plain, images);
    ASSERT_TRUE(workloads::file_codes(network).complete()) << network.name;
    const BothWays result = run(network, shape, images);
    EXPECT_EQ(result.device, result.exact) << network.name;
    const QuantizedNetwork q = workloads::quantize(network, {.weight_bits = 16, .activation_bits = 16}, images);
    EXPECT_TRUE(std::ranges::any_of(q.layers, [](const auto& layer) { return layer.zero_point != 0; })) << network.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ExactProgram, ::testing::ValuesIn(test::shapes()),
                         [](const auto& info) { return info.param.name; });

/// ResNet-20 of $CIMERA_DATA at 8 bits on the first 1000 images of CIFAR-10.
TEST(ExactNetworks, ResNet20EqualsTheIntegerNetworkImageByImage) {
  const auto file = test::data_file("models/cifar10_resnet20.onnx");
  if (!file) GTEST_SKIP() << "CIMERA_DATA is not set";
  const Network network = workloads::load_onnx(*file);
  const workloads::Dataset data = workloads::load_dataset("cifar10:" + *test::data_file("cifar10"));
  const workloads::InputTransform transform{.scale = 255.0, .mean = {.485, .456, .406}, .std = {.229, .224, .225}};
  const Batch images = workloads::take(data, 0, 1000, transform);
  const Shape shape{"bits_8_8", {}, 8, 8};
  const BothWays result = run(network, shape, images);
  EXPECT_EQ(result.clipped, 0);
  ASSERT_EQ(result.device.size(), 10000u);
  int different = 0;
  for (std::size_t i = 0; i < 1000; ++i)
    different +=
        std::equal(result.device.begin() + 10 * i, result.device.begin() + 10 * (i + 1), result.exact.begin() + 10 * i)
            ? 0
            : 1;
  EXPECT_EQ(different, 0) << "of 1000 images";
}

struct Family {
  std::string encoding;
  int lossless_bits;  ///< of the converter, for 128 rows of 2-bit cells and 1-bit inputs
};

Shape shape_of(const Family& family, int adc_bits) {
  return {family.encoding, {"precision.encoding=" + family.encoding, "precision.adc_bits=" + std::to_string(adc_bits)}};
}

// Column sums reach 128 x 3 = 384: 9 bits, and a sign for a differential pair. Flip encoding keeps them below 192: 8.
const Family kFamilies[] = {{"flip", 8}, {"offset", 9}, {"differential", 10}};

/// One dense layer that fills arrays with weights of either sign; inputs near the top of their range drive most rows.
Network dense_network() {
  test::Sketch s({1, 384});
  return s.finish(s.dense(s.x, 40));
}

TEST(ExactProgram, ConverterBitsThatLoseNothingAreThoseOfIsaac) {
  for (const Family& family : kFamilies) {
    const ops::CrossbarMachine machine = *shape_of(family, family.lossless_bits).machine().crossbar();
    EXPECT_EQ(machine.config().lossless_adc_bits(), family.lossless_bits) << family.encoding;
    const Network network = dense_network();
    const BothWays result =
        run(network, shape_of(family, family.lossless_bits), test::random_batch(network, 9, 0.9, 1.0));
    EXPECT_EQ(result.device, result.exact) << family.encoding;
    EXPECT_EQ(result.clipped, 0) << family.encoding;
  }
}

TEST(ExactProgram, OneConverterBitLessClipsAndIsWrong) {
  // All rows driven with the top bits of their inputs. The sums of an offset column are near 128 x 1.5, those of a pair
  // near 0, so a bit less is lost on columns that hold large weights only: all weights of the first output are.
  for (const Family& family : kFamilies) {
    Network network = dense_network();
    std::vector<float>& weights = network.tensors[network.layers[0].weights->value()].values;
    for (std::size_t row = 0; row < 384; ++row) weights[row * 40] = row % 2 == 0 ? 1.0F : 0.999F;
    const BothWays result =
        run(network, shape_of(family, family.lossless_bits - 1), test::random_batch(network, 9, 0.97, 1.0));
    EXPECT_NE(result.device, result.exact) << family.encoding;
    EXPECT_GT(result.clipped, 0) << family.encoding;
  }
}

TEST(ExactProgram, BitSerialReadsGiveTheSameWhereNothingClips) {
  // With 8 bits an offset column could clip, so that every slice and step is read and converted; on these images none
  // does.
  const Network network = test::digits_network();
  const BothWays result = run(network, shape_of(kFamilies[1], 8), workloads::digits(3, 0, 25));
  EXPECT_EQ(result.clipped, 0);
  EXPECT_EQ(result.device, result.exact);
}

struct RealCase {
  std::string file;
  std::int64_t images;
};

class RealExactProgram : public ::testing::TestWithParam<RealCase> {};

TEST_P(RealExactProgram, IdealCellsGiveTheIntegerReference) {
  const auto file = test::data_file("models/" + GetParam().file + ".onnx");
  if (!file) GTEST_SKIP() << "CIMERA_DATA is not set";
  const Network network = workloads::load_onnx(*file);
  for (const char* name : {"isaac", "one_unit_per_tile", "offset", "bits_8_8"}) {
    const BothWays result = run(network, test::shape(name), test::random_batch(network, GetParam().images, -1.0, 1.0));
    EXPECT_EQ(result.device, result.exact) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, RealExactProgram,
                         ::testing::Values(RealCase{"mnist-8", 40}, RealCase{"mnist_mlp_784_50_100_10", 200},
                                           RealCase{"mlperftiny_ic_resnet8", 5}, RealCase{"cifar10_resnet20", 3}),
                         [](const auto& info) {
                           std::string name = info.param.file;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace cimera::functional
