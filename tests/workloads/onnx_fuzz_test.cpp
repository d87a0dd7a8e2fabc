// Damaged models: whatever the bytes are, the reader returns a network that runs, or throws Error.
#include <gtest/gtest.h>

#include "core/files.h"
#include "core/stream.h"
#include "tests/paths.h"
#include "tests/workloads/quantised_model.h"
#include "tests/workloads/support.h"
#include "workloads/file_codes.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

/// Small integers, or the ends of the ranges: what breaks arithmetic on sizes.
std::uint8_t mutated(std::uint8_t byte, std::uint32_t word) {
  switch (word % 5) {
    case 0:
      return static_cast<std::uint8_t>(byte ^ (1u << (word >> 8) % 8));
    case 1:
      return 0;
    case 2:
      return 0xff;
    case 3:
      return 0x7f;
    default:
      return static_cast<std::uint8_t>(word >> 16);
  }
}

struct Outcome {
  int refused = 0, read = 0;
};

/// Reads `rounds` variants of `model`, each with one to four bytes changed, a run of bytes removed or repeated, or the
/// end cut off. Networks that are read and small are run.
Outcome fuzz(const std::string& model, int rounds) {
  constexpr std::int64_t kMacsToRun = 1000000;
  const Stream stream(StreamKey{.seed = 7, .purpose = "fuzz"});
  Outcome outcome;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::uint32_t> words(12);
    stream.bits({.unit = static_cast<std::uint32_t>(round)}, words);
    std::string bytes = model;
    for (std::uint32_t i = 0; i <= words[0] % 4; ++i) {
      auto& byte = bytes[words[1 + 2 * i] % bytes.size()];
      byte = static_cast<char>(mutated(static_cast<std::uint8_t>(byte), words[2 + 2 * i]));
    }
    const std::size_t at = words[9] % bytes.size(), length = words[10] % 40;
    if (words[11] % 8 == 0) bytes.erase(at, length);
    if (words[11] % 8 == 1) bytes.insert(at, bytes.substr(at, length));
    if (words[11] % 8 == 2) bytes.resize(at);
    try {
      const Network network = parse_onnx(bytes, "fuzz.onnx");
      ++outcome.read;
      std::int64_t largest = elements(network.tensor(network.input).shape);
      for (const Layer& layer : network.layers)
        largest = std::max(largest, elements(network.tensor(layer.output).shape));
      if (macs(network) > kMacsToRun || largest > kMacsToRun) continue;
      const std::vector<float> ones(static_cast<std::size_t>(elements(network.tensor(network.input).shape)), 1.0F);
      run(network, ones);
      if (!file_codes(network).any()) continue;
      const Batch batch = one(network, ones);
      infer_integer(quantize(network, {.weight_bits = 16, .activation_bits = 16}, batch), batch);
    } catch (const Error& error) {
      ++outcome.refused;
      EXPECT_EQ(error.kind(), Error::Kind::kInput) << error.what();
    }
  }
  return outcome;
}

TEST(OnnxFuzz, ASmallModel) {
  const Outcome outcome = fuzz(small_cnn().bytes(), 20000);
  EXPECT_GT(outcome.refused, 10000);  // most of the file is structure
  EXPECT_GT(outcome.read, 1000);      // changed names and weights still make a network
}

TEST(OnnxFuzz, AModelWithEveryKindOfFolding) {
  ModelWriter m;
  m.input("x", {2, 2, 4, 4}).ints("zero", {}, {0}).ints("axes", {1}, {0}).ints("rest", {1}, {-1}).output("y", 2);
  m.ints("starts", {1}, {1}).ints("ends", {1}, {9}).ints("one", {1}, {1}).ints("pads", {8}, {0, 0, 1, 1, 0, 0, 1, 1});
  m.ints("wshape", {4}, {3, 2, 1, 1}).floats("g", {3}, {1, 2, 3}).floats("v", {3}, {1, 2, 3});
  m.node("Slice", {"x", "starts", "ends", "rest", "one"}, "s0");
  m.node("Pad", {"s0", "pads"}, "p");
  set_tensor(m.node("ConstantOfShape", {"wshape"}, "w"), "value", {1}, {0.5F});
  m.node("Conv", {"p", "w"}, "c");
  m.node("BatchNormalization", {"c", "g", "g", "g", "v"}, "bn");
  auto& pool = m.node("AveragePool", {"bn"}, "ap");
  set_ints(pool, "kernel_shape", {2, 2});
  set_int(pool, "ceil_mode", 1);
  m.node("Shape", {"ap"}, "s");
  m.node("Gather", {"s", "zero"}, "n");
  m.node("Unsqueeze", {"n", "axes"}, "n1");
  set_int(m.node("Concat", {"n1", "rest"}, "target"), "axis", 0);
  m.node("Reshape", {"ap", "target"}, "flat");
  set_int(m.node("Softmax", {"flat"}, "y"), "axis", -1);
  EXPECT_NO_THROW(m.read());
  const Outcome outcome = fuzz(m.bytes(), 20000);
  EXPECT_GT(outcome.refused, 10000);
  EXPECT_GT(outcome.read, 500);
}

