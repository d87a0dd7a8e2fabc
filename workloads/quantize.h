// Post-training quantisation of the weighted layers to 1..16 bits: weights per output channel, activations per tensor.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/dataset.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// How the range of real values that the codes cover is chosen.
enum class Calibration {
  kMinMax,      ///< activations and weights: everything that occurs
  kPercentile,  ///< activations: the given share of |values|; weights: as kMinMax
  kMse          ///< activations and weights: the clipping that makes the mean square error smallest
};

struct QuantizeOptions {
  int weight_bits = 8;      ///< 1..16; symmetric, codes -(2^(b-1)-1) .. 2^(b-1)-1; for b = 1 the codes are -1 and +1
  int activation_bits = 8;  ///< 1..16; see QuantizedLayer
  Calibration calibration = Calibration::kMinMax;
  double percentile = 99.9;  ///< for kPercentile: share of |values| (in %, above 0 to 100) inside the range
};

/// One Conv2d or Dense in integers: y = scale_x * scale_w[c] * (sum_k q_x[k] q_w[k][c] - zero_sums[c]) + bias[c].
/// Padding has the code of 0.
struct QuantizedLayer {
  LayerId layer;
  int weight_bits = 8, activation_bits = 8;
  double input_scale = 1.0;           ///< real value of one step of the input codes
  bool input_signed = false;          ///< false: codes 0 .. 2^b-1; true: codes -2^(b-1) .. 2^(b-1)-1 (two's complement)
  std::int32_t zero_point = 0;        ///< the input code of 0; always 0 for signed codes
  std::vector<double> weight_scale;   ///< per output channel, [groups * columns]
  std::vector<std::int16_t> weights;  ///< codes, [groups][rows][columns], row order of MvmShape
  std::vector<float> bias;            ///< [groups * columns]; zeros where the layer has none
  std::vector<double> zero_sums;      ///< what inputs of 0 sum to: zero_point * sum_k q_w[k][c]; empty where all are 0

  std::int32_t code_min() const { return input_signed ? -(1 << (activation_bits - 1)) : 0; }
  std::int32_t code_max() const { return input_signed ? (1 << (activation_bits - 1)) - 1 : (1 << activation_bits) - 1; }
};

/// A network and the integers of its weighted layers, in layer order. Everything between them stays in FP32.
struct QuantizedNetwork {
  const Network* network = nullptr;  ///< not owned
  std::vector<QuantizedLayer> layers;

  const QuantizedLayer& of(LayerId id) const;  ///< throws Error(kRun) when the layer has no weights
};

/// Calibrates the activation ranges on `data` by FP32 reference inference and quantises the weights. A layer whose
/// inputs are never negative gets unsigned input codes. Results do not depend on threads or on the order of the data.
///
/// Where the network was quantised before (file_codes.h), its own steps of weights, and scales and zero points of
/// inputs, are taken as they are; the bits say then in how wide codes they are stored. What is left is calibrated. Own
/// codes of inputs are counted from the lowest on, unsigned, unless the zero point is 0.
///
/// Ranges: unsigned codes step by max / (2^b - 1), signed ones by the larger of |min| / 2^(b-1) and max / (2^(b-1) -
/// 1); weights by max|w| / (2^(b-1) - 1), or mean|w| for one bit (which makes the square error smallest: Rastegari et
/// al., XNOR-Net, ECCV 2016, eq. 6). A range of zero width steps by 1.
///
/// Throws Error(kInput) for options out of range, no data, data that do not fit the network, and calibration values
/// that are not finite, naming the layer; for bits that do not hold the network's own codes. Error(kRun) for a network
/// without weights' values.
QuantizedNetwork quantize(const Network& network, const QuantizeOptions& options, const Batch& data);

}  // namespace cimera::workloads
