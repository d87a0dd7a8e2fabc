#include "models/functional/circuit/line_solver.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::functional {
namespace {

constexpr int kTogether = 8;  // lines that are solved side by side

double dot(std::span<const double> a, std::span<const double> b) {
  double part[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4)
    for (int k = 0; k < 4; ++k) part[k] += a[i + k] * b[i + k];
  for (; i < a.size(); ++i) part[0] += a[i] * b[i];
  return (part[0] + part[1]) + (part[2] + part[3]);
}

}  // namespace

Lines::Lines(int count, int along, std::int64_t line_stride, std::int64_t node_stride, double per_cell, double first,
             double last)
    : count_(count),
      along_(along),
      line_stride_(line_stride),
      node_stride_(node_stride),
      segment_(1.0 / per_cell),
      first_(first),
      last_(last),
      rigid_(per_cell == 0 && (std::isinf(first) || std::isinf(last))),
      lumped_(per_cell == 0) {}

void Lines::factor(std::span<const double> cells) {
  if (rigid_) return;
  if (lumped_) {
    inverse_.assign(count_, first_ + last_);
    for (int line = 0; line < count_; ++line) {
      for (int i = 0; i < along_; ++i) inverse_[line] += cells[line * line_stride_ + i * node_stride_];
      inverse_[line] = 1.0 / inverse_[line];
    }
    return;
  }
  // A pivot is the segment to the next node and what the nodes before and the cell lead to ground: sums only.
  inverse_.resize(cells.size());
  for (int line = 0; line < count_; ++line) {
    double ground = first_;
    for (int i = 0; i < along_; ++i) {
      const std::int64_t at = line * line_stride_ + i * node_stride_;
      ground += cells[at];
      inverse_[at] = 1.0 / (ground + (i + 1 < along_ ? segment_ : last_));
      ground *= segment_ * inverse_[at];
    }
  }
}

void Lines::solve(std::span<const double> current, std::span<double> voltage) const {
  if (rigid_) {
    std::ranges::fill(voltage, 0.0);
  } else if (lumped_) {
    for (int line = 0; line < count_; ++line) {
      double sum = 0.0;
      for (int i = 0; i < along_; ++i) sum += current[line * line_stride_ + i * node_stride_];
      sum *= inverse_[line];
      for (int i = 0; i < along_; ++i) voltage[line * line_stride_ + i * node_stride_] = sum;
    }
  } else {
    solve_chains(current, voltage);
  }
}

void Lines::solve_chains(std::span<const double> current, std::span<double> voltage) const {
  const double *f = current.data(), *inverse = inverse_.data();
  double* u = voltage.data();
  for (int begin = 0; begin < count_;) {
    // Lines that lie beside each other in memory go together as many as there are; others in small groups.
    const int group = std::min(line_stride_ == 1 ? 512 : kTogether, count_ - begin);
    const std::int64_t base = begin * line_stride_;
    for (int l = 0; l < group; ++l) u[base + l * line_stride_] = f[base + l * line_stride_];
    for (int i = 1; i < along_; ++i) {
      const std::int64_t here = base + i * node_stride_, before = here - node_stride_;
      for (int l = 0; l < group; ++l) {
        const std::int64_t at = l * line_stride_;
        u[here + at] = f[here + at] + segment_ * inverse[before + at] * u[before + at];
      }
    }
    const std::int64_t end = base + (along_ - 1) * node_stride_;
    for (int l = 0; l < group; ++l) u[end + l * line_stride_] *= inverse[end + l * line_stride_];
    for (int i = along_ - 2; i >= 0; --i) {
      const std::int64_t here = base + i * node_stride_, behind = here + node_stride_;
      for (int l = 0; l < group; ++l) {
        const std::int64_t at = l * line_stride_;
        u[here + at] = inverse[here + at] * (u[here + at] + segment_ * u[behind + at]);
      }
    }
    begin += group;
  }
}

LineSolver::LineSolver(int rows, int columns, const Wires& wires)
    : columns_(columns),
      rows_lines_(rows, columns, columns, 1, wires.row_per_cell, 1.0 / (wires.row_per_cell + wires.row_driver),
                  1.0 / (wires.row_per_cell + wires.row_far)),
      column_lines_(columns, rows, 1, columns, wires.column_per_cell, 1.0 / (wires.column_per_cell + wires.column_far),
                    1.0 / (wires.column_per_cell + wires.column_sense)) {
  const std::size_t cells = static_cast<std::size_t>(rows) * columns;
  for (auto* numbers : {&row_, &residual_, &step_, &direction_, &into_rows_, &column_}) numbers->resize(cells);
}

void LineSolver::set_cells(std::span<const double> conductance) {
  cells_.assign(conductance.begin(), conductance.end());
  rows_lines_.factor(cells_);
  column_lines_.factor(cells_);
}

// With voltages x of the row nodes and y of the column nodes, A and B the matrices of the lines with their cells, and D
// the cells: A x - D y = -source, B y - D x = source. So (A - D B^-1 D) x = D B^-1 source - source, which is solved by
// conjugate gradients with A as preconditioner. A times the direction follows the same recurrence as the direction.
void LineSolver::solve(std::span<const double> source, std::span<double> extra, double tolerance) {
  const std::size_t n = cells_.size();
  steps_ = 0;
  std::ranges::fill(row_, 0.0);
  if (!rows_lines_.rigid()) {
    column_lines_.solve(source, column_);
    for (std::size_t i = 0; i < n; ++i) residual_[i] = cells_[i] * column_[i] - source[i];
    rows_lines_.solve(residual_, step_);
    direction_ = step_, into_rows_ = residual_;
    double energy = dot(residual_, step_);
    const double enough = energy * tolerance * tolerance;
    const int limit = 1000 + 10 * static_cast<int>(columns_ + n / columns_);
    while (energy > enough) {
      if (steps_ == limit)
        fail_run(
            fmt::format("currents of a crossbar of {} x {} cells: a relative residual of {:.3g} after {} steps, "
                        "asked for {:.3g}; use a larger tolerance",
                        n / columns_, columns_, std::sqrt(energy / enough) * tolerance, steps_, tolerance));
      for (std::size_t i = 0; i < n; ++i) column_[i] = cells_[i] * direction_[i];
      column_lines_.solve(column_, column_);
      for (std::size_t i = 0; i < n; ++i) column_[i] = into_rows_[i] - cells_[i] * column_[i];
      const double length = energy / dot(direction_, column_);
      for (std::size_t i = 0; i < n; ++i) row_[i] += length * direction_[i], residual_[i] -= length * column_[i];
      rows_lines_.solve(residual_, step_);
      const double next = dot(residual_, step_), turn = next / energy;
      for (std::size_t i = 0; i < n; ++i) {
        direction_[i] = step_[i] + turn * direction_[i];
        into_rows_[i] = residual_[i] + turn * into_rows_[i];
      }
      energy = next;
      ++steps_;
      if (!std::isfinite(energy)) fail_run("currents of a crossbar: conductances or resistances are too far apart");
    }
  }
  for (std::size_t i = 0; i < n; ++i) column_[i] = source[i] + cells_[i] * row_[i];
  column_lines_.solve(column_, column_);
  for (std::size_t i = 0; i < n; ++i) extra[i] = row_[i] - column_[i];
}

}  // namespace cimera::functional
