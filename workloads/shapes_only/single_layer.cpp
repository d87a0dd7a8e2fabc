#include "workloads/shapes_only/single_layer.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workloads/shapes_only/draft.h"
#include "workloads/shapes_only/layer_kinds.h"
#include "workloads/shapes_only/layer_text.h"

namespace cimera::workloads {
namespace {

Network finished(Draft draft) { return std::move(draft).finish(); }

Network conv(const std::string& name, const LayerText& text) {
  const Pair image = text.pair(3);
  Draft draft(name, "--layer", {1, text.number(0), image.first, image.second});
  add_conv(draft, text, read_conv(text, text.number(0), text.number(1), text.pair(2)));
  return finished(std::move(draft));
}

Network product(const std::string& name, std::int64_t positions, std::int64_t out, std::int64_t in) {
  Draft draft(name, "--layer", positions == 1 ? Shape{1, in} : Shape{1, positions, in});
  draft.at = draft.dense("dense1", draft.at, out, false);
  return finished(std::move(draft));
}

Network gemm(const std::string& name, const LayerText& text) {
  return product(name, text.number(0), text.number(1), text.number(2));
}

Network gemv(const std::string& name, const LayerText& text) {
  return product(name, 1, text.number(0), text.number(1));
}

/// One row of the table: a kind of layer that can stand alone.
struct Form {
  const char* name;
  const char* form;
  const char* meaning;
  std::size_t values;
  std::span<const std::string_view> options;
  Network (*make)(const std::string& name, const LayerText& text);
};
constexpr Form kForms[] = {
    {"conv", "conv:IN,OUT,KxK,HxW[,stride=S][,pad=P][,groups=G][,dilation=D]",
     "a convolution of IN channels of H x W pixels to OUT channels with kernels of K x K; no padding unless pad says "
     "so",
     4, kConvOptions, conv},
    {"gemm", "gemm:M,N,K", "M x N results of K products each: M inputs times a matrix of K x N weights", 3, {}, gemm},
    {"gemv", "gemv:OUT,IN", "one input of IN values times a matrix of IN x OUT weights", 2, {}, gemv},
};

}  // namespace

std::vector<std::pair<std::string, std::string>> single_layer_forms() {
  std::vector<std::pair<std::string, std::string>> forms;
  for (const Form& row : kForms) forms.emplace_back(row.form, row.meaning);
  return forms;
}

Network single_layer(const std::string& text) {
  const Where where{"--layer"};
  const std::string kind = LayerText::kind(text);
  const auto row = std::ranges::find_if(kForms, [&](const Form& known) { return kind == known.name; });
  if (row == std::end(kForms) || text.find(':') == std::string::npos) {
    std::vector<std::string> forms;
    for (const Form& known : kForms) forms.emplace_back(known.form);
    fail_input(where, fmt::format("'{}' is no layer by itself; expected {} (or --network N and the name of one of its "
                                  "layers)",
                                  text, fmt::join(forms, ", ")));
  }
  return row->make(text, LayerText(text, where, row->form, row->values, row->options));
}

Network only_layer(const Network& network, const std::string& name) {
  const Where where{"--layer"};
  const auto layer = std::ranges::find(network.layers, name, &Layer::name);
  if (layer == network.layers.end()) {
    std::vector<std::string> names;
    for (const Layer& known : network.layers) names.push_back(known.name);
    fail_input(where, fmt::format("network '{}' has no layer '{}'{}; `cimera describe network` lists its {}",
                                  network.name, name, did_you_mean(name, names), names.size()));
  }
  NetworkBuilder builder(fmt::format("{} of {}", name, network.name), network.source);
  std::vector<TensorId> inputs;
  bool has_input = false;
  const auto copy = [&](TensorId id) {
    const Tensor& tensor = network.tensor(id);
    return builder.constant(tensor.name, tensor.shape, tensor.values);
  };
  for (const TensorId id : layer->inputs) {
    if (network.tensor(id).constant) {
      inputs.push_back(copy(id));
      continue;
    }
    if (has_input)
      fail_input(where, fmt::format("layer '{}' ({}) reads two activations; a network has one input", name,
                                    op_name(layer->op)));
    inputs.push_back(builder.input(network.tensor(id).name, network.tensor(id).shape));
    has_input = true;
  }
  NetworkBuilder::Parameters parameters;
  if (layer->weights) parameters.weights = copy(*layer->weights);
  if (layer->bias) parameters.bias = copy(*layer->bias);
  parameters.shape = network.tensor(layer->output).shape;
  parameters.output = network.tensor(layer->output).name;
  const TensorId output = builder.add(name, layer->op, std::move(inputs), std::move(parameters));
  return std::move(builder).finish(output);
}

}  // namespace cimera::workloads
