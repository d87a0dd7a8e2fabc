#include "mapping/placement.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/error.h"
#include "core/integers.h"
#include "mapping/array_grid.h"
#include "mapping/tensor_places.h"
#include "mapping/tile_work.h"
#include "mapping/windows.h"

namespace cimera::mapping {
namespace {

using workloads::Layer;
using workloads::Network;

/// Hands out units and buffer space, tile after tile.
class Allocator {
 public:
  Allocator(const ops::CrossbarMachine& machine, std::int64_t tiles) : machine_(machine), tiles_(tiles) { reset(); }

  bool left() const { return tile_ < tiles_; }

  /// How many of `wanted` arrays the current tile can still hold.
  std::int64_t room(std::int64_t wanted) const {
    return std::min(wanted, free_imas_ * machine_.organisation.arrays_per_ima);
  }
  std::int64_t free_buffer() const { return free_buffer_; }
  bool fresh() const { return free_imas_ == machine_.organisation.imas_per_tile && free_buffer_ == capacity(); }
  std::int64_t tile() const { return tile_; }
  void next_tile() { ++tile_, reset(); }
  void take(std::int64_t arrays, std::int64_t buffer) {
    free_imas_ -= ceil_div(arrays, machine_.organisation.arrays_per_ima);
    free_buffer_ -= buffer;
  }
  std::int64_t capacity() const { return static_cast<std::int64_t>(machine_.pipeline.buffer.si()); }

 private:
  void reset() { free_imas_ = machine_.organisation.imas_per_tile, free_buffer_ = capacity(); }

  const ops::CrossbarMachine& machine_;
  std::int64_t tiles_, tile_ = 0, free_imas_ = 0, free_buffer_ = 0;
};

/// A layer to be placed on a machine.
class Job {
 public:
  Job(const Network& network, const ops::CrossbarMachine& machine, const Layer& layer, const ArrayGrid& grid,
      const TileWork& work)
      : layer(layer), grid(grid), network_(network), machine_(machine), work_(work) {
    const Loop image = pixels(network.tensor(layer.inputs[0]).shape);
    const std::int64_t under_way = positions_under_way(machine, grid.config());
    const Arrival arrival = work.arrival[layer.inputs[0].value()];
    image_ = held_ = image.size();
    if (arrival == Arrival::kPixels || arrival == Arrival::kStored)
      held_ = buffered(network, layer, image.columns, under_way);
    if (arrival == Arrival::kRows) held_ = buffered(network, layer, 1, under_way) * image.columns;
  }

  /// Buffer bits that arrays [first, last) need for their window of inputs, and for what the tile does with their
  /// results.
  std::int64_t buffer_bits(std::int64_t first, std::int64_t last) {
    std::int64_t elements = 0;
    for (const Range& range : grid.inputs(first, last)) elements += range.size();
    return ceil_div(elements * held_, image_) * machine_.precision.result_bits +
           result_bits(grid.home(first, last).size());
  }

  const Layer& layer;
  const ArrayGrid& grid;

 private:
  std::int64_t result_bits(std::int64_t elements) {
    const auto [known, fresh] = result_bits_.try_emplace(elements);
    if (fresh)
      known->second = result_windows(network_, work_, layer.output, elements,
                                     most_positions_under_way(machine_, grid.config()), machine_.precision.result_bits);
    return known->second;
  }

  const Network& network_;
  const ops::CrossbarMachine& machine_;
  const TileWork& work_;
  std::int64_t image_ = 0, held_ = 0;                 ///< pixels of the input, and those that are held
  std::map<std::int64_t, std::int64_t> result_bits_;  ///< by elements that a tile computes: tiles are much alike
};

/// Places arrays from `first` on; returns the first one for which no tile is left.
std::int64_t place_layer(Job& job, const std::string& name, const ops::CrossbarMachine& machine, ops::LayerIndex index,
                         std::int64_t first, Allocator& allocator, std::vector<Part>& parts) {
  const std::int64_t arrays = job.grid.arrays(), arrays_per_ima = machine.organisation.arrays_per_ima;
  while (first < arrays && allocator.left()) {
    std::int64_t n = allocator.room(arrays - first);
    // Whole units; of the first one in a tile, a part where the buffer has no room for more.
    while (n > 0 && job.buffer_bits(first, first + n) > allocator.free_buffer())
      n = n <= arrays_per_ima && allocator.fresh() ? n - 1 : (n - 1) / arrays_per_ima * arrays_per_ima;
    if (n == 0) {
      const std::int64_t needed = job.buffer_bits(first, first + 1);
      if (allocator.fresh()) {
        const std::string priced = ops::priced_for(machine.components, "pipeline.buffer");
        fail_input(fmt::format(
            "layer '{0}': its windows of inputs and results need {1} bits of tile buffer for one array, a tile of {2} "
            "has {3}; use --set '{2}:pipeline.buffer={1} bit'{4}",
            job.layer.name, needed, name, allocator.capacity(),
            priced.empty() ? "" : "; figures of " + priced + " were published for another size"));
      }
      allocator.next_tile();
      continue;
    }
    allocator.take(n, job.buffer_bits(first, first + n));
    parts.push_back({index, allocator.tile(), first, first + n});
    first += n;
  }
  return first;
}

}  // namespace

Placed place(const Network& network, const std::string& name, const ops::CrossbarMachine& machine,
             const std::vector<ops::CrossbarConfig>& configs, const TileWork& work, const Stretch& stretch,
             std::int64_t tiles) {
  Allocator allocator(machine, tiles);
  Placed placed{{}, stretch.last, 0};
  for (std::size_t index = stretch.first; index < stretch.last; ++index) {
    const Layer& layer = network.layers[index];
    if (!layer.is_mvm()) continue;
    const ArrayGrid grid(network, layer, configs[index]);
    Job job(network, machine, layer, grid, work);
    const std::int64_t first = placed.parts.empty() ? stretch.array : 0;
    const std::int64_t end = place_layer(job, name, machine, ops::LayerIndex(index), first, allocator, placed.parts);
    if (end == grid.arrays()) continue;
    placed.layer = index, placed.array = end;
    break;
  }
  return placed;
}

}  // namespace cimera::mapping
