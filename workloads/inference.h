// Running a network on a batch: the FP32 reference, and the same walk with the weighted layers replaced.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "workloads/dataset.h"
#include "workloads/network.h"
#include "workloads/quantize.h"

namespace cimera::workloads {

/// Values of one activation for a whole batch, [count][elements].
using Values = std::vector<float>;

/// Computes the output of one layer for `count` samples from its inputs, in FP32 through kernels/, on the calling
/// thread. `inputs[i]` holds the values of layer.inputs[i] (constants once, not per sample); the result has the shape
/// of layer.output. Each sample is computed by itself, so its bits do not depend on the others.
/// Throws Error(kRun) for weights that have a shape only.
Values run_layer(const Network& network, const Layer& layer, std::int64_t count,
                 const std::vector<const Values*>& inputs);

/// One layer on some consecutive samples: what a replacement for a weighted layer is asked to compute.
struct LayerCall {
  LayerId id;
  const Layer& layer;
  std::int64_t first = 0;  ///< index of the first sample in its data set (Batch::first + place in the batch)
  std::int64_t count = 0;
  const std::vector<const Values*>& inputs;  ///< as in run_layer
};
/// Returns the values of the layer's output. Called from several threads at once, for disjoint samples.
using LayerFunction = std::function<Values(const LayerCall&)>;

/// Runs the network, giving every Conv2d and Dense to `weighted_layer` and computing the others as `infer` does.
/// Returns the values of the network output, [count][elements]. Samples go through in chunks of at most `chunk` (fewer
/// where activations are large), in parallel; memory is bounded by the chunks in flight.
/// Throws Error(kInput) when the batch does not have the network's input shape.
inline constexpr std::int64_t kDefaultChunk = 64;
Values infer_with(const Network& network, const Batch& input, const LayerFunction& weighted_layer,
                  std::int64_t chunk = kDefaultChunk);

/// A chunk for which the activations of the network stay in a processor's cache: fastest where layers are computed one
/// sample at a time. 1 to kDefaultChunk.
std::int64_t cached_chunk(const Network& network);

/// FP32 reference inference. Independent of batching and threads: every sample's result is bit-identical however the
/// samples are grouped.
Values infer(const Network& network, const Batch& input);

/// Input codes of a quantised layer: round-half-to-even of x / input_scale, plus the zero point, clamped to the code
/// range; padding has the zero point. Takes elements
/// [first, first + n) of the input of one sample, values [count][n], and writes the entries that they give in `codes`,
/// [count * positions][rows] (im2col) of the group that they belong to. They must be whole channels of one group, or
/// anything for a Dense over one position; throws Error(kRun) when they are not. A Dense over several positions has its
/// features as channels here: its elements are ordered feature by feature.
void input_codes(const Network& network, const QuantizedLayer& layer, std::int64_t count, std::int64_t first,
                 std::span<const float> values, std::span<std::int32_t> codes);
/// How many of the values the code range clamps: those whose nearest code lies outside it.
std::int64_t clipped_inputs(const QuantizedLayer& layer, std::span<const float> input);
/// y = scale_x scale_w[c] (acc - zero_sums[c]) + bias[c], in FP64 and rounded once to FP32, for elements [first, first
/// + n) of the output of one sample, channel (or feature of a Dense) slowest; accumulators and outputs are [count][n].
void dequantize(const Network& network, const QuantizedLayer& layer, std::int64_t count, std::int64_t first,
                std::span<const double> accumulators, std::span<float> output);

/// Sees the inputs of a weighted layer. Called from several threads at once, for disjoint samples.
using LayerObserver = std::function<void(const LayerCall&)>;

/// The exact integer reference: weighted layers in integers without any rounding (64-bit sums), the rest as in `infer`.
/// `seen` is called with every weighted layer that is computed.
Values infer_integer(const QuantizedNetwork& network, const Batch& input, const LayerObserver& seen = {});

/// Index of the largest value of each row of [count][classes]; the first one where values tie.
std::vector<std::int32_t> argmax(const Values& output, std::int64_t count);

}  // namespace cimera::workloads
