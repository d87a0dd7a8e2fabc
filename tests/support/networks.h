// Small networks for tests, built layer by layer, with weights from an addressed stream or with shapes only.
#pragma once

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/resources.h"
#include "core/stream.h"
#include "workloads/builder.h"
#include "workloads/dataset.h"
#include "workloads/network.h"
#include "workloads/onnx/reader.h"
#include "workloads/synthetic/digits.h"

namespace cimera::test {

/// `count` numbers in [low, high), the same for the same seed.
inline std::vector<float> uniform(std::uint64_t seed, std::int64_t count, double low, double high) {
  std::vector<float> values(static_cast<std::size_t>(count));
  Stream({.seed = seed, .purpose = "test"}).uniform({}, values);
  for (float& v : values) v = static_cast<float>(low + (high - low) * v);
  return values;
}

/// Whether weights have values.
enum class Weights { kRandom, kShapesOnly };

/// Builds a network; layers are named by kind and number: "conv1", "relu2", ...
class Sketch {
 public:
  using Id = workloads::TensorId;

  explicit Sketch(workloads::Shape input, Weights weights = Weights::kRandom)
      : builder_("sketch", "built by a test"), weights_(weights), x(builder_.input("x", std::move(input))) {}

  /// What a convolution may have besides its kernel.
  struct Conv {
    std::int64_t stride = 1, pad = 0, groups = 1;
    std::int64_t pad_left = -1, pad_right = -1;  ///< -1: pad
    bool bias = true;
  };
  Id conv(Id from, std::int64_t out, std::int64_t kernel_h, std::int64_t kernel_w) {
    return conv(from, out, kernel_h, kernel_w, Conv());
  }
  Id conv(Id from, std::int64_t out, std::int64_t kernel_h, std::int64_t kernel_w, const Conv& c) {
    const std::int64_t in = shape(from)[1];
    const workloads::Conv2d op{.in_channels = in,
                               .out_channels = out,
                               .groups = c.groups,
                               .kernel_h = kernel_h,
                               .kernel_w = kernel_w,
                               .stride_h = c.stride,
                               .stride_w = c.stride,
                               .pad_top = c.pad,
                               .pad_left = c.pad_left < 0 ? c.pad : c.pad_left,
                               .pad_bottom = c.pad,
                               .pad_right = c.pad_right < 0 ? c.pad : c.pad_right};
    const Id w = constant({out, in / c.groups, kernel_h, kernel_w});
    return add("conv", op, {from}, {.weights = w, .bias = c.bias ? std::optional(constant({out})) : std::nullopt});
  }
  Id dense(Id from, std::int64_t out) {
    const std::int64_t in = shape(from).back();
    return add("dense", workloads::Dense{in, out}, {from}, {.weights = constant({in, out}), .bias = constant({out})});
  }
  Id relu(Id from) { return add("relu", workloads::Unary{workloads::UnaryKind::kRelu}, {from}, {}); }
  Id unary(Id from, workloads::UnaryKind kind) { return add("unary", workloads::Unary{kind}, {from}, {}); }
  Id pool(Id from, workloads::Pool2d::Kind kind, std::int64_t kernel, std::int64_t stride) {
    return add(
        "pool",
        workloads::Pool2d{.kind = kind, .kernel_h = kernel, .kernel_w = kernel, .stride_h = stride, .stride_w = stride},
        {from}, {});
  }
  Id max_pool(Id from, std::int64_t kernel) { return pool(from, workloads::Pool2d::Kind::kMax, kernel, kernel); }
  Id average_pool(Id from, std::int64_t kernel) {
    return pool(from, workloads::Pool2d::Kind::kAverage, kernel, kernel);
  }
  Id sum(Id a, Id b) { return add("add", workloads::Binary{workloads::BinaryKind::kAdd}, {a, b}, {}); }
  Id softmax(Id from) { return add("softmax", workloads::Softmax{}, {from}, {}); }
  Id reshape(Id from, workloads::Shape to) { return add("reshape", workloads::Reshape{}, {from}, {.shape = to}); }
  Id flatten(Id from) { return reshape(from, {1, workloads::elements(shape(from))}); }
  Id constant(workloads::Shape shape) {
    std::vector<float> values;
    if (weights_ == Weights::kRandom) values = uniform(++constants_, workloads::elements(shape), -1.0, 1.0);
    return builder_.constant("c" + std::to_string(++names_), std::move(shape), std::move(values));
  }
  Id add(const std::string& name, workloads::Operator op, std::vector<Id> inputs,
         workloads::NetworkBuilder::Parameters parameters) {
    return builder_.add(name + std::to_string(++layers_), std::move(op), std::move(inputs), std::move(parameters));
  }

  workloads::Network finish(Id output) { return std::move(builder_).finish(output); }

 private:
  const workloads::Shape& shape(Id id) const { return builder_.network().tensor(id).shape; }

  workloads::NetworkBuilder builder_;
  Weights weights_;
  std::uint64_t constants_ = 0;
  int names_ = 0, layers_ = 0;

 public:
  const Id x;  ///< the network's input
};

/// The network of the catalog that draws on nothing outside the repository.
inline workloads::Network digits_network() {
  return workloads::load_onnx(resource(workloads::kDigitsNetwork).string());
}

/// A file of the folder that CIMERA_DATA names; none where it is not set.
inline std::optional<std::string> data_file(const std::string& name) {
  const char* folder = std::getenv("CIMERA_DATA");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  return std::string(folder) + "/" + name;
}

/// `count` samples for the input of `network`, values in [low, high).
inline workloads::Batch random_batch(const workloads::Network& network, std::int64_t count, double low = 0.0,
                                     double high = 1.0, std::uint64_t seed = 1000) {
  workloads::Batch batch;
  batch.count = count;
  batch.shape = network.tensor(network.input).shape;
  batch.shape.erase(batch.shape.begin());
  batch.values = uniform(seed, count * workloads::elements(batch.shape), low, high);
  return batch;
}

}  // namespace cimera::test
