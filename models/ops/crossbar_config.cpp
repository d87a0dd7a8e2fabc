#include "models/ops/crossbar_config.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "core/integers.h"

namespace cimera::ops {
namespace {

constexpr int kMostMismatchedBits = 14;  // each converter has a table of its thresholds

void check_range(const Where& where, const char* name, int value, int lowest, int highest) {
  if (value < lowest || value > highest)
    fail_input(where, fmt::format("{} = {}: must be {}..{}; the nearest is {}", name, value, lowest, highest,
                                  std::clamp(value, lowest, highest)));
}

}  // namespace

void CrossbarConfig::check(const Where& where) const {
  check_range(where, "rows", rows, 1, 4096);
  check_range(where, "columns", columns, 1, 16384);
  check_range(where, "active_rows", active_rows, 0, 4096);
  check_range(where, "cell_bits", cell_bits, 1, 8);
  check_range(where, "weight_bits", weight_bits, 1, 16);
  check_range(where, "input_bits", input_bits, 1, 16);
  check_range(where, "dac_bits", dac_bits, 1, 8);
  check_range(where, "adc_bits", adc_bits, differential() ? 2 : 1, std::min(24, 31 - input_bits));
  check_range(where, "columns_per_adc", columns_per_adc, 1, 1 << 30);
  if (adc.mismatch_sigma > 0.0 && adc_bits > kMostMismatchedBits)
    fail_input(where, fmt::format("adc_bits = {}: mismatch is modelled for converters of at most {} bits", adc_bits,
                                  kMostMismatchedBits));
  if (!(adc.mismatch_sigma >= 0.0 && adc.offset_sigma >= 0.0 && adc.gain_sigma >= 0.0 && adc.noise_sigma >= 0.0))
    fail_input(where, "errors of converters must not be negative");
  if (!(adc_percentile > 0.0 && adc_percentile <= 100.0))
    fail_input(where, fmt::format("adc_percentile = {}: must be above 0 and at most 100", adc_percentile));
  if (wires.interleaved && !differential())
    fail_input(where,
               "interleaved: only the cells of a differential pair can lie on one column; use the encoding "
               "differential or two_sided");
  if (wires.inputs == ArrayInputs::kGates && dac_bits != 1)
    fail_input(where, fmt::format("dac_bits = {}: inputs that open gates are on or off; use 1", dac_bits));
  if (weights_per_array() < 1)
    fail_input(
        where,
        fmt::format("columns = {}: one weight of {} bits needs {} cells of {} bits beside each other; use "
                    "at least {} columns",
                    columns, weight_bits, columns_per_weight(), cell_bits, columns_per_weight() + unit_columns()));
}

int CrossbarConfig::slices() const {
  return static_cast<int>(ceil_div(differential() ? std::max(1, weight_bits - 1) : weight_bits, cell_bits));
}

bool CrossbarConfig::holds(int weight) const {
  if (weight < weight_min() || weight > weight_max()) return false;
  return weight_bits > 1 || differential() || weight != 0;
}

int CrossbarConfig::weight_min() const {
  if (weight_bits == 1) return -1;
  const int lowest = -(1 << (weight_bits - 1));
  return differential() ? std::max(lowest, 1 - (1 << std::min(slices() * cell_bits, 20))) : lowest;
}

int CrossbarConfig::weight_max() const { return weight_bits == 1 ? 1 : (1 << (weight_bits - 1)) - 1; }

int CrossbarConfig::steps() const {
  return static_cast<int>(input_signed ? ceil_div(input_bits - 1, dac_bits) + 1 : ceil_div(input_bits, dac_bits));
}

int CrossbarConfig::digit_max() const {
  const int magnitude_bits = std::max(1, input_bits - (input_signed ? 1 : 0));
  return (1 << std::min(dac_bits, magnitude_bits)) - 1;
}

std::int64_t CrossbarConfig::sum_bound() const {
  std::int64_t sum = std::int64_t{rows_together()} * (levels() - 1);
  if (encoding == WeightEncoding::kFlip) sum = std::min(sum, std::int64_t{rows} * (levels() - 1) / 2);
  return sum * digit_max();
}

int CrossbarConfig::sum_bits(std::int64_t arrays) const {
  const std::int64_t row_blocks = ceil_div(arrays, slice_arrays());
  return weight_bits + input_bits + std::bit_width(static_cast<unsigned>(rows - 1)) +
         std::bit_width(static_cast<std::uint64_t>(row_blocks - 1));
}

int CrossbarConfig::lossless_adc_bits() const {
  const std::int64_t bound = std::max(sum_bound(), unit_columns() == 0 ? 0 : unit_sum_bound());
  return std::bit_width(static_cast<std::uint64_t>(bound)) + (differential() ? 1 : 0);
}

}  // namespace cimera::ops
