#include "workloads/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.h"
#include "core/parallel.h"
#include "kernels/elementwise.h"
#include "workloads/calibrate.h"
#include "workloads/file_codes.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

void check(const QuantizeOptions& options, const FileCodes& own, const Batch& data) {
  const auto check_bits = [](int bits, const char* what) {
    if (bits < 1 || bits > 16) fail_input(fmt::format("{} bits = {}: must be 1 to 16", what, bits));
  };
  check_bits(options.weight_bits, "weight");
  check_bits(options.activation_bits, "activation");
  if (!(options.percentile > 0.0 && options.percentile <= 100.0)) {
    fail_input(fmt::format("calibration percentile = {}: must be above 0 and at most 100", options.percentile));
  }
  if (data.count < 1 && !own.complete()) fail_input("calibration: there are no samples");
  const auto check_own = [](int bits, int needed, const char* what) {
    if (bits < needed) fail_input(fmt::format("{} bits = {}: the network's own codes need {}", what, bits, needed));
  };
  check_own(options.weight_bits, own.weight_bits, "weight");
  check_own(options.activation_bits, own.activation_bits, "activation");
}

/// The weights of one output channel, and the step of their codes.
class Channel {
 public:
  explicit Channel(std::vector<float> weights) : weights_(std::move(weights)) {
    for (const float w : weights_) largest_ = std::max(largest_, std::abs(static_cast<double>(w)));
  }

  double step(int bits, Calibration calibration) const {
    if (bits == 1) return mean_magnitude();
    const std::int32_t codes = (1 << (bits - 1)) - 1;
    if (largest_ == 0.0) return 1.0;
    return (calibration == Calibration::kMse ? best_clip(codes) : largest_) / codes;
  }

  void codes(double step, int bits, std::span<std::int16_t> codes) const {
    const std::int32_t largest = (1 << (bits - 1)) - 1;
    if (bits > 1) return kernels::quantize<std::int16_t>(weights_, step, -largest, largest, codes);
    std::ranges::transform(weights_, codes.begin(), [](float w) { return w < 0.0F ? -1 : 1; });
  }

  /// Of weights that are whole multiples of the step.
  void own_codes(double step, std::span<std::int16_t> codes) const {
    constexpr std::int32_t kLargest = std::numeric_limits<std::int16_t>::max();
    kernels::quantize<std::int16_t>(weights_, step, -kLargest - 1, kLargest, codes);
  }

 private:
  double mean_magnitude() const {
    double sum = 0.0;
    for (const float w : weights_) sum += std::abs(static_cast<double>(w));
    return sum / static_cast<double>(weights_.size());
  }

  double best_clip(std::int32_t codes) const {
    constexpr int kCandidates = 100;
    double best = largest_, smallest = INFINITY;
    for (int candidate = kCandidates; candidate >= 1; --candidate) {
      const double clip = largest_ * candidate / kCandidates;
      const double step = clip / codes;
      double error = 0.0;
      for (const float w : weights_) {
        const double limit = codes;
        const double off = w - step * std::nearbyint(std::clamp(w / step, -limit, limit));
        error += off * off;
      }
      if (error < smallest) {
        smallest = error;
        best = clip;
      }
    }
    return best;
  }

  std::vector<float> weights_;
  double largest_ = 0.0;
};

/// Input codes that the file gives.
void take_grid(const CodeGrid& grid, QuantizedLayer& layer) {
  layer.input_scale = static_cast<double>(grid.scale);
  layer.input_signed = grid.zero_point == 0 && grid.low < 0;
  layer.zero_point = layer.input_signed ? 0 : grid.zero_point - grid.low;
}

/// What inputs of 0 sum to.
void sum_zeros(const MvmShape& shape, QuantizedLayer& layer) {
  if (layer.zero_point == 0) return;
  layer.zero_sums.assign(layer.weight_scale.size(), 0.0);
  for (std::size_t i = 0; i < layer.weights.size(); ++i) {
    const std::size_t group = i / size(shape.rows * shape.columns), column = i % size(shape.columns);
    layer.zero_sums[group * size(shape.columns) + column] += layer.zero_point * layer.weights[i];
  }
}

