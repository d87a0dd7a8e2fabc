// The default network as onnxruntime quantises it, against what onnxruntime computes (scripts/quantise_digits.py).
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/paths.h"
#include "workloads/data/npy.h"
#include "workloads/file_codes.h"
#include "workloads/inference.h"
#include "workloads/onnx/reader.h"
#include "workloads/synthetic/digits.h"

namespace cimera::workloads {
namespace {

constexpr std::int64_t kImages = 50, kClasses = 10;

struct Case {
  const char* name;
  FileCodes codes;
  /// Largest difference of an output from onnxruntime's: one step of the output's codes, since a sum of floats in
  /// another order may lie on the other side of a half; without such codes, FP32's own.
  double largest;
};
const Case kCases[] = {
    {"qdq_per_channel", {.layers = 4, .weights = 4, .inputs = 4, .weight_bits = 8, .activation_bits = 8}, 0.21},
    {"qdq_unsigned", {.layers = 4, .weights = 4, .inputs = 4, .weight_bits = 9, .activation_bits = 8}, 0.21},
    {"qoperator", {.layers = 4, .weights = 4, .inputs = 4, .weight_bits = 8, .activation_bits = 8}, 0.21},
    {"dynamic", {.layers = 4, .weights = 4, .dynamic = 4, .weight_bits = 8, .activation_bits = 8}, 1e-3},
};

class QuantisedDigits : public ::testing::TestWithParam<Case> {
 protected:
  static std::string file(const std::string& ending) {
    return std::string(CIMERA_SOURCE_DIR "/tests/workloads/quantised/digits_") + GetParam().name + ending;
  }
  const Network network_ = load_onnx(file(".onnx"));
  const Batch images_ = digits(kDigitsEvaluationSeed, 0, kImages);
  const std::vector<float> theirs_ = NpyArray::load(file(".npy")).floats();

  /// How many of `ours` differ at all; fails where one differs by more than `largest`.
  int different(const Values& ours, double largest) const {
    int count = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_NEAR(ours[i], theirs_[i], largest) << i;
      count += ours[i] != theirs_[i];
    }
    return count;
  }
};

TEST_P(QuantisedDigits, FP32IsThatOfOnnxruntime) {
  ASSERT_EQ(std::ssize(theirs_), kImages * kClasses);
  const int count = different(infer(network_, images_), GetParam().largest);
  if (file_codes(network_).complete()) {
    EXPECT_LE(count, 10) << "of 500: rounded to other codes";
  }
}

TEST_P(QuantisedDigits, IntegersHaveTheScalesOfTheFile) {
  const FileCodes codes = file_codes(network_), wanted = GetParam().codes;
  EXPECT_EQ(codes.layers, wanted.layers);
  EXPECT_EQ(codes.weights, wanted.weights);
  EXPECT_EQ(codes.inputs, wanted.inputs);
  EXPECT_EQ(codes.dynamic, wanted.dynamic);
  EXPECT_EQ(codes.weight_bits, wanted.weight_bits);
  EXPECT_EQ(codes.activation_bits, wanted.activation_bits);
  const QuantizedNetwork quantized =
      quantize(network_, {.weight_bits = codes.weight_bits, .activation_bits = codes.activation_bits}, images_);
  const Values output = infer_integer(quantized, images_);
  if (codes.complete()) {
    EXPECT_LE(different(output, GetParam().largest), 10) << "of 500: rounded to other codes";
  } else {  // ranges of all images instead of one: small errors, but the same winners
    EXPECT_EQ(argmax(output, kImages), argmax(theirs_, kImages));
  }
}

INSTANTIATE_TEST_SUITE_P(Onnxruntime, QuantisedDigits, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace cimera::workloads