TEST(OnnxFuzz, ABlockOfAttention) {
  ModelWriter m(17);
  m.input("tokens", {3}, onnx::TensorProto::INT64).output("y", 2);
  m.floats("table", {5, 4}, std::vector<float>(20, 0.5F)).floats("w", {4, 4}, std::vector<float>(16, 0.25F));
  m.floats("g", {4}, {1, 1, 1, 1}).ints("axis", {1}, {-1}).ints("wide", {3}, {2, 3, 4}).ints("zero", {1}, {0});
  m.ints("eight", {1}, {8}).ints("flat", {2}, {3, -1}).floats("two", {}, {2.0F});
  m.node("Gather", {"table", "tokens"}, "e");
  m.node("LayerNormalization", {"e", "g", "g"}, "n");
  m.node("MatMul", {"n", "w"}, "q");
  set_ints(m.node("Transpose", {"q"}, "k"), "perm", {1, 0});
  m.node("MatMul", {"q", "k"}, "s");
  set_int(m.node("Softmax", {"s"}, "p"), "axis", -1);
  m.node("MatMul", {"p", "n"}, "mix");
  m.node("Unsqueeze", {"mix", "zero"}, "u");
  m.node("Expand", {"u", "wide"}, "x");
  m.node("Neg", {"x"}, "negated");
  set_int(m.node("Concat", {"x", "negated"}, "joined"), "axis", -1);
  m.node("Pow", {"joined", "two"}, "square");
  set_ints(m.node("ReduceMean", {"square"}, "mean"), "axes", {0});
  m.node("Sqrt", {"mean"}, "root");
  m.node("Reshape", {"root", "flat"}, "flattened");
  m.node("Clip", {"flattened"}, "y");
  const Network n = m.read();
  EXPECT_EQ(n.tensor(n.output).shape, (Shape{1, 3, 8}));
  const Outcome outcome = fuzz(m.bytes(), 20000);
  EXPECT_GT(outcome.refused, 10000);
  EXPECT_GT(outcome.read, 500);
}

TEST(OnnxFuzz, IntegersOfEveryKind) {
  constexpr int kByte = onnx::TensorProto::UINT8, kSigned = onnx::TensorProto::INT8;
  ModelWriter m = coded_input({-1, 1, 2, 4});
  m.codes("w", {2, 1, 1, 2}, {2, -3, 4, 5}, kSigned).floats("ws", {2}, {0.25F, 0.5F}).codes("wz", {2}, {0, 0}, kSigned);
  m.codes("b", {2}, {4, -2}, onnx::TensorProto::INT32).floats("ys", {1}, {1}).codes("yz", {1}, {100}, kByte);
  m.codes("matrix", {6, 3}, std::vector<int>(18, 7), kByte).codes("mz", {3}, {6, 7, 8}, kByte).floats("s", {}, {0.5F});
  m.ints("axis", {1}, {1}).output("y", 2);
  m.node("QLinearConv", {"x_codes", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"}, "c");
  set_ints(m.node("MaxPool", {"c"}, "p"), "kernel_shape", {2, 1});
  m.node("Flatten", {"p"}, "flat");
  m.node("DequantizeLinear", {"flat", "ys", "yz"}, "real");
  auto& dynamic = m.node("DynamicQuantizeLinear", {"real"}, "q");
  dynamic.add_output("qs");
  dynamic.add_output("qz");
  m.node("MatMulInteger", {"q", "matrix", "qz", "mz"}, "i");
  set_int(m.node("Cast", {"i"}, "f"), "to", onnx::TensorProto::FLOAT);
  m.node("Mul", {"qs", "s"}, "scale");
  m.node("Mul", {"f", "scale"}, "y");
  EXPECT_EQ(file_codes(m.read()).weights, 2);
  const Outcome outcome = fuzz(m.bytes(), 20000);
  EXPECT_GT(outcome.refused, 10000);
  EXPECT_GT(outcome.read, 500);
}

TEST(OnnxFuzz, TheQuantisedDigits) {
  const Outcome outcome = fuzz(read_whole(CIMERA_SOURCE_DIR "/tests/workloads/quantised/digits_qoperator.onnx"), 500);
  EXPECT_GT(outcome.read, 0);
  EXPECT_GT(outcome.refused, 0);
}

TEST(OnnxFuzz, Mnist8) {
  if (data_folder().empty()) GTEST_SKIP() << "CIMERA_DATA is not set";
  const Outcome outcome = fuzz(read_whole(data_folder() + "/models/mnist-8.onnx"), 500);
  EXPECT_GT(outcome.read, 0);
  EXPECT_GT(outcome.refused, 0);
}

}  // namespace
}  // namespace cimera::workloads
