#include "mapping/loads.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/integers.h"
#include "mapping/array_grid.h"
#include "mapping/placement.h"

namespace cimera::mapping {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

class Cutter {
 public:
  Cutter(const workloads::Network& network, const std::string& name, const ops::CrossbarMachine& machine,
         const std::vector<ops::CrossbarConfig>& configs)
      : network_(network), name_(name), machine_(machine), configs_(configs) {}

  /// The load that holds all.
  Load whole() const {
    const std::size_t layers = network_.layers.size();
    Load load{0, layers, {}, tile_work(network_, machine_, 0, layers)};
    load.parts = place(load, 0, kNoLimit).parts;
    const std::int64_t tiles = load.parts.empty() ? 0 : load.parts.back().tile + 1;
    const std::int64_t chips = machine_.organisation.chips, needed = chips_for(tiles);
    if (needed > chips)
      fail_input(fmt::format(
          "network '{0}' needs {1} tiles but {2} chip{3} of {4} {5} {6}; use --set {4}:organisation.chips={7}, or "
          "--set "
          "{4}:weights=reprogrammed to write its weights into the cells part by part for every batch",
          network_.name, tiles, chips, chips == 1 ? "" : "s", name_, chips == 1 ? "has" : "have", limit(), needed));
    return load;
  }

  std::vector<Load> cut() {
    std::vector<Load> loads;
    while (first_ < network_.layers.size()) loads.push_back(next());
    for (std::size_t i = 0; i < loads.size(); ++i)
      for (Part& part : loads[i].parts) part.load = static_cast<std::int64_t>(i);
    return loads;
  }

 private:
  std::int64_t limit() const { return machine_.organisation.chips * machine_.organisation.tiles(); }
  std::int64_t chips_for(std::int64_t tiles) const { return ceil_div(tiles, machine_.organisation.tiles()); }
  Placed place(const Load& load, std::int64_t array, std::int64_t tiles) const {
    return mapping::place(network_, name_, machine_, configs_, load.work, {load.first, load.last, array}, tiles);
  }

  /// As many layers as fit. Fewer layers need no more room in buffers: less follows them in the tiles.
  Load next() {
    if (array_ > 0) return piece(first_);
    Load load{first_, network_.layers.size(), {}, {}};
    for (;;) {
      load.work = tile_work(network_, machine_, load.first, load.last);
      Placed placed = place(load, 0, limit());
      if (placed.layer == load.last) {
        load.parts = std::move(placed.parts);
        first_ = load.last;
        return load;
      }
      if (placed.parts.empty() || placed.parts.front().layer.value() == placed.layer) return piece(placed.layer);
      load.last = placed.layer;
    }
  }

  /// As many column blocks as fit of a layer that does not fit whole. Layers without weights that follow it belong to
  /// the last of its loads, but the host computes them: its results are not all in tiles.
  Load piece(std::size_t index) {
    Load load{first_, index + 1, {}, tile_work(network_, machine_, first_, index + 1)};
    Placed placed = place(load, array_, limit());
    first_ = index;
    if (placed.layer == load.last) {
      while (load.last < network_.layers.size() && !network_.layers[load.last].is_mvm()) ++load.last;
      first_ = load.last, array_ = 0;
    } else {
      const std::int64_t rows = ArrayGrid(network_, network_.layers[index], configs_[index]).row_blocks();
      const std::int64_t end = placed.array / rows * rows;
      if (end <= array_) refuse(load, index, rows);
      std::erase_if(placed.parts, [&](const Part& part) { return part.first >= end; });
      placed.parts.back().last = std::min(placed.parts.back().last, end);
      array_ = end;
    }
    load.parts = std::move(placed.parts);
    return load;
  }

  [[noreturn]] void refuse(const Load& load, std::size_t index, std::int64_t rows) const {
    const std::int64_t tiles = place(load, 0, kNoLimit).parts.back().tile + 1;
    fail_input(
        fmt::format("layer '{0}' of network '{1}': one column of its weight matrix fills {2} arrays, which {3} cannot "
                    "hold together, "
                    "and columns are not divided between loads; the layer alone needs {4} tiles: use --set "
                    "{3}:organisation.chips={5}",
                    network_.layers[index].name, network_.name, rows, name_, tiles, chips_for(tiles)));
  }

  const workloads::Network& network_;
  const std::string& name_;
  const ops::CrossbarMachine& machine_;
  const std::vector<ops::CrossbarConfig>& configs_;
  std::size_t first_ = 0;   ///< layer with which the next load begins
  std::int64_t array_ = 0;  ///< of it: those before have been in earlier loads
};

}  // namespace

std::vector<Load> cut_into_loads(const workloads::Network& network, const std::string& name,
                                 const ops::CrossbarMachine& machine, const std::vector<ops::CrossbarConfig>& configs) {
  Cutter cutter(network, name, machine, configs);
  if (machine.weights == ops::Weights::kReprogrammed) return cutter.cut();
  std::vector<Load> one;
  one.push_back(cutter.whole());
  return one;
}

}  // namespace cimera::mapping
