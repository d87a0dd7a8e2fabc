// Problems, configurations and cells for the crossbar tests, all drawn from addressed streams.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/stream.h"
#include "devices/reram.h"
#include "models/functional/crossbar/layer.h"
#include "tests/functional/crossbar_oracle.h"

namespace cimera::functional::crossbar_test {

/// Whole numbers from a stream, for what a test must choose.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : stream_({.seed = seed, .purpose = "test"}) {}

  int roll(int lowest, int highest) {
    std::uint32_t bits = 0;
    stream_.bits({0, 0, next_++}, {&bits, 1});
    return lowest + static_cast<int>(bits % (static_cast<std::uint32_t>(highest - lowest) + 1));
  }
  template <class T>
  std::vector<T> rolls(std::size_t count, int lowest, int highest) {
    std::vector<std::uint32_t> bits(count);
    stream_.bits({0, 1, next_++}, bits);
    std::vector<T> numbers;
    for (const std::uint32_t word : bits)
      numbers.push_back(
          static_cast<T>(lowest + static_cast<int>(word % (static_cast<std::uint32_t>(highest - lowest) + 1))));
    return numbers;
  }

 private:
  Stream stream_;
  std::uint64_t next_ = 0;
};

inline SliceRange all_slices(const CrossbarConfig& config) { return {0, config.slices()}; }

inline int input_min(const CrossbarConfig& config) { return config.input_signed ? -(1 << (config.input_bits - 1)) : 0; }
inline int input_max(const CrossbarConfig& config) { return input_min(config) + (1 << config.input_bits) - 1; }

/// A problem whose codes use the whole ranges of the configuration.
inline Problem random_problem(const CrossbarConfig& config, int rows, int columns, int positions, Dice& dice) {
  Problem problem{rows, columns, positions, {}, {}};
  problem.weights =
      dice.rolls<std::int16_t>(static_cast<std::size_t>(rows) * columns, config.weight_min(), config.weight_max());
  for (std::int16_t& w : problem.weights)
    if (!config.holds(w)) w = 1;
  problem.codes =
      dice.rolls<std::int32_t>(static_cast<std::size_t>(positions) * rows, input_min(config), input_max(config));
  return problem;
}

/// Any configuration with small arrays; the converter has `spare` bits more than a lossless one of unit step.
inline CrossbarConfig random_config(Dice& dice, int spare = 0) {
  for (;;) {
    CrossbarConfig config;
    config.rows = dice.roll(1, 70), config.cell_bits = dice.roll(1, 8);
    config.weight_bits = dice.roll(1, 16), config.input_bits = dice.roll(1, 16);
    config.input_signed = dice.roll(0, 1) == 1, config.dac_bits = dice.roll(1, 8);
    config.encoding = static_cast<WeightEncoding>(dice.roll(0, 4));
    if (dice.roll(0, 1) == 1) config.active_rows = dice.roll(1, 70);
    config.slice_layout = static_cast<SliceLayout>(dice.roll(0, 1));
    config.input_coding = static_cast<InputCoding>(dice.roll(0, 1));
    config.columns = config.columns_per_weight() * dice.roll(1, 20) + dice.roll(0, config.columns_per_weight() - 1) +
                     config.unit_columns();
    config.adc_bits = config.lossless_adc_bits() + spare;
    if (config.adc_bits >= (config.differential() ? 2 : 1) && config.adc_bits + config.input_bits <= 31 &&
        config.adc_bits <= 24)
      return config;
  }
}

inline std::string describe(const CrossbarConfig& c) {
  return fmt::format(
      "{} active of {}x{} cells of {} bits, weights {} bits, inputs {}{} bits, DAC {}, encoding {}, ADC {} range {}, "
      "slices {}",
      c.active_rows, c.rows, c.columns, c.cell_bits, c.weight_bits, c.input_signed ? "signed " : "", c.input_bits,
      c.dac_bits, static_cast<int>(c.encoding), c.adc_bits, static_cast<int>(c.adc_range),
      c.slice_layout == SliceLayout::kApart ? "apart" : "together");
}

/// ISAAC's resistances in CrossSim, read at 0.2 V for 1 ns; sigma is the programming error.
inline devices::Reram test_cell(double sigma, devices::ProgramError error = devices::ProgramError::kProportional) {
  using namespace literals;
  devices::ReramParams params;
  params.description = "test", params.r_on = 2_kOhm, params.r_off = 2_MOhm;
  params.max_levels = 256, params.sigma_program = sigma, params.program_error = error;
  params.v_read = 200_mV, params.t_read = Duration::from(1_ns);
  return devices::Reram(params);
}

inline Stream test_stream(std::uint64_t trial = 0) { return Stream({.seed = 7, .trial = trial, .purpose = "program"}); }

inline CrossbarLayer make_layer(const CrossbarConfig& config, const devices::CellModel& cell, const Problem& problem,
                                const CrossbarOptions& options = {}, std::uint64_t trial = 0) {
  return CrossbarLayer(config, cell, {problem.weights.data(), problem.columns, problem.rows, problem.columns},
                       test_stream(trial), options);
}

struct Outcome {
  std::vector<double> out;
  CrossbarCounts counts;
};

/// The whole matrix in one call; counts include the programming.
inline Outcome run(const CrossbarLayer& layer, const Problem& problem) {
  Outcome outcome{std::vector<double>(static_cast<std::size_t>(problem.positions) * problem.columns),
                  layer.programming()};
  layer.mvm({problem.positions, problem.codes}, layer.all_row_blocks(), layer.all_column_blocks(), outcome.out,
            outcome.counts);
  return outcome;
}

inline Oracle run_oracle(const CrossbarConfig& config, const devices::CellModel& cell, const Problem& problem,
                         const CrossbarLayer& layer, std::uint64_t trial = 0) {
  const Stream stream = test_stream(trial);
  return Oracle(config, cell, problem, stream, [&](int r, int c) { return layer.array(r, c).fraction_bits(); });
}

}  // namespace cimera::functional::crossbar_test
