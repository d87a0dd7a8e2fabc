#include "models/functional/crossbar/wired_cells.h"

#include <algorithm>

#include "core/error.h"
#include "models/functional/circuit/column_currents.h"
#include "models/functional/circuit/effective_matrix.h"

namespace cimera::functional {
namespace {

/// Of a network of rows x columns in a corner of an array. What is not used makes lines longer at the far ends; of
/// supply lines, which begin there, at their drivers.
Wires wires_of(const ops::ArrayWires& wires, int unused_rows, int unused_columns) {
  const auto far = [](const std::optional<Ohms>& ohm) { return ohm ? ohm->si() : kOpen; };
  Wires out{.row_per_cell = wires.row_per_cell.si(),
            .column_per_cell = wires.column_per_cell.si(),
            .row_driver = wires.row_driver.si(),
            .column_sense = wires.column_sense.si(),
            .row_far = far(wires.row_far),
            .column_far = far(wires.column_far)};
  out.column_far += unused_rows * out.column_per_cell;
  if (wires.inputs == ops::ArrayInputs::kGates) out.row_driver += unused_rows * out.row_per_cell;
  else out.row_far += unused_columns * out.row_per_cell;
  return out;
}

}  // namespace

WiredCells::WiredCells(const CrossbarConfig& config, const devices::CellModel& cell, const CellBlock& cells,
                       std::span<const float> programmed)
    : cell_rows_(cells.rows),
      cells_per_slice_(cells.cells_per_slice),
      interleaved_(config.wires.interleaved),
      gated_(config.wires.inputs == ops::ArrayInputs::kGates),
      rows_(cells.rows * (interleaved_ ? 2 : 1)),
      columns_(cells.cell_columns() / (interleaved_ ? 2 : 1)),
      scale_(devices::level_scale(cell.figures(), config.levels())),
      wires_(wires_of(config.wires, (interleaved_ ? 2 : 1) * config.rows - rows_,
                      config.columns / (interleaved_ ? 2 : 1) - columns_)),
      conductance_(static_cast<std::size_t>(rows_) * columns_) {
  for (int c = 0; c < cells.sensed_columns(); ++c)
    first_column_.push_back(cells.first_cell(c) / (interleaved_ ? 2 : 1));
  for (int c = 0; c < cells.cell_columns(); ++c)
    for (int k = 0; k < cells.rows; ++k) {
      const std::size_t at =
          interleaved_ ? (std::size_t{2} * k + c % 2) * columns_ + c / 2 : static_cast<std::size_t>(k) * columns_ + c;
      const double level = programmed[static_cast<std::size_t>(c) * cells.rows + k];
      conductance_[at] = std::max(0.0, scale_.conductance(level).si());  // levels are rounded: -1e-8 g_on may be 0
    }
  if (cell.linear()) return;
  const devices::CellFigures figures = cell.figures();
  if (gated_) fail_input("wires: inputs = gates: the current of these cells is not linear; use inputs = rows");
  if (!figures.v_read)
    fail_input(
        "wires: the current of these cells is not linear, and depends on v_read, which is unknown; give it a "
        "value, for example 0.2 V");
  highest_volts_ = figures.v_read->si();
  digit_volts_ = highest_volts_ / (config.one_voltage() ? 1 : (1 << config.dac_bits) - 1);
  square_.resize(conductance_.size()), cube_.resize(conductance_.size());
  for (std::size_t i = 0; i < conductance_.size(); ++i) {
    const devices::CubicCurrent more = cell.cubic(Siemens::si(conductance_[i]));
    square_[i] = more.a2, cube_[i] = more.a3;
  }
  if (!config.wires.ideal() && config.pulses() > 1)
    fail_input(
        "precision.input_coding: pulse_width: the current of these cells is not linear, and with wires every pulse has "
        "a circuit of its own; use dac_bits 1, or amplitude");
  if (!config.wires.ideal() || !config.one_voltage()) return;
  // All driven cells are at the same voltage, so each has one current.
  for (std::size_t i = 0; i < conductance_.size(); ++i)
    conductance_[i] += digit_volts_ * (square_[i] + digit_volts_ * cube_[i]);
  square_.clear(), cube_.clear();
}

double WiredCells::largest_level() const {
  double largest = scale_.off.si();  // which is taken off for every driven cell
  for (std::size_t i = 0; i < conductance_.size(); ++i) {
    const double more = square_.empty() ? 0.0 : highest_volts_ * (square_[i] + highest_volts_ * cube_[i]);
    largest = std::max(largest, conductance_[i] + std::max(more, 0.0));
  }
  return largest / scale_.step.si();
}

std::vector<float> WiredCells::sensed_levels() const {
  std::vector<double> effective(conductance_.size());
  effective_matrix(network(), effective);
  std::vector<float> levels;
  levels.reserve(first_column_.size() * static_cast<std::size_t>(cell_rows_));
  const double off = scale_.off.si(), step = scale_.step.si();
  for (const int column : first_column_)
    for (int k = 0; k < cell_rows_; ++k) {
      const double* at = &effective[static_cast<std::size_t>(interleaved_ ? 2 * k : k) * columns_ + column];
      const double siemens = interleaved_ ? at[0] - at[columns_] : cells_per_slice_ == 2 ? at[0] - at[1] : at[0] - off;
      levels.push_back(static_cast<float>(siemens / step));
    }
  return levels;
}

std::vector<double> WiredCells::currents(std::span<const std::uint16_t> digits) const {
  const std::size_t inputs = digits.size() / cell_rows_;
  const int wires_per_row = rows_ / cell_rows_;
  std::vector<double> out(inputs * columns_);
  const auto digit = [&](std::size_t input, int row) { return digits[input * cell_rows_ + row / wires_per_row]; };
  if (gated_) {
    std::vector<std::uint8_t> active(inputs * rows_);
    for (std::size_t i = 0; i < inputs; ++i)
      for (int r = 0; r < rows_; ++r) active[i * rows_ + r] = digit(i, r) != 0;
    gated_currents(network(), supply(), active, out);
  } else {
    std::vector<double> volts(inputs * rows_);
    for (std::size_t i = 0; i < inputs; ++i)
      for (int r = 0; r < rows_; ++r)
        volts[i * rows_ + r] = digit(i, r) * (interleaved_ && r % 2 == 1 ? -digit_volts_ : digit_volts_);
    column_currents(network(), {square_, cube_}, volts, out, {.tolerance = 1e-9});
    for (double& current : out) current /= digit_volts_;
  }
  return out;
}

void WiredCells::sums(std::span<const std::uint16_t> digits, std::span<double> sums) const {
  const std::vector<double> current = currents(digits);
  const std::size_t inputs = digits.size() / cell_rows_, sensed = first_column_.size();
  const double off = scale_.off.si(), step = scale_.step.si();
  for (std::size_t i = 0; i < inputs; ++i) {
    double driven = 0.0;  // level 0 of every driven cell is taken off digitally
    for (int k = 0; k < cell_rows_; ++k) driven += digits[i * cell_rows_ + k];
    for (std::size_t c = 0; c < sensed; ++c) {
      const double* at = &current[i * columns_ + first_column_[c]];
      const double siemens = interleaved_ ? at[0] : cells_per_slice_ == 2 ? at[0] - at[1] : at[0] - driven * off;
      sums[i * sensed + c] = siemens / step;
    }
  }
}

}  // namespace cimera::functional
