#include "mapping/crossbar.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/error.h"
#include "mapping/host_exchange.h"
#include "mapping/loads.h"
#include "mapping/lowering.h"
#include "mapping/placement.h"
#include "mapping/products.h"
#include "mapping/reprogramming.h"
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

/// Where cells are written for every batch, the time of a batch has the time of writing in it.
void check_write_time(const workloads::Network& network, const ops::CrossbarMachine& machine, const std::string& name,
                      std::int64_t loads) {
  if (machine.pipeline.cell_write) return;
  fail_input(fmt::format(
      "network '{0}' is written into the cells of {1} in {2} loads for every batch, but the time to write a "
      "row of cells '{3}' is unknown; use --set '{1}:pipeline.cell_write=...' with a time",
      network.name, name, loads, machine.cell));
}

/// Lowers the layers of one load after another.
class LoadLowering {
 public:
  LoadLowering(Lowering& lowering, std::vector<std::string>& host_layers)
      : l_(lowering), host_layers_(host_layers), products_(lowering), tile_layers_(lowering), host_(lowering) {}

  /// `next`: the first layer of the next load.
  void lower(const Load& load, std::size_t next) {
    l_.work = load.work;
    for (std::size_t index = load.first; index < load.last; ++index)
      if (!products_.fused(index)) lower_layer(index, load.parts);
    host_.finish(next);
  }

 private:
  void lower_layer(std::size_t index, const std::vector<Part>& parts) {
    const workloads::Layer& layer = l_.layer(index);
    if (std::holds_alternative<workloads::Reshape>(layer.op)) {
      l_.places[layer.output.value()] = l_.places[layer.inputs[0].value()];
    } else if (layer.is_mvm()) {
      products_.lower(index, parts);
    } else if (l_.work.in_tiles[index]) {
      tile_layers_.lower(index, *tile_function(layer.op));
    } else {
      host_.lower(index);
      host_layers_.push_back(layer.name);
    }
  }

  Lowering& l_;
  std::vector<std::string>& host_layers_;
  Products products_;
  TileLayers tile_layers_;
  HostExchange host_;
};

}  // namespace

void map_on_crossbars(const workloads::Network& network, const ops::CrossbarMachine& machine,
                      const ops::HostMachine& host, const MapOptions& options, ProgramBuilder& run,
                      ProgramBuilder& load, Mapped& mapped) {
  workloads::position_order(network);  // refuses orders that arrays cannot take
  check_dynamic_products(network, machine, run.machine());
  Lowering lowering(network, machine, host, options, run);
  std::vector<Load> loads = cut_into_loads(network, run.machine(), machine, lowering.configs);
  mapped.loads = static_cast<std::int64_t>(loads.size());
  const bool again = loads.size() > 1;
  if (again) check_write_time(network, machine, run.machine(), mapped.loads);
  for (const Load& one : loads) mapped.parts.insert(mapped.parts.end(), one.parts.begin(), one.parts.end());
  WeightLoading loading(network, machine, host, lowering.configs, again ? run : load);
  Reprogramming reprogramming(loading, run);
  LoadLowering layers(lowering, mapped.host_layers);
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (again) reprogramming.begin(loads[i].parts);
    layers.lower(loads[i], i + 1 < loads.size() ? loads[i + 1].first : network.layers.size());
    if (again) reprogramming.end();
  }
  if (!again)
    for (const Part& part : mapped.parts) loading.load(part);
}

}  // namespace cimera::mapping
