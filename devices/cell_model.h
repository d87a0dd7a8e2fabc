// How one kind of memory cell stores a level and is read. Everything is in level units, so that arrays need no siemens.
//
// A resistive cell with L levels has conductance g(level) = g_off + level * (g_on - g_off) / (L - 1). The effective
// level of a conductance g' is (g' - g_off) / ((g_on - g_off) / (L - 1)): a real number near the level that was asked
// for (level_scale.h). The nominal g_off of each driven cell adds a known current to its column; it is taken off
// digitally, with the known count of driven rows (our choice; a differential pair cancels it anyway), and so does not
// appear in level units.
#pragma once

#include <cstdint>
#include <span>

#include "core/quantity.h"
#include "core/stream.h"
#include "devices/cell_figures.h"
#include "devices/programming.h"

namespace cimera::devices {

/// How the noise of reads of one cell is correlated.
enum class ReadNoise {
  kNone,
  kWhite,    ///< Gaussian, independent from read to read
  kFlicker,  ///< Gaussian with a 1/f spectrum, see flicker_noise.h
};

/// Current at a voltage V across a cell: I = G V + a2 V^2 + a3 V^3.
struct CubicCurrent {
  double a2 = 0;  ///< A/V^2
  double a3 = 0;  ///< A/V^3
};

/// A kind of cell with its parameters. Pure: equal arguments give equal results, from any thread.
class CellModel {
 public:
  virtual ~CellModel() = default;

  /// The largest number of levels that the cell may be asked to store, at least 2; throws Error(kInput) when unknown.
  virtual int max_levels() const = 0;

  /// True when program() returns every level exactly, whatever the stream. Reads may be noisy all the same.
  virtual bool ideal() const = 0;

  /// Programs a line of cells once. `level_count` is 2..max_levels(), `levels` are 0..level_count - 1, `effective` has
  /// the size of `levels` and receives the effective levels of the cells as they are when they are read: with errors of
  /// programming, variation from device to device and from cycle to cycle, stuck cells, and drift at the cell's age.
  /// Cell i of line (at.unit, at.line) is device i of that line; at.read counts how often the line was programmed
  /// before (what belongs to the device stays the same). No draw depends on how many cells are programmed together.
  /// Throws Error(kInput) when a parameter that it needs is unknown.
  virtual Programming program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                              const Stream& stream, const Stream::Address& at) const = 0;

  virtual ReadNoise read_noise() const { return ReadNoise::kNone; }

  /// Of ReadNoise::kFlicker: octaves of FlickerNoise, 1..64; else 0.
  virtual int read_octaves() const { return 0; }

  /// Standard deviation of one read of each cell, in level units, from its effective level; zeros for kNone. A read of
  /// cell i gives effective[i] + sigma[i] * n, where n is a standard normal of its own for each read (white), or that
  /// of FlickerNoise with read_octaves(). `sigma` has the size of `effective`.
  virtual void read_sigma(int level_count, std::span<const float> effective, std::span<float> sigma) const;

  /// Whether the current is G V at every voltage.
  virtual bool linear() const { return true; }

  /// What a cell of conductance `g` (at V = 0) adds to G V. Zero for linear() cells.
  virtual CubicCurrent cubic(Siemens g) const;

  virtual CellFigures figures() const = 0;
};

}  // namespace cimera::devices
