#include "workloads/random_tensors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/parallel.h"
#include "core/stream.h"

namespace cimera::workloads {
namespace {

/// Draws are addressed in lines of this many values, so that no line is longer than a stream's.
constexpr std::int64_t kLine = 1 << 16;

void fill(std::uint64_t seed, std::uint64_t index, std::string_view purpose, double bound, std::vector<float>& values) {
  const Stream stream({.seed = seed, .trial = 0, .layer = index, .purpose = purpose});
  const auto count = static_cast<std::int64_t>(values.size());
  parallel_for(count, kLine, [&](std::int64_t begin, std::int64_t end) {
    const auto part = std::span(values).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    stream.uniform({.unit = 0, .line = static_cast<std::uint32_t>(begin / kLine), .read = 0}, part);
    for (float& value : part) value = static_cast<float>((2.0 * static_cast<double>(value) - 1.0) * bound);
  });
}

/// By tensor: the largest magnitude of uniform values, or a fixed value for all.
struct Draw {
  double bound = 1.0;
  std::optional<float> fixed;
};

std::vector<Draw> draws(const Network& network) {
  std::vector<Draw> draws(network.tensors.size());
  for (const Layer& layer : network.layers) {
    const bool normalises = std::holds_alternative<Normalize>(layer.op);
    if (layer.bias) draws[layer.bias->value()].fixed = 0.0F;
    if (!layer.weights) continue;
    Draw& weights = draws[layer.weights->value()];
    if (normalises) weights.fixed = 1.0F;
    // Uniform values in -b..b have the variance b^2 / 3.
    if (layer.is_mvm()) weights.bound = std::sqrt(6.0 / static_cast<double>(mvm_shape(network, layer).rows));
  }
  return draws;
}

}  // namespace

Network random_values(Network network, std::uint64_t seed) {
  const std::vector<Draw> how = draws(network);
  for (std::size_t i = 0; i < network.tensors.size(); ++i) {
    Tensor& tensor = network.tensors[i];
    if (!tensor.constant || tensor.has_values()) continue;
    tensor.values.assign(static_cast<std::size_t>(elements(tensor.shape)), how[i].fixed.value_or(0.0F));
    if (!how[i].fixed) fill(seed, i, "random weights", how[i].bound, tensor.values);
  }
  return network;
}

Dataset random_samples(const Network& network, std::int64_t count, std::uint64_t seed) {
  Dataset data{.name = fmt::format("random samples (seed {})", seed), .samples = {}};
  const Shape& input = network.tensor(network.input).shape;
  data.samples.count = count;
  data.samples.shape = Shape(input.begin() + 1, input.end());
  std::vector<float> sample(static_cast<std::size_t>(elements(input)));
  double vocabulary = 0.0;
  for (const Layer& layer : network.layers)
    if (const auto* embedding = std::get_if<Embedding>(&layer.op))
      vocabulary = static_cast<double>(embedding->vocabulary);
  for (std::int64_t i = 0; i < count; ++i) {
    fill(seed, static_cast<std::uint64_t>(i), "random samples", 1.0, sample);
    if (reads_tokens(network))
      for (float& value : sample)
        value = static_cast<float>(std::floor((static_cast<double>(value) + 1.0) / 2.0 * vocabulary));
    data.samples.values.insert(data.samples.values.end(), sample.begin(), sample.end());
  }
  return data;
}

}  // namespace cimera::workloads
