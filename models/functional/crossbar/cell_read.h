// What a read dissipates in the cells of an array: V^2 G t of every cell whose row is driven. Columns are held at
// ground, so the whole voltage of a row lies across each of its cells.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/quantity.h"
#include "devices/cell_model.h"
#include "devices/converter.h"
#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/steps.h"
#include "models/ops/joule_sum.h"

namespace cimera::functional {

/// A digit d is the amplitude of one pulse of t_read, V = v_read * d / (2^dac_bits - 1), so a step takes d^2 times the
/// energy of digit 1; or it is d pulses of v_read, which take d times that of one. Nothing is taken where a row is not
/// driven (d = 0). The sign step of signed
/// inputs drives digit 1. Conductances are those of the programmed cells, with their errors and with g_off, of both
/// cells of a differential pair; cells without weights are not connected, and take nothing.
class CellRead {
 public:
  /// Throws Error(kInput) naming the figure of the cell that is unknown.
  CellRead(const devices::CellFigures& cell, const CrossbarConfig& config, const StepPlan& plan);

  /// What converters draw for the conductance of a column, ConverterPrice::column of each driven cell, times the read
  /// voltage over ConverterLaw::kColumnVolts: linear in conductance too, and so a sum over rows. Throws Error(kInput)
  /// also where a digit is not one bit, since the source has no other inputs.
  CellRead(const devices::CellFigures& cell, devices::JoulesPerSiemens column, const CrossbarConfig& config,
           const StepPlan& plan);

  /// Of one row driven with digit 1 for one step; `levels` is the sum of the effective levels of its `cells` cells.
  ops::JouleSum of_row(double levels, std::int64_t cells) const;

  /// squares[k] += sum over positions and steps of the square of the digit that drives row k (pulses: of the digit);
  /// codes[position][row] with `stride` from position to position.
  void add_squares(const std::int32_t* codes, std::int64_t stride, int positions,
                   std::span<std::int64_t> squares) const;

 private:
  CellRead(const devices::CellFigures& cell, devices::JoulesPerSiemens each, const StepPlan& plan,
           const CrossbarConfig& config);

  /// Sums of the squared digits (pulses: of the digits) of steps [first, last) by what a code has in their bits. Two
  /// tables of half the steps are small enough for 16-bit codes.
  struct Digits {
    Digits() = default;
    Digits(const StepPlan& plan, int first, int last, bool pulses);

    int shift = 0;
    std::uint32_t mask = 0;
    std::vector<std::uint32_t> squares;
  };

  Joules level_, off_;  ///< of a level unit, and of g_off
  Digits low_, high_;
};

}  // namespace cimera::functional
