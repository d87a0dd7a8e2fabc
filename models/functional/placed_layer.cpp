#include "models/functional/placed_layer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/integers.h"
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
                         const workloads::QuantizedLayer& layer, const devices::CellModel& cell, const Draw& draw,
                         std::span<const double> adc_limits)
    : shape_(mvm_shape(network, network.layer(layer.layer))),
      inputs_(workloads::elements(network.tensor(network.layer(layer.layer).inputs[0]).shape)),
      channels_(0),
      taps_(1),
      input_bits_(layer.activation_bits),
      result_bits_(machine.precision.result_bits) {
  if (const auto* conv = std::get_if<workloads::Conv2d>(&network.layer(layer.layer).op)) {
    channels_ = conv->in_channels;
    taps_ = conv->kernel_h * conv->kernel_w;
  } else if (shape_.positions > 1) {
    channels_ = shape_.rows;
  }
  const ops::CrossbarConfig config = machine.config(layer.weight_bits, layer.activation_bits, layer.input_signed);
  serial_ = machine.serial(config);
  const CrossbarOptions options{.adc_limits = {adc_limits.begin(), adc_limits.end()},
                                .cell_read = ops::charges(machine.components, Measure::kCellRead),
                                .adc_column = ops::column_energy(machine.components)};
  for (std::int64_t g = 0; g < shape_.groups; ++g) {
    groups_.emplace_back(config, cell, weights_of(layer, shape_, g), programming_stream(layer, g, draw), options);
  }
}

PlacedLayer::~PlacedLayer() = default;
PlacedLayer::PlacedLayer(PlacedLayer&&) noexcept = default;

std::int64_t PlacedLayer::arrays() const {
  return shape_.groups * groups_[0].row_blocks() * groups_[0].column_blocks();
}

int PlacedLayer::steps() const { return groups_[0].config().steps(); }

int PlacedLayer::sum_bits(std::int64_t row_blocks) const { return groups_[0].config().sum_bits(row_blocks); }
int PlacedLayer::row_blocks() const { return groups_[0].row_blocks(); }

ArrayPlace PlacedLayer::at(std::int64_t array) const {
  return place_of(array, groups_[0].row_blocks(), groups_[0].column_blocks());
}

std::int64_t PlacedLayer::weights(std::int64_t first, std::int64_t last) const {
  std::int64_t sum = 0;
  for (std::int64_t array = first; array < last; ++array) {
    const ProgrammedArray& a = groups_[0].array(at(array).row_block, at(array).column_block);
    sum += std::int64_t{a.rows()} * a.weights();
  }
  return sum;
}

std::int64_t PlacedLayer::cells(std::int64_t first, std::int64_t last) const {
  const ops::CrossbarConfig& config = groups_[0].config();
  std::int64_t sum = weights(first, last) * config.columns_per_weight();
  for (std::int64_t array = first; array < last; ++array)
    sum += config.unit_columns() * groups_[0].array(at(array).row_block, at(array).column_block).rows();
  return sum;
}

std::vector<Range> PlacedLayer::inputs(std::int64_t first, std::int64_t last) const {
  const std::int64_t size = channels_ == 0 ? 1 : inputs_ / channels_;  // of a channel
  RangeSet needed;
  for (std::int64_t array = first; array < last; ++array) {
    const ArrayPlace where = at(array);
    const std::int64_t row = groups_[0].first_row(where.row_block);
    const std::int64_t end = row + groups_[0].array(where.row_block, 0).rows();
    const std::int64_t channel = where.group * (shape_.rows / taps_);
    needed.add(Range{(channel + row / taps_) * size, (channel + ceil_div(end, taps_)) * size});
  }
  return needed.ranges();
}

Piece<double> PlacedLayer::multiply_block(const Block& block, const Images& images,
                                          const std::vector<std::int32_t>& codes, std::span<const std::uint8_t> steps,
                                          Counts& counts, Measurements& measured) const {
  const CrossbarLayer& layer = groups_[static_cast<std::size_t>(block.group)];
  const std::int64_t positions = images.count * shape_.positions;
  const int first = layer.first_column(block.columns.begin);
  const std::int64_t width = layer.first_column(block.columns.end) - first;
  std::vector<double> part(static_cast<std::size_t>(positions * width));
  CrossbarCounts events;
  layer.mvm({positions, codes, steps, static_cast<std::uint64_t>(images.first * shape_.positions)}, block.rows,
            block.columns, part, events);

  const std::int64_t row_blocks = block.rows.end - block.rows.begin;
  counts[Event::kArrayReads] += events.array_reads;
  counts[Event::kRowDrives] += events.row_drives;
  counts[Event::kSampleHolds] += events.sample_holds;
  counts[Event::kAdcConversions] += events.adc_conversions;
  counts[Event::kShiftAdds] += events.shift_adds;
  if (serial_.phases > 0) {  // every phase is executed, and with it all its bits
    counts[Event::kRowPlanes] += events.row_drives / serial_.phases * serial_.planes;
    counts[Event::kColumnPlanes] += events.sample_holds / serial_.phases * serial_.planes;
    counts[Event::kAdcDecisions] += events.adc_conversions / serial_.phases * serial_.decisions;
  }
  counts[Event::kClippedConversions] += events.clipped_conversions;
  if (layer.setting().cell_read) measured[Measure::kCellRead] += {events.array_reads, events.cell_read};
  if (layer.setting().adc_column) measured[Measure::kAdcColumn] += {events.adc_conversions, events.adc_column};
  // Every array takes the bits of its rows from the registers; arrays beside each other take the same ones.
  counts[Event::kInputRegisterBits] += events.input_bits * (block.columns.end - block.columns.begin);
  counts[Event::kOutputRegisterBits] += positions * width * row_blocks * result_bits_;
  counts[Event::kTileShiftAdds] += positions * width * (row_blocks - 1);

  const std::int64_t channel = block.group * shape_.columns + first;
  Piece<double> sums{{channel * shape_.positions, (channel + width) * shape_.positions},
                     std::move(part),
                     RangeSet({block.rows.begin, block.rows.end})};
  if (shape_.positions > 1) sums.values = by_column(sums.values, images.count, width);
  return sums;
}

