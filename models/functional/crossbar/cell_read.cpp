#include "models/functional/crossbar/cell_read.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace cimera::functional {
namespace {

template <class T>
T known(const std::optional<T>& figure, const char* name) {
  if (!figure)
    fail_input(std::string(name) +
               " of the memory cell is unknown: give it a value, because a machine that is charged "
               "cell_read needs it");
  return *figure;
}

}  // namespace

CellRead::CellRead(const devices::CellFigures& cell, const CrossbarConfig& config, const StepPlan& plan) {
  const Volts v = known(cell.v_read, "v_read") / static_cast<double>((1 << config.dac_bits) - 1);
  const Seconds pulse = known(cell.t_read, "t_read").seconds();
  const Siemens g_off = known(cell.g_off, "g_off"), g_on = known(cell.g_on, "g_on");
  off_ = v * v * g_off * pulse;
  level_ = v * v * (g_on - g_off) * pulse / static_cast<double>(config.levels() - 1);

  const int middle = plan.count / 2;
  for (int part = 0; part < 2; ++part) {
    Digits& digits = digits_[part];
    const int first = part == 0 ? 0 : middle, last = part == 0 ? middle : plan.count;
    digits.shift = plan.shift[first];
    for (int t = first; t < last; ++t)
      digits.mask |= static_cast<std::uint32_t>(plan.mask[t]) << (plan.shift[t] - digits.shift);
    digits.squares.resize(digits.mask + 1);
    for (std::uint32_t code = 0; code <= digits.mask; ++code)
      for (int t = first; t < last; ++t) {
        const std::uint32_t digit = code >> (plan.shift[t] - digits.shift) & plan.mask[t];
        digits.squares[code] += digit * digit;
      }
  }
}

ops::JouleSum CellRead::of_row(double levels, std::int64_t cells) const {
  // Effective levels are floats: those of cells without any conductance may lie a rounding below -g_off.
  return ops::JouleSum(std::max(Joules(), level_ * levels + off_ * static_cast<double>(cells)));
}

void CellRead::add_squares(const std::int32_t* codes, std::int64_t stride, int positions,
                           std::span<std::int64_t> squares) const {
  const auto& [low, high] = digits_;
  for (int p = 0; p < positions; ++p)
    for (std::size_t k = 0; k < squares.size(); ++k) {
      const auto code = static_cast<std::uint32_t>(codes[p * stride + static_cast<std::int64_t>(k)]);
      squares[k] += low.squares[code & low.mask] + high.squares[code >> high.shift & high.mask];
    }
}

}  // namespace cimera::functional
