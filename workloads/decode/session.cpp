#include "workloads/decode/session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/decode/positions.h"

namespace cimera::workloads {

Values DecodeSession::read(std::span<const std::int64_t> tokens) {
  const std::int64_t room = network_.tensor(network_.input).shape.back() - length_;
  const auto count = static_cast<std::int64_t>(tokens.size());
  if (count < 1 || count > room)
    fail_input(Where{network_.source},
               fmt::format("{} tokens are to be read, but there is room for 1 to {} more", count, room));
  Positions part = at_positions(network_, length_, count);
  for (std::size_t i = 0; i < part.kept.size(); ++i)
    part.network.tensors.at(part.kept[i].value()).values = std::move(kept_.at(i));

  std::vector<Values> values(part.network.tensors.size());
  values[part.network.input.value()].assign(tokens.begin(), tokens.end());
  for (const Layer& layer : part.network.layers) {
    std::vector<const Values*> inputs;
    for (const TensorId id : layer.inputs) {
      const Tensor& tensor = part.network.tensor(id);
      inputs.push_back(tensor.constant ? &tensor.values : &values[id.value()]);
    }
    values[layer.output.value()] = run_layer(part.network, layer, 1, inputs);
  }
  kept_.clear();
  for (const Positions::Keep& keep : part.keep) kept_.push_back(values[keep.tensor.value()]);
  length_ += count;
  return std::move(values[part.network.output.value()]);
}

}  // namespace cimera::workloads
