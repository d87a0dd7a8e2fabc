#include "models/functional/crossbar/array.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "models/functional/crossbar/programmed_levels.h"

namespace cimera::functional {
namespace {

/// Sums of the levels of all cell columns over the rows of one group.
std::vector<std::int64_t> level_sums_of(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices,
                                        const RowGroups& groups, int group) {
  if (groups.count() == 1) return level_sums(config, weights, slices);
  if (config.encoding != WeightEncoding::kFlip)
    return level_sums(
        config,
        {weights.codes + groups.first_row(group) * weights.stride, weights.stride, groups.size(group), weights.columns},
        slices);
  const CellBlock cells = encode(config, weights, slices);  // a column is flipped as a whole
  std::vector<std::int64_t> sums;
  for (int c = 0; c < cells.cell_columns(); ++c) {
    const auto first = cells.levels.begin() + std::int64_t{c} * cells.rows + groups.first_row(group);
    sums.push_back(std::accumulate(first, first + groups.size(group), std::int64_t{0}));
  }
  return sums;
}

/// Whether the converter loses nothing on any inputs: sums of a sensed column lie between those of its two polarities.
bool lossless(const ArraySetting& setting, const WeightBlock& weights, SliceRange slices, const RowGroups& groups) {
  const CrossbarConfig& config = setting.config;
  const Converter& converter = setting.converter;
  if (config.unit_columns() > 0 && !(converter.unit_lsb == 1.0 && config.unit_sum_bound() <= converter.max_code))
    return false;
  const int digit_max = config.digit_max(), polarities = config.cells_per_slice();
  for (int group = 0; group < groups.count(); ++group) {
    const std::vector<std::int64_t> sums = level_sums_of(config, weights, slices, groups, group);
    for (std::size_t i = 0; i < sums.size(); i += polarities) {
      const std::int64_t lowest = polarities == 2 ? -sums[i + 1] : 0;
      const int slice = slices.begin + static_cast<int>(i) / polarities % slices.count();
      if (!converter.lossless(slice, lowest * digit_max, sums[i] * digit_max)) return false;
    }
  }
  return true;
}

}  // namespace

ArrayScratch::ArrayScratch(const ArraySetting& setting, int positions) {
  const auto rows_of = [](const OperandForm& form) { return form.chunk() * form.plan.count; };
  sums = AlignedArray<std::int32_t>(std::max(rows_of(setting.planes), rows_of(setting.whole)) * kSumStride + kReadPast);
  const std::size_t columns = static_cast<std::size_t>(setting.config.columns) + kGroupColumns;
  totals = AlignedArray<std::int32_t>(positions * columns + kReadPast);
}

ProgrammedArray::ProgrammedArray(const ArraySetting& setting, const devices::CellModel* cell,
                                 const WeightBlock& weights, SliceRange slices, const Stream& stream,
                                 std::uint32_t unit)
    : rows_(weights.rows),
      weights_(weights.columns),
      slices_(slices),
      row_groups_(setting.config, rows_),
      units_(setting.config.unit_columns()) {
  const bool wired = in_circuit(setting.config, cell);
  const bool ideal = (!cell || cell->ideal()) && !wired;
  exact_ = setting.shortcut && ideal && lossless(setting, weights, slices, row_groups_);
  const int columns = exact_ ? weights_ : sensed_columns();
  words_ = form(setting).words(row_groups_.places());
  groups_ = (columns + kGroupColumns - 1) / kGroupColumns;
  panel_ = AlignedArray<std::uint32_t>(static_cast<std::size_t>(groups_) * words_ * kGroupColumns);
  constant_ = AlignedArray<double>(static_cast<std::size_t>(weights_) + kReadPast);
  if (exact_ && slices_.count() == setting.config.slices()) {
    hold_codes(setting, weights);
  } else if (exact_) {
    const std::vector<std::int16_t> codes = slice_codes(setting.config, weights, slices_);
    hold_codes(setting, {codes.data(), weights_, rows_, weights_});
  }
  if (exact_ && !setting.measures()) return;
  const CellBlock cells = encode(setting.config, weights, slices_);
  const std::vector<float> levels = programmed_levels(cell, setting.config.levels(), cells, stream, unit);
  if (setting.measures())
    for (const double level : row_sums(cells, levels)) {
      if (setting.cell_read) row_energy_.push_back(setting.cell_read->of_row(level, cells.cell_columns()));
      if (setting.adc_column) row_column_energy_.push_back(setting.adc_column->of_row(level, cells.cell_columns()));
    }
  if (exact_) return;
  if (setting.deviates()) deviation_.emplace(setting, cell, cells, levels, stream, unit);
  if (!wired) {
    hold_levels(setting, ideal, cells, sensed_levels(cells, levels));
  } else if (WiredCells network(setting.config, *cell, cells, levels); network.linear()) {
    hold_levels(setting, false, cells, network.sensed_levels());
  } else {
    const std::size_t size = static_cast<std::size_t>(cells.sensed_columns()) * cells.rows;
    hold_levels(setting, false, cells, std::vector<float>(size, static_cast<float>(network.largest_level())));
    wired_.emplace(std::move(network));
  }
}

void ProgrammedArray::store(int column, Lane lane, int row, int value) {
  const int lanes = lanes_per_word(lane), bits = 32 / lanes;
  const std::size_t group = static_cast<std::size_t>(column) / kGroupColumns * words_;
  const std::uint32_t bits_of_value = static_cast<std::uint32_t>(value) & (~0u >> (32 - bits));
  const int place = row_groups_.place(row);
  panel_[(group + place / lanes) * kGroupColumns + column % kGroupColumns] |= bits_of_value << (place % lanes * bits);
}

double ProgrammedArray::level(const ArraySetting& setting, int row, int weight, int slice) const {
  const Lane lane = setting.planes.lane;
  const int lanes = lanes_per_word(lane), column = slice * weights_ + weight;
  const std::size_t group = static_cast<std::size_t>(column) / kGroupColumns * words_;
  const int place = row_groups_.place(row);
  const std::uint32_t word = panel_[(group + place / lanes) * kGroupColumns + column % kGroupColumns];
  const std::uint32_t value = word >> (place % lanes * (32 / lanes));
  const int whole = lane == Lane::kInt8 ? static_cast<std::int8_t>(value) : static_cast<std::int16_t>(value);
  return std::ldexp(whole, -fraction_bits_);
}

void ProgrammedArray::hold_codes(const ArraySetting& setting, const WeightBlock& weights) {
  const StepPlan& plan = setting.whole.plan;
  const int lanes = lanes_per_word(setting.whole.lane), bits = 32 / lanes;
  const std::uint32_t mask = ~0u >> (32 - bits);
  std::vector<std::int64_t> sums(weights_);
  for (int k = 0; k < rows_; ++k) {
    const std::int16_t* row = weights.codes + k * weights.stride;
    const int place = row_groups_.place(k);
    for (int j = 0; j < weights_; ++j) sums[j] += row[j];
    for (int first = 0; first < weights_; first += kGroupColumns) {
      const std::size_t group = static_cast<std::size_t>(first / kGroupColumns) * words_;
      std::uint32_t* words = panel_.data() + (group + place / lanes) * kGroupColumns;
      const int columns = std::min(kGroupColumns, weights_ - first), shift = place % lanes * bits;
      for (int c = 0; c < columns; ++c) words[c] |= (static_cast<std::uint32_t>(row[first + c]) & mask) << shift;
    }
  }
  for (int j = 0; j < weights_; ++j) constant_[j] = -static_cast<double>(sums[j]) * plan.bias;
  factor_ = AlignedArray<double>(static_cast<std::size_t>(plan.count) * kSumStride + kReadPast);
  for (int t = 0; t < plan.count; ++t)
    for (int c = 0; c < kSumStride; ++c) factor_[t * kSumStride + c] = std::ldexp(1.0, plan.shift[t]);
}

void ProgrammedArray::hold_levels(const ArraySetting& setting, bool ideal, const CellBlock& cells,
                                  std::span<const float> sensed) {
  if (!ideal) {
    float largest = 1.0f;
    for (const float level : sensed) largest = std::max(largest, std::fabs(level));
    const double product = static_cast<double>(rows_) * setting.config.digit_max();
    const double limit = std::min(32767.0, std::floor(2147483647.0 / product));
    fraction_bits_ = std::ilogb(limit / largest);  // no rounded level passes the whole number `limit`
    if (fraction_bits_ < 0) fail_run("programmed levels are too far from their targets: sums would pass 32 bits");
  }
  const int columns = sensed_columns();
  for (int c = 0; c < columns; ++c)
    for (int k = 0; k < rows_; ++k) {
      const float level = sensed[static_cast<std::size_t>(c) * rows_ + k];
      store(c, setting.planes.lane, k, static_cast<int>(std::nearbyint(std::ldexp(level, fraction_bits_))));
    }
  factor_ = AlignedArray<double>(static_cast<std::size_t>(columns) + kReadPast);
  gain_ = AlignedArray<float>(static_cast<std::size_t>(groups_) * kGroupColumns);
  bool whole = true;
  for (int c = 0; c < columns; ++c) {
    const bool unit = c >= weights_ * slices_.count();
    const double lsb = unit ? setting.converter.unit_lsb
                            : setting.converter.lsb[static_cast<std::size_t>(slices_.begin + c / weights_)];
    if (!unit) factor_[c] = cells.slice_factor[c] * lsb;
    const double gain = (1.0 + (deviation_ ? deviation_->gain_error(c) : 0.0)) / lsb;
    gain_[c] = static_cast<float>(std::ldexp(gain, -fraction_bits_));
    whole = whole && gain_[c] == 1.0f;
  }
  if (deviation_) {
    level_gain_ = AlignedArray<float>(gain_.size());
    for (int c = 0; c < columns; ++c) level_gain_[c] = std::ldexp(gain_[c], fraction_bits_);
  } else if (whole) {
    gain_ = {};
  }
  std::copy(cells.input_factor.begin(), cells.input_factor.end(), constant_.data());
}

void ProgrammedArray::read(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                           ArrayScratch& scratch, double* out, std::int64_t out_stride, CrossbarCounts& counts) const {
  if (exact_) read_codes(setting, kernels, inputs, scratch, out, out_stride);
  else counts.clipped_conversions += read_planes(setting, kernels, inputs, scratch, out, out_stride);

  const std::int64_t reads = inputs.steps * row_groups_.count();
  const std::int64_t conversions = reads * sensed_columns();
  counts.array_reads += reads;
  counts.row_drives += inputs.steps * rows_;
  counts.sample_holds += conversions;
  counts.adc_conversions += conversions;
  counts.shift_adds += conversions + (setting.config.sums_inputs() ? reads : 0);
  for (std::size_t k = 0; k < row_energy_.size(); ++k) counts.cell_read.add(row_energy_[k], inputs.squares[k]);
  for (std::size_t k = 0; k < row_column_energy_.size(); ++k)
    counts.adc_column.add(row_column_energy_[k], inputs.squares[k]);
}

/// Positions whose random numbers, 64 Ki of them, stay in the cache while all columns use them.
int ProgrammedArray::positions_together(const ArraySetting& setting) const {
  const int chunk = setting.planes.chunk(), numbers = setting.planes.plan.count * groups_ * kGroupColumns;
  return std::max(1, 65536 / (numbers * chunk)) * chunk;
}

std::int64_t ProgrammedArray::read_planes(const ArraySetting& setting, const PlaneKernels& kernels,
                                          const PackedInputs& inputs, ArrayScratch& scratch, double* out,
                                          std::int64_t out_stride) const {
  const std::int64_t stride = std::int64_t{groups_} * kGroupColumns;
  std::int64_t clipped = 0;
  for (int group = 0; group < row_groups_.count(); ++group) {
    clipped += convert_group(setting, kernels, inputs, group, scratch);
    for (int p = 0; p < inputs.positions; ++p) {
      const std::int32_t* totals = scratch.totals.data() + p * stride;
      double input_sum = group == 0 ? inputs.input_sum[p] : 0.0;
      if (units_ > 0)  // measured, of the rows of the group
        input_sum = totals[weights_ * slices_.count()] * setting.converter.unit_lsb / setting.config.unit_level();
      kernels.combine(totals, factor_.data(), weights_, slices_.count(), weights_, constant_.data(), input_sum,
                      out + p * out_stride);
    }
  }
  return clipped;
}

/// The codes of all steps of one group of rows, shifted and added, in scratch.totals. Returns how many were clamped.
std::int64_t ProgrammedArray::convert_group(const ArraySetting& setting, const PlaneKernels& kernels,
                                            const PackedInputs& inputs, int row_group, ArrayScratch& scratch) const {
  const StepPlan& plan = setting.planes.plan;
  const std::int64_t stride = std::int64_t{groups_} * kGroupColumns;
  const int chunk = setting.planes.chunk(), block = deviation_ ? positions_together(setting) : inputs.positions;
  std::int64_t clipped = 0;
  std::vector<std::int32_t> solved;
  if (wired_) solved = solved_sums(setting, inputs, row_group);
  for (int first = 0; first < inputs.positions; first += block) {
    const int end = std::min(inputs.positions, first + block);
    if (deviation_) deviation_->draw(setting, inputs, row_group, first, end - first, scratch.deviation);
    for (int g = 0; g < groups_;) {
      const int left = groups_ - g, groups = left == 4 ? 2 : std::min(left, kTileGroups);
      for (int p = first; p < end; p += chunk) {
        const int positions = std::min(chunk, end - p);
        if (wired_) {
          for (int r = 0; r < positions * plan.count; ++r)
            std::copy_n(&solved[(std::int64_t{p} * plan.count + r) * stride + g * kGroupColumns],
                        groups * kGroupColumns, scratch.sums.data() + r * kSumStride);
        } else {
          multiply(setting, kernels, inputs, row_group, p, positions, g, groups, scratch.sums.data());
        }
        Conversion conversion{nullptr, nullptr, setting.converter.min_code, setting.converter.max_code};
        if (gain_.size() > 0) conversion.gain = gain_.data() + g * kGroupColumns;
        if (deviation_)
          conversion.deviation =
              deviation_->at(setting, kernels, inputs, row_group, p, positions, (p - first) * plan.count, g, groups,
                             level_gain_.data(), scratch.deviation);
        if (deviation_ && deviation_->thresholds()) {
          conversion.thresholds = deviation_->thresholds(), conversion.bits = setting.config.adc_bits;
          conversion.table = deviation_->table() + g * kGroupColumns;
        }
        clipped += kernels.convert(scratch.sums.data(), positions, groups, plan, conversion,
                                   scratch.totals.data() + p * stride + g * kGroupColumns, stride);
      }
      g += groups;
    }
  }
  return clipped;
}

std::vector<std::int32_t> ProgrammedArray::solved_sums(const ArraySetting& setting, const PackedInputs& inputs,
                                                       int row_group) const {
  const int lanes = lanes_per_word(setting.planes.lane), bits = 32 / lanes, columns = sensed_columns();
  const std::int64_t digit_rows = std::int64_t{inputs.positions} * setting.planes.plan.count;
  const std::int64_t stride = std::int64_t{groups_} * kGroupColumns;
  std::vector<std::uint16_t> digits(static_cast<std::size_t>(digit_rows * rows_));
  const int first = row_groups_.first_row(row_group), end = first + row_groups_.size(row_group);
  for (std::int64_t r = 0; r < digit_rows; ++r)
    for (int k = first; k < end; ++k) {
      const int place = row_groups_.place(k);
      const std::uint32_t word = inputs.digits[r * inputs.stride + place / lanes];
      digits[r * rows_ + k] = static_cast<std::uint16_t>(word >> (place % lanes * bits) & (~0u >> (32 - bits)));
    }
  std::vector<double> sums(static_cast<std::size_t>(digit_rows * columns));
  wired_->sums(digits, sums);
  std::vector<std::int32_t> fixed(static_cast<std::size_t>(digit_rows * stride));
  for (std::int64_t r = 0; r < digit_rows; ++r)
    for (int c = 0; c < columns; ++c)
      fixed[r * stride + c] =
          static_cast<std::int32_t>(std::nearbyint(std::ldexp(sums[r * columns + c], fraction_bits_)));
  return fixed;
}

/// Column sums of one group of rows: of all steps of some positions, in columns of the groups [group, group + groups).
void ProgrammedArray::multiply(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                               int row_group, int position, int positions, int group, int groups,
                               std::int32_t* sums) const {
  const OperandForm& form = setting.planes;
  const auto dot = form.lane == Lane::kInt8 ? kernels.dot8 : kernels.dot16;
  const std::int64_t group_stride = std::int64_t{words_} * kGroupColumns;
  const int first_word = row_groups_.first_place(row_group) / lanes_per_word(form.lane);
  dot({inputs.digits + std::int64_t{position} * form.plan.count * inputs.stride + first_word, inputs.stride,
       panel_.data() + group * group_stride + std::int64_t{first_word} * kGroupColumns, group_stride,
       form.words(row_groups_.size(row_group)), groups, (positions * form.plan.count + kTileRows - 1) / kTileRows},
      sums);
}

void ProgrammedArray::observe(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                              ArrayScratch& scratch, std::span<SumHistogram> by_slice) const {
  const int steps = setting.planes.plan.count, chunk = setting.planes.chunk(), columns = slices_.count() * weights_;
  for (int row_group = 0; row_group < row_groups_.count(); ++row_group)
    for (int g = 0; g < groups_; g += kTileGroups) {
      const int groups = std::min(groups_ - g, kTileGroups), first = g * kGroupColumns;
      for (int p = 0; p < inputs.positions; p += chunk) {
        const int positions = std::min(chunk, inputs.positions - p);
        multiply(setting, kernels, inputs, row_group, p, positions, g, groups, scratch.sums.data());
        for (int r = 0; r < positions * steps; ++r)
          for (int c = first; c < std::min(first + groups * kGroupColumns, columns); ++c)
            by_slice[static_cast<std::size_t>(c / weights_)].add(scratch.sums[r * kSumStride + c - first]);
      }
    }
}

void ProgrammedArray::read_codes(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                                 ArrayScratch& scratch, double* out, std::int64_t out_stride) const {
  const StepPlan& plan = setting.whole.plan;
  const int chunk = setting.whole.chunk();
  const auto dot = setting.whole.lane == Lane::kInt8 ? kernels.dot8 : kernels.dot16;
  const std::int64_t group_stride = std::int64_t{words_} * kGroupColumns;
  for (int g = 0; g < groups_;) {
    const int left = groups_ - g, groups = left == 4 ? 2 : std::min(left, kTileGroups);
    const int first = g * kGroupColumns, columns = std::min(groups * kGroupColumns, weights_ - first);
    for (int p = 0; p < inputs.positions; p += chunk) {
      const int positions = std::min(chunk, inputs.positions - p);
      const int tiles = (positions * plan.count + kTileRows - 1) / kTileRows;
      dot({inputs.digits + std::int64_t{p} * plan.count * inputs.stride, inputs.stride,
           panel_.data() + g * group_stride, group_stride, words_, groups, tiles},
          scratch.sums.data());
      for (int i = 0; i < positions; ++i)
        kernels.combine(scratch.sums.data() + i * plan.count * kSumStride, factor_.data(), kSumStride, plan.count,
                        columns, constant_.data() + first, 1.0, out + (p + i) * out_stride + first);
    }
    g += groups;
  }
}

}  // namespace cimera::functional
