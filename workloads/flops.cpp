#include "workloads/flops.h"

namespace cimera::workloads {

std::int64_t flops(const Network& network, const Layer& layer) {
  const std::int64_t outputs = elements(network.tensor(layer.output).shape);
  if (layer.is_mvm()) return 2 * macs(network, layer) + (layer.bias ? outputs : 0);
  if (std::holds_alternative<MatMul>(layer.op)) return 2 * macs(network, layer);
  if (std::holds_alternative<Reshape>(layer.op) || std::holds_alternative<KvCache>(layer.op)) return 0;
  if (const auto* pool = std::get_if<Pool2d>(&layer.op)) return outputs * pool->kernel_h * pool->kernel_w;
  return outputs;
}

}  // namespace cimera::workloads
