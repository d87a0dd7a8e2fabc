// Post-training quantisation of the weighted layers to 1..16 bits: weights per output channel, activations per tensor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/dataset.h"
#include "workloads/network.h"

namespace cimera::workloads {

enum class Calibration { kMinMax, kPercentile, kMse };

struct QuantizeOptions {
  int weight_bits = 8;      ///< 1..16; symmetric, codes -(2^(b-1)-1) .. 2^(b-1)-1; for b = 1 the codes are -1 and +1
  int activation_bits = 8;  ///< 1..16; see QuantizedLayer
  Calibration calibration = Calibration::kMinMax;
  double percentile = 99.9;  ///< for kPercentile: share of |values| (in %) inside the range
};

/// One Conv2d or Dense in integers: y = scale_x * scale_w[c] * sum_k q_x[k] q_w[k][c] + bias[c].
struct QuantizedLayer {
  LayerId layer;
  int weight_bits = 8, activation_bits = 8;
  double input_scale = 1.0;           ///< real value of one step of the input codes
  bool input_signed = false;          ///< false: codes 0 .. 2^b-1; true: codes -2^(b-1) .. 2^(b-1)-1 (two's complement)
  std::vector<double> weight_scale;   ///< per output channel, [groups * columns]
  std::vector<std::int16_t> weights;  ///< codes, [groups][rows][columns], row order of MvmShape
  std::vector<float> bias;            ///< [groups * columns]; zeros where the layer has none

  std::int32_t code_min() const { return input_signed ? -(1 << (activation_bits - 1)) : 0; }
  std::int32_t code_max() const { return input_signed ? (1 << (activation_bits - 1)) - 1 : (1 << activation_bits) - 1; }
};

/// A network and the integers of its weighted layers, in layer order. Everything between them stays in FP32.
struct QuantizedNetwork {
  const Network* network = nullptr;  ///< not owned
  std::vector<QuantizedLayer> layers;

  const QuantizedLayer& of(LayerId id) const;  ///< throws when the layer has no weights
};

/// Calibrates the activation ranges on `data` by FP32 reference inference and quantises the weights.
QuantizedNetwork quantize(const Network& network, const QuantizeOptions& options, const Batch& data);

}  // namespace cimera::workloads
