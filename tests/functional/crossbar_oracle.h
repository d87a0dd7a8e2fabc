// The crossbar reading once more, as plain loops over weights, slices, steps and rows, sharing no code with the room
// but the cell model: what the fast paths are compared with, bit for bit.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/stream.h"
#include "devices/cell_model.h"
#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/counts.h"

namespace cimera::functional::crossbar_test {

/// A weight matrix and input codes of one test.
struct Problem {
  int rows = 0, columns = 0, positions = 0;
  std::vector<std::int16_t> weights;  ///< [rows][columns]
  std::vector<std::int32_t> codes;    ///< [positions][rows]

  std::int64_t weight(int k, int j) const { return weights[static_cast<std::size_t>(k) * columns + j]; }
  std::int64_t code(int p, int k) const { return codes[static_cast<std::size_t>(p) * rows + k]; }
};

/// The plain integer product.
inline std::vector<double> integer_product(const Problem& problem) {
  std::vector<double> out;
  for (int p = 0; p < problem.positions; ++p)
    for (int j = 0; j < problem.columns; ++j) {
      std::int64_t sum = 0;
      for (int k = 0; k < problem.rows; ++k) sum += problem.code(p, k) * problem.weight(k, j);
      out.push_back(static_cast<double>(sum));
    }
  return out;
}

class Oracle {
 public:
  /// `fraction_bits(row block, column block)`: with how many binary digits an array holds its levels.
  template <class FractionBits>
  Oracle(const CrossbarConfig& config, const devices::CellModel& cell, const Problem& problem, const Stream& stream,
         const FractionBits& fraction_bits)
      : config_(config), cell_(cell), problem_(problem), stream_(stream) {
    out.assign(static_cast<std::size_t>(problem.positions) * problem.columns, 0.0);
    const int per_array = config.weights_per_array();
    const int column_blocks = (problem.columns + per_array - 1) / per_array;
    const bool apart = config.slice_layout == SliceLayout::kApart;
    int r = 0;  // row blocks: each as often as there are arrays for its slices
    for (int row = 0; row < problem.rows; row += config.rows)
      for (int s = 0; s < config.slices(); s += apart ? 1 : config.slices(), ++r) {
        counts.input_bits += std::int64_t{problem.positions} * rows_from(row) * config.input_bits;
        for (int c = 0; c < column_blocks; ++c)
          run_array(row, c * per_array, s, apart ? s + 1 : config.slices(),
                    static_cast<std::uint32_t>(r * column_blocks + c), fraction_bits(r, c));
      }
  }

  std::vector<double> out;      ///< [positions][columns]
  CrossbarCounts counts;        ///< without cell_read
  long double cell_read = 0.0;  ///< joules, where the cell says how it is read

 private:
  struct Sensed {
    std::vector<std::int64_t> held;  ///< fixed-point levels by row
    bool flipped = false;
    std::vector<float> plus, minus;  ///< effective levels of the cells by row; minus: of a pair
  };

  int rows_from(int row) const { return std::min(config_.rows, problem_.rows - row); }

  /// Digit s of a number in the base of a cell's levels.
  int slice_of(std::int64_t number, int s) const {
    for (; s > 0; --s) number /= config_.levels();
    return static_cast<int>(number % config_.levels());
  }

  /// What the shift-and-add of step t multiplies by, and the digit that is driven.
  struct Step {
    double weight;
    std::int64_t digit;
  };
  Step step_of(std::int64_t code, int t) const {
    const std::int64_t sign_weight = std::int64_t{1} << (config_.input_bits - 1);
    const std::int64_t base = std::int64_t{1} << config_.dac_bits;
    if (config_.input_signed && t == config_.steps() - 1) return {-static_cast<double>(sign_weight), code < 0 ? 1 : 0};
    std::int64_t rest = config_.input_signed && code < 0 ? code + sign_weight : code;
    double weight = 1.0;
    for (int i = 0; i < t; ++i) rest /= base, weight *= static_cast<double>(base);
    return {weight, rest % base};
  }