std::vector<double> PlacedLayer::by_column(const std::vector<double>& sums, std::int64_t count,
                                           std::int64_t width) const {
  std::vector<double> turned(sums.size());
  const std::int64_t positions = shape_.positions;
  for (std::int64_t i = 0; i < count; ++i) {
    const double* from = sums.data() + i * positions * width;
    double* to = turned.data() + i * positions * width;
    constexpr std::int64_t kTile = 16;  // positions at a time, so that lines of both sides stay in the cache
    for (std::int64_t begin = 0; begin < positions; begin += kTile) {
      const std::int64_t end = std::min(begin + kTile, positions);
      for (std::int64_t c = 0; c < width; ++c)
        for (std::int64_t p = begin; p < end; ++p) to[c * positions + p] = from[p * width + c];
    }
  }
  return turned;
}

std::vector<std::uint8_t> PlacedLayer::driven_steps(std::int64_t first, std::int64_t last, std::int64_t count,
                                                    std::span<const std::vector<std::int32_t>> codes) const {
  std::set<std::pair<std::int64_t, int>> driven;  // (group, row block)
  for (std::int64_t array = first; array < last; ++array) driven.insert({at(array).group, at(array).row_block});
  // A step is driven where a digit of some code is not zero, which is where that of their union is not.
  const std::int64_t positions = count * shape_.positions;
  std::vector<std::uint16_t> any(static_cast<std::size_t>(positions));
  for (const auto& [group, block] : driven) {
    const std::int64_t begin = groups_[0].first_row(block);
    const std::int64_t end = begin + groups_[0].array(block, 0).rows();
    const std::int32_t* code = codes[static_cast<std::size_t>(group)].data();
    for (std::int64_t p = 0; p < positions; ++p, code += shape_.rows)
      for (std::int64_t row = begin; row < end; ++row)
        any[static_cast<std::size_t>(p)] |= static_cast<std::uint16_t>(code[row]);
  }
  const StepPlan& plan = groups_[0].setting().planes.plan;
  std::vector<std::uint8_t> steps;
  for (const std::uint16_t digits : any) {
    int executed = 0;
    for (int t = 0; t < plan.count; ++t) executed += (digits >> plan.shift[t] & plan.mask[t]) != 0;
    steps.push_back(static_cast<std::uint8_t>(executed));
  }
  return steps;
}

std::vector<Piece<double>> PlacedLayer::multiply(std::int64_t first, std::int64_t last, const Images& images,
                                                 std::span<const std::vector<std::int32_t>> codes,
                                                 std::span<const std::uint8_t> steps, Counts& counts,
                                                 Measurements& measured) const {
  const std::int64_t rows = groups_[0].row_blocks(), columns = groups_[0].column_blocks();
  std::vector<Piece<double>> sums;
  std::set<std::pair<std::int64_t, int>> fetched;  // (group, row block of the first slice)
  const int slices = groups_[0].config().slice_arrays();
  for (std::int64_t array = first; array < last;) {
    // The longest rectangle from here: whole columns where a column starts, else the rest of one.
    const auto [group, column, row] = at(array);
    const std::int64_t stop = std::min(last, (group + 1) * rows * columns);
    Block block{group, {row, static_cast<int>(std::min<std::int64_t>(rows, row + stop - array))}, {column, column + 1}};
    if (row == 0 && stop - array >= rows) block.columns.end = column + static_cast<int>((stop - array) / rows);
    sums.push_back(multiply_block(block, images, codes[static_cast<std::size_t>(group)], steps, counts, measured));
    for (int r = block.rows.begin; r < block.rows.end; ++r) fetched.insert({group, r - r % slices});
    array += static_cast<std::int64_t>(block.rows.end - block.rows.begin) * (block.columns.end - block.columns.begin);
  }
  for (const auto& [group, row] : fetched) {
    const std::int64_t bits = images.count * shape_.positions * input_bits_ * groups_[0].array(row, 0).rows();
    counts[Event::kEdramReadBits] += bits;
    counts[Event::kBusBits] += bits;
  }
  return sums;
}

}  // namespace cimera::functional
