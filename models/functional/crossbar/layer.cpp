#include "models/functional/crossbar/layer.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/crossbar/array_part.h"
#include "models/functional/crossbar/packer.h"

namespace cimera::functional {
namespace {

void check_weights(const CrossbarConfig& config, const WeightBlock& weights) {
  if (weights.rows < 1 || weights.columns < 1)
    fail_input(fmt::format("a weight matrix of {} x {}: it must have at least one row and one column", weights.rows,
                           weights.columns));
  const int lowest = config.weight_min(), highest = config.weight_max();
  const bool zero = config.holds(0);
  for (int k = 0; k < weights.rows; ++k) {
    const std::int16_t* row = weights.codes + k * weights.stride;
    int bad = 0;
    for (int j = 0; j < weights.columns; ++j)
      bad |= static_cast<int>(row[j] < lowest) | static_cast<int>(row[j] > highest) |
             static_cast<int>(row[j] == 0 && !zero);
    if (bad == 0) continue;
    for (int j = 0; j < weights.columns; ++j)
      if (const int w = row[j]; !config.holds(w))
        fail_input(
            fmt::format("weight code {} in row {}, column {}: {} slices of {}-bit cells hold {}-bit weights "
                        "{}..{}{}; the nearest is {}",
                        w, k, j, config.slices(), config.cell_bits, config.weight_bits, config.weight_min(),
                        config.weight_max(), config.weight_bits == 1 ? " without 0" : "",
                        w == 0 ? 1 : std::clamp(w, config.weight_min(), config.weight_max())));
  }
}

}  // namespace

CrossbarLayer::CrossbarLayer(const CrossbarConfig& config, const devices::CellModel& cell, const WeightBlock& weights,
                             const Stream& stream, const CrossbarOptions& options)
    : kernels_(plane_kernels(options.vnni)),
      setting_(array_setting(config, kernels_, weights.rows, {&cell, options.exact_shortcut, options.adc_limits})),
      rows_(weights.rows),
      columns_(weights.columns) {
  check_weights(config, weights);
  if (options.cell_read) setting_.cell_read.emplace(cell.figures(), config, setting_.planes.plan);
  if (options.adc_column)
    setting_.adc_column.emplace(cell.figures(), *options.adc_column, config, setting_.planes.plan);
  if (config.levels() > cell.max_levels())
    fail_input(fmt::format("cell_bits = {}: the cell stores at most {} levels", config.cell_bits, cell.max_levels()));
  row_blocks_ = functional::row_blocks(config, rows_);
  column_blocks_ = functional::column_blocks(config, columns_);

  std::vector<std::optional<ProgrammedArray>> arrays(static_cast<std::size_t>(row_blocks_) * column_blocks_);
  parallel_for(static_cast<std::int64_t>(arrays.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const ArrayPart part =
          array_part(config, weights, static_cast<int>(i / column_blocks_), static_cast<int>(i % column_blocks_));
      arrays[i].emplace(setting_, &cell, part.weights, part.slices, stream, part.unit);
    }
  });
  arrays_.reserve(arrays.size());
  for (std::optional<ProgrammedArray>& array : arrays) {
    programming_.cells_programmed +=
        std::int64_t{array->rows()} * (array->weights() * config.columns_per_weight() + config.unit_columns());
    arrays_.push_back(std::move(*array));
  }
}

int CrossbarLayer::first_row(int row_block) const {
  return row_block / setting_.config.slice_arrays() * setting_.config.rows;
}

int CrossbarLayer::first_column(int column_block) const {
  return std::min(columns_, column_block * setting_.config.weights_per_array());
}

const ProgrammedArray& CrossbarLayer::array(int row_block, int column_block) const {
  return arrays_[static_cast<std::size_t>(row_block) * column_blocks_ + column_block];
}

void CrossbarLayer::mvm(const CrossbarInputs& inputs, BlockRange row_blocks, BlockRange column_blocks,
                        std::span<double> out, CrossbarCounts& counts) const {
  check_arguments(inputs, row_blocks, column_blocks, out.size());
  const CrossbarConfig& config = setting_.config;
  const int column = first_column(column_blocks.begin);
  const std::int64_t out_stride = first_column(column_blocks.end) - column;
  constexpr std::int64_t kGrain = 256;  // positions; several blocks of the packer
  std::mutex mutex;
  parallel_for(inputs.positions, kGrain, [&](std::int64_t begin, std::int64_t end) {
    InputPacker packer(setting_, kernels_, std::min(rows_, config.rows));
    ArrayScratch scratch(setting_, packer.capacity());
    CrossbarCounts done;
    for (std::int64_t first = begin; first < end; first += packer.capacity()) {
      const int positions = static_cast<int>(std::min<std::int64_t>(packer.capacity(), end - first));
      std::int64_t steps = std::int64_t{positions} * config.steps();
      if (!inputs.steps.empty()) {
        const auto executed =
            inputs.steps.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(positions));
        steps = std::accumulate(executed.begin(), executed.end(), std::int64_t{0});
      }
      const std::uint64_t first_read =
          (inputs.first + static_cast<std::uint64_t>(first)) * static_cast<std::uint64_t>(config.steps());
      for (int r = row_blocks.begin; r < row_blocks.end; ++r) {
        const int rows = array(r, 0).rows();
        if (r == row_blocks.begin || first_row(r) != first_row(r - 1))
          packer.take(inputs.codes.data() + first * rows_ + first_row(r), rows_, positions, rows);
        done.input_bits += std::int64_t{positions} * rows * config.input_bits;
        for (int c = column_blocks.begin; c < column_blocks.end; ++c)
          array(r, c).read(setting_, kernels_, packer.packed(array(r, c).exact(), steps, first_read), scratch,
                           out.data() + first * out_stride + first_column(c) - column, out_stride, done);
      }
    }
    const std::lock_guard lock(mutex);
    counts += done;
  });
}

void CrossbarLayer::check_arguments(const CrossbarInputs& inputs, BlockRange row_blocks, BlockRange column_blocks,
                                    std::size_t out_size) const {
  const auto check_blocks = [](const char* kind, BlockRange blocks, int count) {
    if (blocks.begin < 0 || blocks.begin > blocks.end || blocks.end > count)
      fail_run(fmt::format("{} blocks {}..{} of a crossbar layer that has {}", kind, blocks.begin, blocks.end, count));
  };
  check_blocks("row", row_blocks, row_blocks_);
  check_blocks("column", column_blocks, column_blocks_);
  const auto positions = static_cast<std::size_t>(inputs.positions);
  if (inputs.positions < 0 || inputs.codes.size() != positions * rows_)
    fail_run(fmt::format("{} input codes for {} positions of {} rows", inputs.codes.size(), inputs.positions, rows_));
  if (!inputs.steps.empty() && inputs.steps.size() != positions)
    fail_run(fmt::format("executed steps of {} positions for {}", inputs.steps.size(), inputs.positions));
  const int columns = first_column(column_blocks.end) - first_column(column_blocks.begin);
  if (out_size != positions * columns)
    fail_run(fmt::format("room for {} results of {} positions x {} columns", out_size, inputs.positions, columns));
}

}  // namespace cimera::functional