  void program(const std::vector<std::uint8_t>& levels, std::uint32_t unit, std::uint32_t line,
               std::vector<float>& effective) {
    effective.assign(levels.begin(), levels.end());
    if (!cell_.ideal()) cell_.program(config_.levels(), levels, effective, stream_, {unit, line, 0});
    counts.cells_programmed += static_cast<std::int64_t>(levels.size());
  }

  /// Slice s, which stands in the given line (or pair of lines) of the array.
  Sensed sense(int row, int column, int j, int s, std::uint32_t line, std::uint32_t unit, int fraction_bits) {
    Sensed sensed;
    const int rows = rows_from(row), top = config_.levels() - 1;
    std::vector<std::uint8_t> positive(rows), negative(rows);
    std::int64_t sum = 0;
    for (int k = 0; k < rows; ++k) {
      const std::int64_t w = problem_.weight(row + k, column + j);
      if (config_.differential()) {
        const int d = w < 0 ? -slice_of(-w, s) : slice_of(w, s);
        positive[k] = static_cast<std::uint8_t>(std::max(d, 0)),
        negative[k] = static_cast<std::uint8_t>(std::max(-d, 0));
        if (config_.encoding == WeightEncoding::kTwoSided)
          for (positive[k] = negative[k] = 0; positive[k] - negative[k] != d || positive[k] + negative[k] < top;)
            ++(positive[k] - negative[k] < d || (positive[k] - negative[k] == d && positive[k] <= negative[k])
                   ? positive
                   : negative)[k];
      } else {
        const std::int64_t u = config_.weight_bits == 1 ? (w + 1) / 2 : w + (1 << (config_.weight_bits - 1));
        positive[k] = static_cast<std::uint8_t>(slice_of(u, s));
        sum += positive[k];
      }
    }
    if (config_.encoding == WeightEncoding::kFlip && sum > 0.5 * rows * top) {
      sensed.flipped = true;
      for (std::uint8_t& level : positive) level = static_cast<std::uint8_t>(top - level);
    }
    if (config_.differential()) {
      program(positive, unit, 2 * line, sensed.plus);
      program(negative, unit, 2 * line + 1, sensed.minus);
    } else {
      program(positive, unit, line, sensed.plus);
    }
    for (int k = 0; k < rows; ++k) {
      const float level = config_.differential() ? sensed.plus[k] - sensed.minus[k] : sensed.plus[k];
      sensed.held.push_back(std::llrint(std::ldexp(level, fraction_bits)));
    }
    return sensed;
  }

