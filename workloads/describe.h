// Totals of a network: what a user reads before choosing a machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/network.h"

namespace cimera::workloads {

/// One layer, for one sample.
struct LayerSummary {
  std::string name, op;  ///< op as op_name() says
  Shape input, output;   ///< of the first operand and of the result, batch first
  std::int64_t macs = 0;
  std::int64_t weights = 0, biases = 0;
  std::int64_t activation_bytes = 0;  ///< of the result, at the stated precision, each tensor rounded up to a byte
};

/// A network, for one sample.
struct NetworkSummary {
  int weight_bits = 0, activation_bits = 0;  ///< the stated precision
  std::vector<LayerSummary> layers;
  std::int64_t macs = 0, weights = 0, biases = 0;
  std::int64_t weight_bytes = 0;           ///< biases left out
  std::int64_t activation_bytes = 0;       ///< the input and every layer's result
  std::int64_t peak_activation_bytes = 0;  ///< largest sum of activations that are needed at once, layer after layer
  /// Keys and values of attention: what the products of two activations read as their second operand, found behind
  /// layers that repeat or reorder it.
  std::int64_t kv_bytes = 0;
  /// Operations (2 per multiply-accumulate) per byte that has to move at least once: weights, keys and values that were
  /// kept, input and output.
  double intensity = 0.0;
};

/// Bits of weights and activations, 1 to 64 each. A KvCache moves nothing and adds no activation of its own.
NetworkSummary summarize(const Network& network, int weight_bits, int activation_bits);

}  // namespace cimera::workloads
