#include "mapping/placement.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "core/integers.h"
#include "mapping/tensor_places.h"
#include "mapping/tile_work.h"
#include "mapping/windows.h"

namespace cimera::mapping {
namespace {

using workloads::Conv2d;
using workloads::Layer;
using workloads::Network;

/// Hands out units and buffer space, tile after tile.
class Allocator {
 public:
  explicit Allocator(const ops::CrossbarMachine& machine) : machine_(machine) { reset(); }

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
  std::int64_t tile_ = 0, free_imas_ = 0, free_buffer_ = 0;
};

/// A layer to be placed on a machine.
struct Job {
  const Network& network;
  const std::string& name;  ///< of the machine
  const ops::CrossbarMachine& machine;
  const Layer& layer;
  const ArrayGrid& grid;
  const TileWork& work;
};

/// Buffer bits that arrays [first, last) need for their window of inputs, and for what the tile does with their
/// results.
std::int64_t buffer_bits(const Job& job, std::int64_t first, std::int64_t last) {
  std::int64_t elements = 0;
  for (const Range& range : job.grid.inputs(first, last)) elements += range.size();
  const Loop image = pixels(job.network.tensor(job.layer.inputs[0]).shape);
  const std::int64_t under_way = positions_under_way(job.machine, job.grid.config());
  const Arrival arrival = job.work.arrival[job.layer.inputs[0].value()];
  std::int64_t held = image.size();
  if (arrival == Arrival::kPixels) held = buffered(job.network, job.layer, image.columns, under_way);
  if (arrival == Arrival::kRows) held = buffered(job.network, job.layer, 1, under_way) * image.columns;
  const std::int64_t bits = job.machine.precision.result_bits;
  return ceil_div(elements * held, image.size()) * bits +
         result_windows(job.network, job.work, job.layer.output, job.grid.home(first, last).size(),
                        most_positions_under_way(job.machine, job.grid.config()), bits);
}

void place_layer(const Job& job, ops::LayerIndex index, Allocator& allocator, std::vector<Part>& parts) {
  const std::int64_t arrays = job.grid.arrays(), arrays_per_ima = job.machine.organisation.arrays_per_ima;
  for (std::int64_t first = 0; first < arrays;) {
    std::int64_t n = allocator.room(arrays - first);
    // Whole units; of the first one in a tile, a part where the buffer has no room for more.
    while (n > 0 && buffer_bits(job, first, first + n) > allocator.free_buffer())
      n = n <= arrays_per_ima && allocator.fresh() ? n - 1 : (n - 1) / arrays_per_ima * arrays_per_ima;
    if (n == 0) {
      const std::int64_t needed = buffer_bits(job, first, first + 1);
      if (allocator.fresh()) {
        const std::string priced = ops::priced_for(job.machine.components, "pipeline.buffer");
        fail_input(fmt::format(
            "layer '{0}': its windows of inputs and results need {1} bits of tile buffer for one array, a tile of {2} "
            "has {3}; use --set '{2}:pipeline.buffer={1} bit'{4}",
            job.layer.name, needed, job.name, allocator.capacity(),
            priced.empty() ? "" : "; figures of " + priced + " were published for another size"));
      }
      allocator.next_tile();
      continue;
    }
    allocator.take(n, buffer_bits(job, first, first + n));
    parts.push_back({index, allocator.tile(), first, first + n});
    first += n;
  }
}

}  // namespace

ArrayGrid::ArrayGrid(const Network& network, const Layer& layer, const ops::CrossbarConfig& config)
    : shape_(mvm_shape(network, layer)),
      config_(config),
      row_blocks_(ceil_div(shape_.rows, config.rows)),
      column_blocks_(ceil_div(shape_.columns, config.weights_per_array())),
      rows_per_channel_(1),
      elements_per_channel_(1) {
  if (const auto* conv = std::get_if<Conv2d>(&layer.op)) {
    const workloads::Shape& in = network.tensor(layer.inputs[0]).shape;
    rows_per_channel_ = conv->kernel_h * conv->kernel_w;
    elements_per_channel_ = in[2] * in[3];
  } else {
    elements_per_channel_ = shape_.positions;
  }
}

ArrayGrid::At ArrayGrid::at(std::int64_t array) const {
  return {array / (row_blocks_ * column_blocks_), array / row_blocks_ % column_blocks_, array % row_blocks_};
}

std::int64_t ArrayGrid::rows_in(std::int64_t row_block) const {
  return std::min<std::int64_t>(config_.rows, shape_.rows - row_block * config_.rows);
}

std::int64_t ArrayGrid::weights_in(std::int64_t column_block) const {
  const std::int64_t each = config_.weights_per_array();
  return std::min(each, shape_.columns - column_block * each);
}

ops::Mvm ArrayGrid::mvm(std::int64_t first, std::int64_t last, std::int64_t result_bits) const {
  ops::Mvm op{.first = first, .last = last, .steps = config_.steps()};
  std::set<std::pair<std::int64_t, std::int64_t>> distinct;
  for (std::int64_t array = first; array < last; ++array) {
    const At where = at(array);
    const std::int64_t weights = weights_in(where.column_block);
    op.driven_rows += rows_in(where.row_block);
    op.used_columns += weights * config_.slices();
    op.row_sums += config_.differential() ? 0 : 1;
    op.result_bits += weights * result_bits;
    op.merges += array > first && where.row_block > 0 ? weights : 0;
    if (distinct.insert({where.group, where.row_block}).second)
      op.fetch_bits += rows_in(where.row_block) * config_.input_bits;
  }
  op.register_bits = op.driven_rows * config_.input_bits;
  return op;
}

std::int64_t ArrayGrid::cells(std::int64_t first, std::int64_t last) const {
  std::int64_t sum = 0;
  for (std::int64_t array = first; array < last; ++array)
    sum += rows_in(at(array).row_block) * weights_in(at(array).column_block) * config_.cells_per_weight();
  return sum;
}

std::vector<Range> ArrayGrid::inputs(std::int64_t first, std::int64_t last) const {
  RangeSet ranges;
  for (std::int64_t array = first; array < last; ++array) {
    const At where = at(array);
    const std::int64_t row = where.row_block * config_.rows;
    const std::int64_t channels = shape_.rows / rows_per_channel_;
    const std::int64_t begin = where.group * channels + row / rows_per_channel_;
    const std::int64_t end = where.group * channels + (row + rows_in(where.row_block) - 1) / rows_per_channel_ + 1;
    ranges.add(Range{begin * elements_per_channel_, end * elements_per_channel_});
  }
  return ranges.ranges();
}

Range ArrayGrid::outputs(const At& from, std::int64_t columns) const {
  const std::int64_t begin = from.group * shape_.columns + from.column_block * config_.weights_per_array();
  return {begin * shape_.positions, (begin + columns) * shape_.positions};
}

Range ArrayGrid::home(std::int64_t first, std::int64_t last) const {
  Range range;
  for (std::int64_t array = first; array < last; ++array) {
    const At where = at(array);
    if (where.row_block != 0) continue;
    const Range column = outputs(where, weights_in(where.column_block));
    range = range.size() == 0 ? column : Range{range.begin, column.end};
  }
  return range;
}

Range ArrayGrid::continued(std::int64_t first, std::int64_t last) const {
  const At where = at(first);
  return where.row_block == 0 || first == last ? Range{} : outputs(where, weights_in(where.column_block));
}

std::vector<Part> place(const Network& network, const std::string& name, const ops::CrossbarMachine& machine,
                        const std::vector<ops::CrossbarConfig>& configs) {
  Allocator allocator(machine);
  const TileWork work = tile_work(network, machine);
  std::vector<Part> parts;
  for (std::size_t index = 0; index < network.layers.size(); ++index) {
    const Layer& layer = network.layers[index];
    if (!layer.is_mvm()) continue;
    const ArrayGrid grid(network, layer, configs[index]);
    place_layer({network, name, machine, layer, grid, work}, ops::LayerIndex(index), allocator, parts);
  }
  const std::int64_t tiles = parts.empty() ? 0 : parts.back().tile + 1;
  const std::int64_t chips = ceil_div(tiles, machine.organisation.tiles());
  if (chips > machine.organisation.chips)
    fail_input(fmt::format("network '{}' needs {} tiles but {} chip{} of {} {} {}; use --set {}:organisation.chips={}",
                           network.name, tiles, machine.organisation.chips, machine.organisation.chips == 1 ? "" : "s",
                           name, machine.organisation.chips == 1 ? "has" : "have",
                           machine.organisation.chips * machine.organisation.tiles(), name, chips));
  return parts;
}

}  // namespace cimera::mapping