  void run_array(int row, int column, int first_slice, int last_slice, std::uint32_t unit, int fraction_bits) {
    const int rows = rows_from(row);
    const int weights = std::min(config_.weights_per_array(), problem_.columns - column);
    const int steps = config_.steps(), slices = last_slice - first_slice;
    std::vector<Sensed> sensed;
    for (int j = 0; j < weights; ++j)
      for (int s = 0; s < slices; ++s)
        sensed.push_back(
            sense(row, column, j, first_slice + s, static_cast<std::uint32_t>(j * slices + s), unit, fraction_bits));

    const bool measures = config_.encoding == WeightEncoding::kOffsetColumn;
    Sensed unit_column;
    if (measures) {
      const std::vector<std::uint8_t> levels(static_cast<std::size_t>(rows),
                                             static_cast<std::uint8_t>(config_.levels() / 2));
      program(levels, unit, static_cast<std::uint32_t>(weights * slices), unit_column.plus);
      for (const float level : unit_column.plus)
        unit_column.held.push_back(std::llrint(std::ldexp(level, fraction_bits)));
    }
    const int together = config_.active_rows == 0 ? rows : std::min(rows, config_.active_rows);
    for (int p = 0; p < problem_.positions; ++p) {
      for (int first = 0; first < rows; first += together) {
        const int last = std::min(rows, first + together);
        const auto total_of = [&](const Sensed& at, double bound) {
          double total = 0.0;
          for (int t = 0; t < steps; ++t) {
            std::int64_t sum = 0;
            for (int k = first; k < last; ++k) sum += step_of(problem_.code(p, row + k), t).digit * at.held[k];
            total += step_of(0, t).weight * convert(sum, fraction_bits, bound);
          }
          return total;
        };
        double input_sum = 0.0;
        for (int k = first; k < last; ++k) input_sum += static_cast<double>(problem_.code(p, row + k));
        if (measures)
          input_sum = total_of(unit_column, static_cast<double>(config_.unit_sum_bound())) / (config_.levels() / 2);
        for (int j = 0; j < weights; ++j) {
          double result = 0.0, slice_weight = 1.0;
          for (int s = 0; s < first_slice; ++s) slice_weight *= config_.levels();
          for (int s = 0; s < slices; ++s, slice_weight *= config_.levels()) {
            const Sensed& at = sensed[static_cast<std::size_t>(j) * slices + s];
            const double total = total_of(at, static_cast<double>(config_.sum_bound()));
            result += slice_weight * (at.flipped ? (config_.levels() - 1) * input_sum - total : total);
          }
          if (last_slice < config_.slices()) {  // what all slices share belongs to the highest one
          } else if (config_.weight_bits == 1 && !config_.differential()) {
            result = 2.0 * result - input_sum;
          } else if (!config_.differential()) {
            result -= std::ldexp(input_sum, config_.weight_bits - 1);
          }
          out[static_cast<std::size_t>(p) * problem_.columns + column + j] += result;
        }
        const int converted = weights * slices + (measures ? 1 : 0);
        const bool sums = config_.encoding == WeightEncoding::kOffset || config_.encoding == WeightEncoding::kFlip;
        counts.array_reads += steps;
        counts.shift_adds += std::int64_t{steps} * (converted + (sums ? 1 : 0));
      }
      for (int t = 0; t < steps; ++t)
        for (int k = 0; k < rows; ++k)
          for (const Sensed& column : sensed) {
            const std::int64_t digit = step_of(problem_.code(p, row + k), t).digit;
            dissipate(digit, column.plus[k]);
            if (config_.differential()) dissipate(digit, column.minus[k]);
          }
      for (int t = 0; t < steps && measures; ++t)
        for (int k = 0; k < rows; ++k) dissipate(step_of(problem_.code(p, row + k), t).digit, unit_column.plus[k]);
      counts.row_drives += std::int64_t{steps} * rows;
    }
  }

  /// One cell in one step.
  void dissipate(std::int64_t digit, float level) {
    const devices::CellFigures figures = cell_.figures();
    if (!figures.v_read || !figures.t_read) return;
    const bool pulses = config_.input_coding == InputCoding::kPulseWidth;
    const double step = std::ldexp(1.0, config_.dac_bits) - 1.0, d = static_cast<double>(digit);
    const double v = figures.v_read->si() * (pulses ? 1.0 : d / step);
    const double g_off = figures.g_off->si(), g_on = figures.g_on->si();
    const double g = g_off + (g_on - g_off) * level / (config_.levels() - 1);
    cell_read += v * v * g * figures.t_read->seconds().si() * (pulses ? d : 1.0);
  }

  /// The value of a converter's code, in level units; `bound`: the largest sum that is possible.
  double convert(std::int64_t sum, int fraction_bits, double bound) {
    const double highest = std::ldexp(1.0, config_.adc_bits - (config_.differential() ? 1 : 0)) - 1.0;
    const double lowest = config_.differential() ? -highest - 1.0 : 0.0;
    double lsb = 1.0;
    if (config_.adc_range == AdcRange::kFullRange && bound > highest) {
      double grain = 1.0;  // 10 significant bits: the quotient is 512..1023 grains
      while (bound / highest / grain >= 1024.0) grain *= 2.0;
      while (bound / highest / grain < 512.0) grain /= 2.0;
      lsb = std::ceil(bound / highest / grain) * grain;
    }
    const auto gain = static_cast<float>(std::ldexp(1.0 / lsb, -fraction_bits));
    const double code = std::nearbyint(static_cast<double>(static_cast<float>(sum) * gain));
    const double clamped = std::min(std::max(code, lowest), highest);
    ++counts.adc_conversions, ++counts.sample_holds;
    counts.clipped_conversions += clamped != code;
    return clamped * lsb;
  }

  const CrossbarConfig& config_;
  const devices::CellModel& cell_;
  const Problem& problem_;
  const Stream& stream_;
};

}  // namespace cimera::functional::crossbar_test
