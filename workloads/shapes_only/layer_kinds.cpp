#include "workloads/shapes_only/layer_kinds.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cimera::workloads {
namespace {

/// Channels of the image where the draft is.
std::int64_t channels(const Draft& draft, const LayerText& text) {
  if (draft.shape().size() != 4)
    text.fail(fmt::format("it reads images, not values of shape {}", format(draft.shape())));
  return draft.shape()[1];
}

void conv(Draft& draft, const LayerText& text) {
  add_conv(draft, text, read_conv(text, channels(draft, text), text.number(0), text.pair(1)));
}

void depthwise(Draft& draft, const LayerText& text) {
  const std::int64_t all = channels(draft, text);
  Conv2d op = read_conv(text, all, all, text.pair(0));
  op.groups = all;
  add_conv(draft, text, op);
}

void dense(Draft& draft, const LayerText& text) {
  draft.at = draft.dense(draft.numbered("dense"), draft.at, text.number(0), true);
}

void pool(Draft& draft, const LayerText& text, Pool2d::Kind kind, const std::string& name) {
  channels(draft, text);
  const Pair kernel = text.pair(0), stride = text.pair("stride", 1, 1), pad = text.pair("pad", 0, 0);
  draft.chain(name,
              Pool2d{.kind = kind,
                     .kernel_h = kernel.first,
                     .kernel_w = kernel.second,
                     .stride_h = stride.first,
                     .stride_w = stride.second,
                     .pad_top = pad.first,
                     .pad_left = pad.second,
                     .pad_bottom = pad.first,
                     .pad_right = pad.second,
                     .ceil_mode = text.number("ceil", 0, 0) != 0},
              {.where = text.where()});
}

void max_pool(Draft& draft, const LayerText& text) { pool(draft, text, Pool2d::Kind::kMax, "max_pool"); }
void average_pool(Draft& draft, const LayerText& text) { pool(draft, text, Pool2d::Kind::kAverage, "average_pool"); }

void global_average_pool(Draft& draft, const LayerText& text) {
  channels(draft, text);
  const Shape image = draft.shape();
  draft.chain("average_pool", Pool2d{.kind = Pool2d::Kind::kAverage, .kernel_h = image[2], .kernel_w = image[3]},
              {.where = text.where()});
}

void flatten(Draft& draft, const LayerText& text) {
  draft.chain("flatten", Reshape{}, {.shape = Shape{1, elements(draft.shape())}, .where = text.where()});
}

void local_response(Draft& draft, const LayerText& text) {
  draft.chain("local_response", LocalResponse{.size = text.number(0)}, {.where = text.where()});
}

template <UnaryKind kKind>
void unary(Draft& draft, const LayerText& text) {
  draft.chain(op_name(Unary{kKind}), Unary{kKind}, {.where = text.where()});
}

void relu6(Draft& draft, const LayerText& text) {
  constexpr float kLimit = 6.0F;
  draft.chain("relu6", Clip{0.0F, kLimit}, {.where = text.where()});
}

void softmax(Draft& draft, const LayerText& text) { draft.chain("softmax", Softmax{}, {.where = text.where()}); }

constexpr std::string_view kDepthwiseOptions[] = {"stride", "pad", "dilation"};
constexpr std::string_view kPoolOptions[] = {"stride", "pad", "ceil"};

constexpr LayerKind kKinds[] = {
    {"average_pool", "average_pool:KxK[,stride=S][,pad=P][,ceil=1]", 1, kPoolOptions, average_pool},
    {"conv", "conv:OUT,KxK[,stride=S][,pad=P][,groups=G][,dilation=D]", 2, kConvOptions, conv},
    {"dense", "dense:OUT", 1, {}, dense},
    {"depthwise", "depthwise:KxK[,stride=S][,pad=P][,dilation=D]", 1, kDepthwiseOptions, depthwise},
    {"flatten", "flatten", 0, {}, flatten},
    {"global_average_pool", "global_average_pool", 0, {}, global_average_pool},
    {"local_response", "local_response:CHANNELS", 1, {}, local_response},
    {"max_pool", "max_pool:KxK[,stride=S][,pad=P][,ceil=1]", 1, kPoolOptions, max_pool},
    {"relu", "relu", 0, {}, unary<UnaryKind::kRelu>},
    {"relu6", "relu6", 0, {}, relu6},
    {"sigmoid", "sigmoid", 0, {}, unary<UnaryKind::kSigmoid>},
    {"softmax", "softmax", 0, {}, softmax},
    {"tanh", "tanh", 0, {}, unary<UnaryKind::kTanh>},
};

}  // namespace

std::span<const LayerKind> layer_kinds() { return kKinds; }

Conv2d read_conv(const LayerText& text, std::int64_t in, std::int64_t out, const Pair& kernel) {
  const Pair stride = text.pair("stride", 1, 1), pad = text.pair("pad", 0, 0), dilation = text.pair("dilation", 1, 1);
  return {.in_channels = in,
          .out_channels = out,
          .groups = text.number("groups", 1),
          .kernel_h = kernel.first,
          .kernel_w = kernel.second,
          .stride_h = stride.first,
          .stride_w = stride.second,
          .dilation_h = dilation.first,
          .dilation_w = dilation.second,
          .pad_top = pad.first,
          .pad_left = pad.second,
          .pad_bottom = pad.first,
          .pad_right = pad.second};
}

void add_conv(Draft& draft, const LayerText& text, const Conv2d& conv) {
  if (conv.in_channels % conv.groups != 0 || conv.out_channels % conv.groups != 0)
    text.fail(fmt::format("{} groups do not divide {} input and {} output channels", conv.groups, conv.in_channels,
                          conv.out_channels));
  const std::string name = draft.numbered("conv");
  const TensorId weights = draft.constant(
      name + ".weights", {conv.out_channels, conv.in_channels / conv.groups, conv.kernel_h, conv.kernel_w});
  const TensorId bias = draft.constant(name + ".bias", {conv.out_channels});
  draft.at = draft.add(name, conv, {draft.at}, {.weights = weights, .bias = bias, .where = text.where()});
}

void add_layer(Draft& draft, const std::string& text, const Where& where) {
  const std::string kind = LayerText::kind(text);
  const auto row = std::ranges::find_if(kKinds, [&](const LayerKind& known) { return kind == known.name; });
  if (row == std::end(kKinds)) {
    std::vector<std::string> names;
    for (const LayerKind& known : kKinds) names.emplace_back(known.name);
    fail_input(where, unknown_name("layer", kind, names));
  }
  row->add(draft, LayerText(text, where, row->form, row->values, row->options));
}

}  // namespace cimera::workloads
