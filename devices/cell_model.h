// How one kind of memory cell stores a level. Everything is in level units, so that arrays need no siemens.
//
// A cell with L levels has conductance g(level) = g_off + level * (g_on - g_off) / (L - 1). The effective level of a
// conductance g' is (g' - g_off) / ((g_on - g_off) / (L - 1)): a real number near the level that was asked for. The
// nominal g_off of each driven cell adds a known current to its column; it is taken off digitally, with the known count
// of driven rows (our choice; a differential pair cancels it anyway), and so does not appear in level units.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/duration.h"
#include "core/quantity.h"
#include "core/stream.h"

namespace cimera::devices {

/// What the time, energy and area of a machine need to know of its cells. Empty: nobody has published it.
struct CellFigures {
  std::optional<Volts> v_read;
  std::optional<Duration> t_read;      ///< one read pulse
  std::optional<Duration> t_write;     ///< programming one cell once
  std::optional<Joules> write_energy;  ///< of programming one cell once, an upper bound where the kind says so
  std::optional<double> area_f2;       ///< of one cell, in squares of the feature size
  std::optional<double> endurance;     ///< writes that a cell survives
  std::optional<Siemens> g_off, g_on;  ///< of level 0 and of the highest level
};

/// A kind of cell with its parameters. Pure: equal arguments give equal results, from any thread.
class CellModel {
 public:
  virtual ~CellModel() = default;

  /// The largest number of levels that the cell may be asked to store, at least 2; throws Error(kInput) when unknown.
  virtual int max_levels() const = 0;

  /// True when program() returns every level exactly, whatever the stream.
  virtual bool ideal() const = 0;

  /// Programs a line of cells once. `level_count` is 2..max_levels(), `levels` are 0..level_count - 1, `effective` has
  /// the size of `levels` and receives effective levels. Cell i uses number i of the stream at `at`. Throws
  /// Error(kInput) when a parameter that it needs is unknown.
  virtual void program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                       const Stream& stream, const Stream::Address& at) const = 0;

  virtual CellFigures figures() const = 0;
};

}  // namespace cimera::devices
