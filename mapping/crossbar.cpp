#include "mapping/crossbar.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/error.h"
#include "mapping/host_exchange.h"
#include "mapping/lowering.h"
#include "mapping/placement.h"
#include "mapping/products.h"
#include "mapping/tile_layers.h"
#include "mapping/weight_loading.h"
#include "workloads/position_order.h"

namespace cimera::mapping {
namespace {

/// Arrays hold weights: where products of two activations are made is the machine's policy.
void check_dynamic_products(const workloads::Network& network, const ops::CrossbarMachine& machine,
                            const std::string& name) {
  const auto product = std::ranges::find_if(network.layers, [](const workloads::Layer& layer) {
    return std::holds_alternative<workloads::MatMul>(layer.op);
  });
  if (product == network.layers.end() || machine.dynamic_matmul == ops::DynamicMatmul::kHost) return;
  fail_input(
      fmt::format("layer '{}' multiplies two activations, and {} has dynamic_matmul = {}, for which it has no "
                  "hardware; use --set '{}:dynamic_matmul=host'",
                  product->name, name, ops::to_string(machine.dynamic_matmul), name));
}

}  // namespace

void map_on_crossbars(const workloads::Network& network, const ops::CrossbarMachine& machine,
                      const ops::HostMachine& host, const MapOptions& options, ProgramBuilder& run,
                      ProgramBuilder& load, Mapped& mapped) {
  workloads::position_order(network);  // refuses orders that arrays cannot take
  check_dynamic_products(network, machine, run.machine());
  Lowering lowering(network, machine, host, options, run);
  mapped.parts = place(network, run.machine(), machine, lowering.configs);
  Products products(lowering, mapped.parts);
  TileLayers tile_layers(lowering);
  HostExchange host_exchange(lowering);
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    const workloads::Layer& layer = network.layers[index];
    if (products.fused(index)) continue;
    if (std::holds_alternative<workloads::Reshape>(layer.op)) {
      lowering.places[layer.output.value()] = lowering.places[layer.inputs[0].value()];
    } else if (layer.is_mvm()) {
      products.lower(index);
    } else if (lowering.work.in_tiles[index]) {
      tile_layers.lower(index, *tile_function(layer.op));
    } else {
      host_exchange.lower(index);
      mapped.host_layers.push_back(layer.name);
    }
  }
  host_exchange.finish();
  load_weights(network, machine, host, lowering.configs, mapped.parts, load);
}

}  // namespace cimera::mapping
