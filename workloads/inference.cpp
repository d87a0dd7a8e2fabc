#include "workloads/inference.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/parallel.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// The values of every activation of one chunk while layers still need them.
class Walk {
 public:
  Walk(const Network& network, const std::vector<std::size_t>& last_reader)
      : network_(network), last_reader_(last_reader), activations_(network.tensors.size()) {}

  Values run(Values input, std::int64_t first, std::int64_t count, const LayerFunction& weighted_layer) {
    if (const auto& grid = network_.tensor(network_.input).grid) grid->snap(input);
    activations_[network_.input.value()] = std::move(input);
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = network_.layers[i];
      std::vector<const Values*> inputs;
      for (const TensorId id : layer.inputs) inputs.push_back(&values(id));
      Values output =
          layer.is_mvm()
              ? weighted_layer({.id = LayerId(i), .layer = layer, .first = first, .count = count, .inputs = inputs})
              : run_layer(network_, layer, count, inputs);
      if (output.size() != size(count * elements(network_.tensor(layer.output).shape))) {
        fail_run(fmt::format("layer '{}' returned {} values for {} samples of shape {}", layer.name, output.size(),
                             count, format(network_.tensor(layer.output).shape)));
      }
      if (const auto& grid = network_.tensor(layer.output).grid) grid->snap(output);
      activations_[layer.output.value()] = std::move(output);
      for (const TensorId id : layer.inputs) {
        if (last_reader_[id.value()] == i) activations_[id.value()] = Values();
      }
    }
    return std::move(activations_[network_.output.value()]);
  }

 private:
  const Values& values(TensorId id) const {
    const Tensor& tensor = network_.tensor(id);
    return tensor.constant ? tensor.values : activations_[id.value()];
  }

  const Network& network_;
  const std::vector<std::size_t>& last_reader_;
  std::vector<Values> activations_;
};

std::int64_t largest_activation(const Network& network) {
  std::int64_t largest = 1;
  for (const Layer& layer : network.layers) {
    largest = std::max(largest, elements(network.tensor(layer.output).shape));
  }
  return largest;
}

/// Samples per chunk: at most `wanted`, fewer where two activations of a chunk would pass 256 MB, and few enough that
/// all threads have work.
std::int64_t chunk_size(const Network& network, std::int64_t count, std::int64_t wanted) {
  constexpr std::int64_t kMaxValues = std::int64_t{1} << 25;
  const std::int64_t share = (count + threads() - 1) / threads();
  return std::max<std::int64_t>(1, std::min({wanted, share, kMaxValues / largest_activation(network)}));
}

}  // namespace

Values infer_with(const Network& network, const Batch& input, const LayerFunction& weighted_layer, std::int64_t chunk) {
  const std::int64_t in_elements = elements(network.tensor(network.input).shape);
  const std::int64_t out_elements = elements(network.tensor(network.output).shape);
  if (elements(input.shape) != in_elements || input.values.size() != size(input.count * in_elements)) {
    fail_input(Where{network.source},
               fmt::format(
                   "the network reads samples of shape {}, but the data have {} samples of shape {} in {} values",
                   format(network.tensor(network.input).shape), input.count, format(input.shape), input.values.size()));
  }
  const std::vector<std::size_t> last_reader = last_readers(network);
  Values output(size(input.count * out_elements));
  const auto body = [&](std::int64_t begin, std::int64_t end) {
    Values values(input.values.begin() + begin * in_elements, input.values.begin() + end * in_elements);
    const Values result =
        Walk(network, last_reader).run(std::move(values), input.first + begin, end - begin, weighted_layer);
    std::ranges::copy(result, output.begin() + begin * out_elements);
  };
  if (input.count > 0) parallel_for(input.count, chunk_size(network, input.count, chunk), body);
  return output;
}

Values infer(const Network& network, const Batch& input) {
  return infer_with(network, input,
                    [&](const LayerCall& call) { return run_layer(network, call.layer, call.count, call.inputs); });
}

std::vector<std::int32_t> argmax(const Values& output, std::int64_t count) {
  std::vector<std::int32_t> winners;
  const std::int64_t classes = count == 0 ? 0 : static_cast<std::int64_t>(output.size()) / count;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = output.begin() + i * classes;
    winners.push_back(static_cast<std::int32_t>(std::max_element(row, row + classes) - row));
  }
  return winners;
}

}  // namespace cimera::workloads
