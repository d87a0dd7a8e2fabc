#include "models/functional/placed_layer.h"

#include <algorithm>
#include <set>

#include "models/functional/crossbar/layer.h"
#include "models/functional/evaluate.h"

namespace cimera::functional {

using ops::Counts;
using ops::Event;
using ops::Measure;
using ops::Measurements;

/// A rectangle of arrays of one group.
struct PlacedLayer::Block {
  std::int64_t group;
  BlockRange rows, columns;
};

PlacedLayer::PlacedLayer(const ops::CrossbarMachine& machine, const workloads::Network& network,
                         const workloads::QuantizedLayer& layer, const devices::CellModel& cell, const Draw& draw)
    : shape_(mvm_shape(network, network.layer(layer.layer))),
      input_bits_(layer.activation_bits),
      result_bits_(machine.precision.result_bits) {
  const ops::CrossbarConfig config = machine.config(layer.weight_bits, layer.activation_bits, layer.input_signed);
  const CrossbarOptions options{.cell_read = ops::charges(machine.components, Measure::kCellRead)};
  for (std::int64_t g = 0; g < shape_.groups; ++g) {
    const WeightBlock weights{layer.weights.data() + g * shape_.rows * shape_.columns, shape_.columns,
                              static_cast<int>(shape_.rows), static_cast<int>(shape_.columns)};
    const std::uint64_t address = layer.layer.value() | static_cast<std::uint64_t>(g) << 32;
    groups_.emplace_back(config, cell, weights, Stream({draw.seed, draw.trial, address, "program"}), options);
  }
}

PlacedLayer::~PlacedLayer() = default;
PlacedLayer::PlacedLayer(PlacedLayer&&) noexcept = default;

std::int64_t PlacedLayer::arrays() const {
  return shape_.groups * groups_[0].row_blocks() * groups_[0].column_blocks();
}

int PlacedLayer::steps() const { return groups_[0].config().steps(); }

std::int64_t PlacedLayer::cells_programmed() const {
  std::int64_t sum = 0;
  for (const CrossbarLayer& group : groups_) sum += group.programming().cells_programmed;
  return sum;
}

void PlacedLayer::multiply_block(const Block& block, const std::vector<std::int32_t>& codes, std::vector<double>& sums,
                                 Counts& counts, Measurements& measured) const {
  const CrossbarLayer& layer = groups_[static_cast<std::size_t>(block.group)];
  const std::int64_t positions = static_cast<std::int64_t>(codes.size()) / shape_.rows;
  const int first = layer.first_column(block.columns.begin);
  const std::int64_t width = layer.first_column(block.columns.end) - first;
  std::vector<double> part(static_cast<std::size_t>(positions * width));
  CrossbarCounts events;
  layer.mvm({positions, codes}, block.rows, block.columns, part, events);
  for (std::int64_t p = 0; p < positions; ++p)
    for (std::int64_t c = 0; c < width; ++c)
      sums[static_cast<std::size_t>(p * shape_.columns + first + c)] += part[static_cast<std::size_t>(p * width + c)];

  const std::int64_t row_blocks = block.rows.end - block.rows.begin;
  counts[Event::kArrayReads] += events.array_reads;
  counts[Event::kRowDrives] += events.row_drives;
  counts[Event::kSampleHolds] += events.sample_holds;
  counts[Event::kAdcConversions] += events.adc_conversions;
  counts[Event::kShiftAdds] += events.shift_adds;
  counts[Event::kClippedConversions] += events.clipped_conversions;
  if (layer.setting().cell_read) measured[Measure::kCellRead] += {events.array_reads, events.cell_read};
  // Every array takes the bits of its rows from the registers; arrays beside each other take the same ones.
  counts[Event::kInputRegisterBits] += events.input_bits * (block.columns.end - block.columns.begin);
  counts[Event::kOutputRegisterBits] += positions * width * row_blocks * result_bits_;
  counts[Event::kTileShiftAdds] += positions * width * (row_blocks - 1);
}

void PlacedLayer::multiply(std::int64_t first, std::int64_t last, std::span<const std::vector<std::int32_t>> codes,
                           std::span<std::vector<double>> sums, Counts& counts, Measurements& measured) const {
  const std::int64_t rows = groups_[0].row_blocks(), columns = groups_[0].column_blocks();
  std::set<std::pair<std::int64_t, std::int64_t>> fetched;  // (group, row block)
  for (std::int64_t array = first; array < last;) {
    // The longest rectangle from here: whole columns where a column starts, else the rest of one.
    const std::int64_t group = array / (rows * columns);
    const int column = static_cast<int>(array / rows % columns), row = static_cast<int>(array % rows);
    const std::int64_t stop = std::min(last, (group + 1) * rows * columns);
    Block block{group, {row, static_cast<int>(std::min<std::int64_t>(rows, row + stop - array))}, {column, column + 1}};
    if (row == 0 && stop - array >= rows) block.columns.end = column + static_cast<int>((stop - array) / rows);
    multiply_block(block, codes[static_cast<std::size_t>(group)], sums[static_cast<std::size_t>(group)], counts,
                   measured);
    for (int r = block.rows.begin; r < block.rows.end; ++r) fetched.insert({group, r});
    array += static_cast<std::int64_t>(block.rows.end - block.rows.begin) * (block.columns.end - block.columns.begin);
  }
  for (const auto& [group, row] : fetched) {
    const std::int64_t positions =
        static_cast<std::int64_t>(codes[static_cast<std::size_t>(group)].size()) / shape_.rows;
    const std::int64_t bits = positions * input_bits_ * groups_[0].array(static_cast<int>(row), 0).rows();
    counts[Event::kEdramReadBits] += bits;
    counts[Event::kBusBits] += bits;
  }
}

}  // namespace cimera::functional
