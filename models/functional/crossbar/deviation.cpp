#include "models/functional/crossbar/deviation.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/functional/crossbar/thresholds.h"

namespace cimera::functional {
namespace {

/// The digit at a place of digit row r, of digits of 16 bits.
int digit_at(const PackedInputs& inputs, std::int64_t r, int place) {
  return static_cast<int>(inputs.digits[r * inputs.stride + place / 2] >> (place % 2 * 16) & 0xffff);
}

/// Standard deviations of one read, [cell column][row].
std::vector<float> sigmas(const ArraySetting& setting, const devices::CellModel& cell, std::span<const float> levels) {
  std::vector<float> sigma(levels.size());
  cell.read_sigma(setting.config.levels(), levels, sigma);
  return sigma;
}

}  // namespace

Deviation::Deviation(const ArraySetting& setting, const devices::CellModel* cell, const CellBlock& cells,
                     std::span<const float> levels, const Stream& stream, std::uint32_t unit)
    : rows_(cells.rows),
      columns_(cells.sensed_columns()),
      padded_((columns_ + kGroupColumns - 1) / kGroupColumns * kGroupColumns),
      unit_(unit),
      cell_noise_(stream.branch("read noise")),
      converter_noise_(stream.branch("converter noise")),
      row_groups_(setting.config, cells.rows),
      offset_(static_cast<std::size_t>(padded_)),
      gain_error_(static_cast<std::size_t>(columns_)) {
  const ops::ConverterErrors& adc = setting.config.adc;
  // A converter serves cells that stand beside each other.
  const int shared = setting.config.columns_per_adc, converters = (cells.cell_columns() + shared - 1) / shared;
  std::vector<float> offsets(static_cast<std::size_t>(converters)), gains(offsets.size());
  if (adc.offset_sigma > 0.0) stream.branch("converter offset").normal({unit, 0, 0}, offsets);
  if (adc.gain_sigma > 0.0) stream.branch("converter gain").normal({unit, 0, 0}, gains);
  const std::size_t codes = std::size_t{1} << setting.config.adc_bits;
  if (adc.mismatch_sigma > 0.0) {
    table_ = AlignedArray<std::int32_t>(static_cast<std::size_t>(padded_));
    const Stream mismatch = stream.branch("converter mismatch");
    for (int c = 0; c < converters; ++c) {
      const std::vector<float> own =
          converter_thresholds(adc, setting.config.adc_bits, mismatch, unit, static_cast<std::uint32_t>(c));
      thresholds_.insert(thresholds_.end(), own.begin(), own.end());
    }
  }
  for (int column = 0; column < columns_; ++column) {
    const auto converter = static_cast<std::size_t>(cells.first_cell(column) / shared);
    offset_[static_cast<std::size_t>(column)] = static_cast<float>(adc.offset_sigma) * offsets[converter];
    gain_error_[static_cast<std::size_t>(column)] = static_cast<float>(adc.gain_sigma) * gains[converter];
    if (!thresholds_.empty())
      table_[static_cast<std::size_t>(column)] = static_cast<std::int32_t>(converter * (codes - 1));
  }
  if (setting.noise == NoiseDraws::kNone) return;
  if (cell->read_noise() == devices::ReadNoise::kFlicker)
    flicker_ = std::make_unique<const devices::FlickerNoise>(cell_noise_, cell->read_octaves());
  const std::vector<float> sigma = sigmas(setting, *cell, levels);
  if (setting.noise == NoiseDraws::kOutput) {
    hold_variances(cells, sigma);
    return;
  }
  sigma_ = sigma;
  for (int cell = 0; cell < cells.cell_columns(); ++cell) {
    sensed_of_.push_back(cells.sensed_of(cell));
    if (cells.negative(cell))  // its noise counts negatively in its pair
      for (int k = 0; k < rows_; ++k) sigma_[static_cast<std::size_t>(cell) * rows_ + k] *= -1.0f;
  }
}

void Deviation::hold_variances(const CellBlock& cells, std::span<const float> sigma) {
  const auto places = static_cast<std::size_t>(row_groups_.places());
  variance_ = AlignedArray<float>(static_cast<std::size_t>(padded_) * places);
  for (int cell = 0; cell < cells.cell_columns(); ++cell) {
    const auto column = static_cast<std::size_t>(cells.sensed_of(cell));
    float* to = variance_.data() + column / kGroupColumns * places * kGroupColumns + column % kGroupColumns;
    for (int k = 0; k < rows_; ++k) {
      const float one = sigma[static_cast<std::size_t>(cell) * rows_ + k];
      to[row_groups_.place(k) * kGroupColumns] += one * one;
    }
  }
}

void Deviation::draw(const ArraySetting& setting, const PackedInputs& inputs, int row_group, int first_position,
                     int positions, DeviationScratch& scratch) const {
  const int steps = setting.planes.plan.count;
  const bool per_cell = setting.noise == NoiseDraws::kPerCell;
  const bool of_output = setting.noise == NoiseDraws::kOutput || setting.config.adc.noise_sigma > 0.0;
  if (!per_cell && !of_output) return;
  const std::size_t size = static_cast<std::size_t>(positions) * steps * padded_;
  if (scratch.normals.size() < size) scratch.normals = AlignedArray<float>(size);
  if (per_cell && scratch.cells.size() < size) scratch.cells = AlignedArray<float>(size);
  for (int row = 0; row < positions * steps; ++row) {
    const std::int64_t digit_row = std::int64_t{first_position} * steps + row;
    const std::uint64_t read = inputs.first_read + static_cast<std::uint64_t>(digit_row);
    const std::size_t at = static_cast<std::size_t>(row) * padded_;
    if (of_output)
      (per_cell ? converter_noise_ : cell_noise_)
          .normal({unit_, static_cast<std::uint32_t>(row_group), read},
                  {scratch.normals.data() + at, static_cast<std::size_t>(columns_)});
  }
  if (per_cell)
    add_cells(inputs, row_group, std::int64_t{first_position} * steps, positions * steps, scratch.cells.data());
}

/// The reference: every cell of the driven rows draws its own number. Line by line, since 1/f noise remembers slow
/// parts from read to read.
void Deviation::add_cells(const PackedInputs& inputs, int row_group, std::int64_t first_row, int rows,
                          float* sums) const {
  std::vector<float> normals(static_cast<std::size_t>(rows_));
  for (int r = 0; r < rows; ++r) std::fill_n(sums + static_cast<std::size_t>(r) * padded_, columns_, 0.0f);
  const int first = row_groups_.first_row(row_group), end = first + row_groups_.size(row_group);
  for (std::size_t line = 0; line < sensed_of_.size(); ++line) {
    const float* const sigma = sigma_.data() + line * static_cast<std::size_t>(rows_);
    std::optional<devices::FlickerLine> flicker;
    if (flicker_) flicker.emplace(*flicker_, normals.size());
    for (int r = 0; r < rows; ++r) {
      const std::int64_t digit_row = first_row + r;
      const Stream::Address at{unit_, static_cast<std::uint32_t>(line),
                               inputs.first_read + static_cast<std::uint64_t>(digit_row)};
      if (!flicker) cell_noise_.normal(at, normals);
      const float* const n = flicker ? flicker->at(at).data() : normals.data();
      double sum = 0.0;
      for (int k = first; k < end; ++k)
        sum += static_cast<double>(digit_at(inputs, digit_row, row_groups_.place(k))) * sigma[k] * n[k];
      sums[static_cast<std::size_t>(r) * padded_ + sensed_of_[line]] += static_cast<float>(sum);
    }
  }
}

const float* Deviation::at(const ArraySetting& setting, const PlaneKernels& kernels, const PackedInputs& inputs,
                           int row_group, int first_position, int positions, int row, int group, int groups,
                           const float* gain, DeviationScratch& scratch) const {
  const int steps = setting.planes.plan.count, digit_rows = positions * steps, first = group * kGroupColumns;
  const std::size_t window = static_cast<std::size_t>(digit_rows) * kSumStride;
  if (scratch.deviation.size() < window) scratch.deviation = AlignedArray<float>(window);
  const float noise = static_cast<float>(setting.config.adc.noise_sigma);
  const bool of_output = setting.noise == NoiseDraws::kOutput;
  DeviationTerms terms{nullptr, nullptr, padded_, gain + first, offset_.data() + first, noise, groups, digit_rows};
  if (of_output || noise > 0.0f)
    terms.normals = scratch.normals.data() + static_cast<std::size_t>(row) * padded_ + first;
  if (of_output) {
    if (scratch.variances.size() < window) scratch.variances = AlignedArray<float>(window);
    const std::int64_t digit_row = std::int64_t{first_position} * steps;
    const std::int64_t places = row_groups_.places(), place = row_groups_.first_place(row_group);
    kernels.dot_float({inputs.squared_digits + digit_row * inputs.square_stride + place, inputs.square_stride,
                       variance_.data() + first * places + place * kGroupColumns, places * kGroupColumns,
                       row_groups_.size(row_group), groups, digit_rows},
                      scratch.variances.data());
    terms.variances = scratch.variances.data();
  }
  kernels.deviate(terms, scratch.deviation.data());
  if (setting.noise == NoiseDraws::kPerCell)
    for (int r = 0; r < digit_rows; ++r)
      for (int c = 0; c < groups * kGroupColumns; ++c)
        scratch.deviation[static_cast<std::size_t>(r) * kSumStride + c] +=
            gain[first + c] * scratch.cells[static_cast<std::size_t>(row + r) * padded_ + first + c];
  return scratch.deviation.data();
}

}  // namespace cimera::functional
