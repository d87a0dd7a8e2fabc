// The weighted layers in integers: codes in, exact sums, real values out.
#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include "core/error.h"
#include "kernels/elementwise.h"
#include "kernels/exact_gemm.h"
#include "kernels/window.h"
#include "workloads/inference.h"
#include "workloads/window_of.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// Real values of the sums of one output channel: of products of codes, or of codes less the zero point.
class Rescale {
 public:
  enum class Of { kCodes, kDifferences };
  Rescale(const QuantizedLayer& layer, std::int64_t channel, Of of)
      : scale_(layer.input_scale * layer.weight_scale.at(size(channel))),
        zero_sum_(of == Of::kCodes && !layer.zero_sums.empty() ? layer.zero_sums.at(size(channel)) : 0.0),
        bias_(static_cast<double>(layer.bias.at(size(channel)))) {}
  float operator()(double sum) const { return static_cast<float>(scale_ * (sum - zero_sum_) + bias_); }

 private:
  double scale_, zero_sum_, bias_;
};

/// One sample's share of a group's input: its channels for a convolution, everything for a dense layer.
std::span<const float> group_input(const Network& network, const Layer& layer, const Values& input, std::int64_t sample,
                                   std::int64_t group) {
  const std::int64_t all = elements(network.tensor(layer.inputs.at(0)).shape);
  const auto* conv = std::get_if<Conv2d>(&layer.op);
  const std::int64_t share = conv == nullptr ? all : all / conv->groups;
  return std::span(input).subspan(size(sample * all + group * share), size(share));
}

/// Input codes less the zero point, so that 0 stands for 0.
std::vector<float> differences(const QuantizedLayer& layer, std::span<const float> values) {
  std::vector<float> codes(values.size());
  kernels::quantize<float>(values, layer.input_scale, layer.code_min() - layer.zero_point,
                           layer.code_max() - layer.zero_point, codes);
  return codes;
}

/// A weighted layer ready for exact products, one per group.
class IntegerLayer {
 public:
  IntegerLayer(const Network& network, const QuantizedLayer& quantized)
      : network_(network),
        quantized_(quantized),
        layer_(network.layer(quantized.layer)),
        shape_(mvm_shape(network, layer_)) {
    const std::int64_t per_group = shape_.rows * shape_.columns;
    const std::int32_t largest =
        std::max(quantized.code_max() - quantized.zero_point, quantized.zero_point - quantized.code_min());
    for (std::int64_t g = 0; g < shape_.groups; ++g) {
      groups_.emplace_back(shape_.rows, shape_.columns,
                           std::span(quantized.weights).subspan(size(g * per_group), size(per_group)), largest);
    }
  }

  Values run(std::int64_t count, const Values& input) const {
    Values output(size(count * shape_.groups * shape_.columns * shape_.positions));
    const auto* conv = std::get_if<Conv2d>(&layer_.op);
    if (conv == nullptr) {
      run_dense(count, input, output);
    } else {
      for (std::int64_t i = 0; i < count; ++i) run_conv(*conv, i, input, output);
    }
    return output;
  }

 private:
  void run_dense(std::int64_t count, const Values& input, Values& output) const {
    std::vector<double> sums(output.size());
    groups_.front().multiply_rows(count * shape_.positions, differences(quantized_, input), sums);
    std::vector<Rescale> rescale;
    for (std::int64_t c = 0; c < shape_.columns; ++c) rescale.emplace_back(quantized_, c, Rescale::Of::kDifferences);
    for (std::size_t i = 0; i < sums.size(); ++i) output[i] = rescale[i % rescale.size()](sums[i]);
  }

  /// Computes [channel][position] of one image directly, which saves transposing [position][channel].
  void run_conv(const Conv2d& conv, std::int64_t sample, const Values& input, Values& output) const {
    const kernels::Window2d window = window_of(network_, layer_, conv);
    std::vector<float> matrix(size(shape_.rows * shape_.positions));
    std::vector<double> sums(size(shape_.columns * shape_.positions));
    for (std::int64_t g = 0; g < shape_.groups; ++g) {
      kernels::im2col<float>(window, differences(quantized_, group_input(network_, layer_, input, sample, g)), matrix);
      groups_[size(g)].multiply_columns(shape_.positions, matrix, sums);
      const double* sum = sums.data();
      for (std::int64_t c = 0; c < shape_.columns; ++c) {
        const std::int64_t channel = g * shape_.columns + c;
        const Rescale rescale(quantized_, channel, Rescale::Of::kDifferences);
        float* out = output.data() + (sample * conv.out_channels + channel) * shape_.positions;
        for (std::int64_t p = 0; p < shape_.positions; ++p) out[p] = rescale(*sum++);
      }
    }
  }

  const Network& network_;
  const QuantizedLayer& quantized_;
  const Layer& layer_;
  MvmShape shape_;
  std::vector<kernels::ExactGemm> groups_;
};

}  // namespace

