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
  std::vector<LayerSummary> layers;
  std::int64_t macs = 0, weights = 0, biases = 0;
  std::int64_t activation_bytes = 0;       ///< the input and every layer's result
  std::int64_t peak_activation_bytes = 0;  ///< largest sum of activations that are needed at once, layer after layer
};

/// `activation_bits`: precision of activations, 1 to 64.
NetworkSummary summarize(const Network& network, int activation_bits = 32);

}  // namespace cimera::workloads
