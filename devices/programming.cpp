#include "devices/programming.h"

namespace cimera::devices {
namespace {

/// `rounds` write pulses, each followed by a read where cells are verified.
std::optional<Seconds> time_of(std::int64_t rounds, bool verified, const CellFigures& cell) {
  if (!cell.t_write || (verified && !cell.t_read)) return {};
  const Seconds round = cell.t_write->seconds() + (verified ? cell.t_read->seconds() : Seconds());
  return round * static_cast<double>(rounds);
}

std::optional<Joules> read_energy(const CellFigures& cell) {
  if (cell.read_energy) return cell.read_energy;
  if (!cell.v_read || !cell.g_on || !cell.t_read) return {};
  return *cell.v_read * *cell.v_read * *cell.g_on * cell.t_read->seconds();
}

}  // namespace

std::optional<Joules> energy(const Programming& took, const CellFigures& cell) {
  if (!cell.write_energy) return {};
  Joules sum = *cell.write_energy * static_cast<double>(took.pulses);
  if (took.reads == 0) return sum;
  const std::optional<Joules> read = read_energy(cell);
  if (!read) return {};
  return sum += *read * static_cast<double>(took.reads);
}

std::optional<Seconds> serial_time(const Programming& took, const CellFigures& cell) {
  return time_of(took.pulses, took.reads > 0, cell);
}

std::optional<Seconds> parallel_time(const Programming& took, const CellFigures& cell) {
  return time_of(took.longest, took.reads > 0, cell);
}

}  // namespace cimera::devices
