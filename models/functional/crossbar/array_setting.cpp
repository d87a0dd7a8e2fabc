#include "models/functional/crossbar/array_setting.h"

#include <algorithm>
#include <numeric>

#include "models/functional/crossbar/wired_cells.h"

namespace cimera::functional {

ArraySetting array_setting(const CrossbarConfig& config, const PlaneKernels& kernels, int layer_rows,
                           const ArrayChoice& choice) {
  config.check();
  const devices::CellModel* cell = choice.cell;
  const bool noisy = cell && cell->read_noise() != devices::ReadNoise::kNone;
  const bool whole_levels = (!cell || cell->ideal()) && !noisy && !in_circuit(config, cell);
  const bool bytes = kernels.dot8 != nullptr;
  const int magnitude_bits = config.input_bits - (config.input_signed ? 1 : 0);
  const OperandForm planes{bytes && whole_levels && config.levels() <= 128 ? Lane::kInt8 : Lane::kInt16,
                           StepPlan(magnitude_bits, config.dac_bits, config.input_signed)};

  const Lane lane = bytes && config.weight_bits <= 8 ? Lane::kInt8 : Lane::kInt16;
  const std::int64_t rows = std::min(layer_rows, config.rows);
  const std::int64_t largest = std::max(config.weight_max(), -config.weight_min());
  int digit_bits = std::min(config.input_bits, lane == Lane::kInt8 ? 8 : 15);
  while (rows * largest * ((1 << digit_bits) - 1) > std::int64_t{2147483647}) --digit_bits;
  OperandForm whole{lane, StepPlan(config.input_bits, digit_bits, false)};
  whole.plan.bias = config.input_signed ? 1 << (config.input_bits - 1) : 0;
  const bool per_cell = noisy && (config.noise_per_cell || cell->read_noise() == devices::ReadNoise::kFlicker);
  return {config,
          Converter(config, choice.adc_limits),
          planes,
          whole,
          choice.shortcut && !noisy && !config.adc.errs(),
          per_cell ? NoiseDraws::kPerCell
          : noisy  ? NoiseDraws::kOutput
                   : NoiseDraws::kNone};
}

int OperandForm::chunk() const {
  int positions = kTileRows / std::gcd(plan.count, kTileRows);
  while (positions * plan.count < 2 * kTileRows) positions *= 2;
  return positions;
}

}  // namespace cimera::functional
