#include "mapping/crossbar.h"

#include "mapping/host_exchange.h"
#include "mapping/lowering.h"
#include "mapping/products.h"
#include "mapping/tile_layers.h"
#include "mapping/weight_loading.h"

namespace cimera::mapping {

void map_on_crossbars(const workloads::Network& network, const ops::CrossbarMachine& machine,
                      const ops::HostMachine& host, const MapOptions& options, ProgramBuilder& run,
                      ProgramBuilder& load, Mapped& mapped) {
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