void input_codes(const Network& network, const QuantizedLayer& quantized, std::int64_t count, std::int64_t first,
                 std::span<const float> values, std::span<std::int32_t> codes) {
  const Layer& layer = network.layer(quantized.layer);
  const MvmShape shape = mvm_shape(network, layer);
  std::optional<kernels::Window2d> window = window_of(network, layer);
  const std::int64_t n = count == 0 ? 0 : static_cast<std::int64_t>(values.size()) / count;
  // An input of the group is `unit` elements, which give `taps` rows.
  const std::int64_t inputs = elements(network.tensor(layer.inputs.at(0)).shape);
  const std::int64_t unit = window ? window->height * window->width : 1;
  const std::int64_t taps = window ? window->kernel_h * window->kernel_w : 1;
  const std::int64_t share = unit * shape.rows / taps;  // of a group
  const std::int64_t vectors = shape.positions * count;
  if (n < 1 || first < 0 || first + n > inputs || first % unit != 0 || n % unit != 0 || first % share + n > share ||
      std::ssize(codes) != vectors * shape.rows || std::ssize(values) != n * count)
    fail_run(fmt::format("layer '{}': elements {} to {} of {} samples are no whole inputs of one group", layer.name,
                         first, first + n, count));
  std::int32_t* out = codes.data() + first % share / unit * taps;
  if (window) window->channels = n / unit;
  std::vector<std::int32_t> sample(size(n));
  for (std::int64_t i = 0; i < count; ++i, out += shape.positions * shape.rows) {
    const std::span<std::int32_t> to = window ? std::span(sample) : std::span(out, size(n));
    kernels::quantize<std::int32_t>(values.subspan(size(i * n), size(n)), quantized.input_scale,
                                    quantized.code_min() - quantized.zero_point,
                                    quantized.code_max() - quantized.zero_point, to);
    if (quantized.zero_point != 0)
      for (std::int32_t& code : to) code += quantized.zero_point;
    if (window)
      kernels::im2row<std::int32_t>(*window, sample,
                                    std::span(out, size((shape.positions - 1) * shape.rows + window->taps())),
                                    shape.rows, quantized.zero_point);
  }
}

std::int64_t clipped_inputs(const QuantizedLayer& layer, std::span<const float> input) {
  // As in kernels::quantize; what is too large for it, or no number, is outside all the more.
  constexpr double kRound = 6755399441055744.0;
  const double low = layer.code_min() - layer.zero_point, high = layer.code_max() - layer.zero_point;
  const double scale = layer.input_scale;
  std::int64_t clipped = 0;
  for (const float value : input) {
    const double code = (static_cast<double>(value) / scale + kRound) - kRound;
    clipped += static_cast<std::int64_t>(!(code >= low)) | static_cast<std::int64_t>(!(code <= high));
  }
  return clipped;
}

void dequantize(const Network& network, const QuantizedLayer& quantized, std::int64_t count, std::int64_t first,
                std::span<const double> accumulators, std::span<float> output) {
  const Layer& layer = network.layer(quantized.layer);
  const MvmShape shape = mvm_shape(network, layer);
  const std::int64_t channels = shape.groups * shape.columns;
  const std::int64_t n = count == 0 ? 0 : std::ssize(output) / count;
  if (n < 1 || first < 0 || first + n > channels * shape.positions || std::ssize(output) != n * count ||
      accumulators.size() != output.size())
    fail_run(fmt::format("layer '{}': {} sums and {} outputs from element {} on for {} samples of {}", layer.name,
                         accumulators.size(), output.size(), first, count, channels * shape.positions));
  // Stretches of elements of one channel.
  const std::int64_t stretch = shape.positions;
  std::vector<Rescale> rescale;
  for (std::int64_t c = 0; c < channels; ++c) rescale.emplace_back(quantized, c, Rescale::Of::kCodes);
  const double* sum = accumulators.data();
  float* out = output.data();
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t e = first; e < first + n;) {
      const Rescale& to_real = rescale[size(e / stretch % channels)];
      const std::int64_t end = std::min(first + n, (e / stretch + 1) * stretch);
      for (; e < end; ++e) *out++ = to_real(*sum++);
    }
}

Values infer_integer(const QuantizedNetwork& network, const Batch& input, const LayerObserver& seen) {
  if (input.count == 1)  // no other sample needs a layer again
    return infer_with(*network.network, input, [&](const LayerCall& call) {
      if (seen) seen(call);
      return IntegerLayer(*network.network, network.of(call.id)).run(call.count, *call.inputs.front());
    });
  std::map<LayerId, IntegerLayer> layers;
  for (const QuantizedLayer& layer : network.layers) layers.try_emplace(layer.layer, *network.network, layer);
  return infer_with(*network.network, input, [&](const LayerCall& call) {
    if (seen) seen(call);
    return layers.at(call.id).run(call.count, *call.inputs.front());
  });
}

}  // namespace cimera::workloads