QuantizedLayer quantize_layer(const Network& network, LayerId id, const QuantizeOptions& options,
                              const ActivationRange& range) {
  const Layer& layer = network.layer(id);
  const MvmShape shape = mvm_shape(network, layer);
  const std::vector<float>& weights = network.tensor(*layer.weights).values;
  const bool columns_first = std::holds_alternative<Conv2d>(layer.op);  // [column][row], else [row][column]
  QuantizedLayer quantized{.layer = id,
                           .weight_bits = options.weight_bits,
                           .activation_bits = options.activation_bits,
                           .input_scale = code_step(range, options.activation_bits),
                           .input_signed = range.low < 0.0,
                           .zero_point = 0,
                           .weight_scale = {},
                           .weights = std::vector<std::int16_t>(weights.size()),
                           .bias = std::vector<float>(size(shape.groups * shape.columns), 0.0F),
                           .zero_sums = {}};
  if (const auto grid = layer.dynamic_input ? std::nullopt : grid_of(network, layer.inputs.at(0)))
    take_grid(*grid, quantized);
  if (layer.bias) quantized.bias = network.tensor(*layer.bias).values;
  // A few channels at a time, whose codes then lie beside each other.
  constexpr std::int64_t kChannels = 32;
  quantized.weight_scale.resize(size(shape.groups * shape.columns));
  parallel_for(shape.groups * shape.columns, kChannels, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::int16_t> codes(size((end - begin) * shape.rows));
    for (std::int64_t channel = begin; channel < end; ++channel) {
      std::vector<float> values(size(shape.rows));
      for (std::int64_t row = 0; row < shape.rows; ++row)
        values[size(row)] = weights[size(columns_first ? channel * shape.rows + row : row * shape.columns + channel)];
      const Channel weights_of_channel(std::move(values));
      const bool own = !layer.weight_steps.empty();
      const double step =
          own ? layer.weight_steps[size(channel)] : weights_of_channel.step(options.weight_bits, options.calibration);
      quantized.weight_scale[size(channel)] = step;
      const auto to = std::span(codes).subspan(size((channel - begin) * shape.rows), size(shape.rows));
      if (own) weights_of_channel.own_codes(step, to);
      else weights_of_channel.codes(step, options.weight_bits, to);
    }
    std::vector<std::int16_t*> to;  // by channel: where its code of row 0 lies
    for (std::int64_t channel = begin; channel < end; ++channel)
      to.push_back(quantized.weights.data() + channel / shape.columns * shape.rows * shape.columns +
                   channel % shape.columns);
    for (std::int64_t row = 0; row < shape.rows; ++row)
      for (std::size_t c = 0; c < to.size(); ++c) to[c][row * shape.columns] = codes[c * size(shape.rows) + size(row)];
  });
  sum_zeros(shape, quantized);
  return quantized;
}

}  // namespace

const QuantizedLayer& QuantizedNetwork::of(LayerId id) const {
  const auto found = std::ranges::find(layers, id, &QuantizedLayer::layer);
  if (found == layers.end()) fail_run(fmt::format("layer {} of '{}' is not quantised", id.value(), network->name));
  return *found;
}

QuantizedNetwork quantize(const Network& network, const QuantizeOptions& options, const Batch& data) {
  const FileCodes own = file_codes(network);
  check(options, own, data);
  const std::vector<ActivationRange> ranges =
      own.complete() ? std::vector<ActivationRange>(network.layers.size()) : calibrate(network, options, data);
  QuantizedNetwork quantized{.network = &network, .layers = {}};
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (network.layers[i].is_mvm()) {
      quantized.layers.push_back(quantize_layer(network, LayerId(i), options, ranges[i]));
    }
  }
  return quantized;
}

}  // namespace cimera::workloads
