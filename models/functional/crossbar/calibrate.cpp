#include "models/functional/crossbar/calibrate.h"

#include <algorithm>

#include "core/stream.h"
#include "models/functional/crossbar/packer.h"

namespace cimera::functional {
namespace {

/// All weights beside each other: sums do not depend on how columns are divided among arrays.
CrossbarConfig one_column_block(CrossbarConfig config, const WeightBlock& weights) {
  config.slice_layout = SliceLayout::kTogether;
  config.columns = weights.columns * config.cells_per_weight();
  config.adc_range = AdcRange::kFullRange;  // nothing is converted
  config.wires = {};
  return config;
}

}  // namespace

RangeCalibration::RangeCalibration(const CrossbarConfig& config, const WeightBlock& weights)
    : kernels_(plane_kernels()),
      setting_(array_setting(one_column_block(config, weights), kernels_, weights.rows, {.shortcut = false})),
      rows_(weights.rows),
      sums_(static_cast<std::size_t>(config.slices()), SumHistogram(config.sum_bound())) {
  const Stream none({});
  for (int row = 0; row < rows_; row += config.rows) {
    const WeightBlock block{weights.codes + row * weights.stride, weights.stride, std::min(config.rows, rows_ - row),
                            weights.columns};
    arrays_.emplace_back(setting_, nullptr, block, SliceRange{0, config.slices()}, none, 0);
  }
}

void RangeCalibration::observe(std::span<const std::int32_t> codes, std::int64_t positions) {
  InputPacker packer(setting_, kernels_, std::min(rows_, setting_.config.rows));
  ArrayScratch scratch(setting_, packer.capacity());
  std::vector<SumHistogram> seen(sums_.size(), SumHistogram(setting_.config.sum_bound()));
  for (std::int64_t first = 0; first < positions; first += packer.capacity()) {
    const int count = static_cast<int>(std::min<std::int64_t>(packer.capacity(), positions - first));
    for (std::size_t r = 0; r < arrays_.size(); ++r) {
      const std::int64_t row = static_cast<std::int64_t>(r) * setting_.config.rows;
      packer.take(codes.data() + first * rows_ + row, rows_, count, arrays_[r].rows());
      arrays_[r].observe(setting_, kernels_, packer.packed(false, 0), scratch, seen);
    }
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t s = 0; s < sums_.size(); ++s) sums_[s] += seen[s];
}

std::vector<double> converter_limits(const CrossbarConfig& config, std::span<const SumHistogram> by_slice) {
  std::vector<double> limits;
  if (config.adc_range_of == AdcRangeOf::kSlice) {
    for (const SumHistogram& sums : by_slice) limits.push_back(sums.percentile(config.adc_percentile));
    return limits;
  }
  SumHistogram all = by_slice.front();
  for (const SumHistogram& sums : by_slice.subspan(1)) all += sums;
  limits.assign(by_slice.size(), all.percentile(config.adc_percentile));
  return limits;
}

}  // namespace cimera::functional
