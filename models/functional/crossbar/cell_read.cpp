#include "models/functional/crossbar/cell_read.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::functional {
namespace {

template <class T>
T known(const std::optional<T>& figure, const char* name, const char* example) {
  if (!figure)
    fail_input(
        fmt::format("{} of the memory cell is unknown, and the measured energy of reads needs it: give it "
                    "a value, for example {}",
                    name, example));
  return *figure;
}

/// V^2 t of digit 1.
devices::JoulesPerSiemens pulse(const devices::CellFigures& cell, const CrossbarConfig& config) {
  const Volts v = known(cell.v_read, "v_read", "0.2 V") /
                  static_cast<double>(config.one_voltage() ? 1 : (1 << config.dac_bits) - 1);
  return v * v * known(cell.t_read, "t_read", "10 ns").seconds();
}

devices::JoulesPerSiemens at_read_voltage(const devices::CellFigures& cell, devices::JoulesPerSiemens column,
                                          const CrossbarConfig& config) {
  if (config.dac_bits != 1)
    fail_input(
        fmt::format("dac_bits = {}: what converters draw from a column (adc_column) is known for inputs of one bit a "
                    "step; use dac_bits = 1",
                    config.dac_bits));
  return column * (known(cell.v_read, "v_read", "0.2 V") / devices::ConverterLaw::kColumnVolts);
}

}  // namespace

CellRead::CellRead(const devices::CellFigures& cell, const CrossbarConfig& config, const StepPlan& plan)
    : CellRead(cell, pulse(cell, config), plan, config) {}

CellRead::CellRead(const devices::CellFigures& cell, devices::JoulesPerSiemens column, const CrossbarConfig& config,
                   const StepPlan& plan)
    : CellRead(cell, at_read_voltage(cell, column, config), plan, config) {}

CellRead::CellRead(const devices::CellFigures& cell, devices::JoulesPerSiemens each, const StepPlan& plan,
                   const CrossbarConfig& config) {
  const Siemens g_off = known(cell.g_off, "g_off", "1 uS"), g_on = known(cell.g_on, "g_on", "100 uS");
  off_ = each * g_off;
  level_ = each * (g_on - g_off) / static_cast<double>(config.levels() - 1);

  const int middle = plan.count / 2;
  const bool pulses = config.one_voltage();
  low_ = Digits(plan, 0, middle, pulses), high_ = Digits(plan, middle, plan.count, pulses);
}

CellRead::Digits::Digits(const StepPlan& plan, int first, int last, bool pulses) : shift(plan.shift[first]) {
  for (int t = first; t < last; ++t) mask |= std::uint32_t{plan.mask[t]} << (plan.shift[t] - shift);
  squares.resize(mask + 1);
  for (std::uint32_t code = 0; code <= mask; ++code)
    for (int t = first; t < last; ++t) {
      const std::uint32_t digit = code >> (plan.shift[t] - shift) & plan.mask[t];
      squares[code] += pulses ? digit : digit * digit;
    }
}

ops::JouleSum CellRead::of_row(double levels, std::int64_t cells) const {
  // Effective levels are floats: those of cells without any conductance may lie a rounding below -g_off.
  return ops::JouleSum(std::max(Joules(), level_ * levels + off_ * static_cast<double>(cells)));
}

void CellRead::add_squares(const std::int32_t* codes, std::int64_t stride, int positions,
                           std::span<std::int64_t> squares) const {
  for (int p = 0; p < positions; ++p)
    for (std::size_t k = 0; k < squares.size(); ++k) {
      const auto code = static_cast<std::uint32_t>(codes[p * stride + static_cast<std::int64_t>(k)]);
      squares[k] += low_.squares[code & low_.mask] + high_.squares[code >> high_.shift & high_.mask];
    }
}

}  // namespace cimera::functional
