// A cell whose level is a conductance: ReRAM, PCM, STT-MRAM, FeFET, charge-trap flash. What differs between published
// cells is data: see resistive_params.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "devices/cell_model.h"
#include "devices/level_scale.h"
#include "devices/resistive_params.h"

namespace cimera::devices {

/// One write gives g' = max(0, g + s n) with n a standard normal and s = sigma_program * (g, or g_on - g_off, or the
/// published law at g); g' is then multiplied by (1 + device_to_device * n) and gets cycle_to_cycle * (g_on - g_off) *
/// n. A conductance cannot be negative: all distributions are clipped at 0, and nowhere else. With write_verify, a cell
/// gets such writes until one is within the tolerance. Then it ages (drift, relaxation). Stuck cells keep g_on or
/// g_off.
///
/// Draws: the error of the first pulse is the stream's own normal; pulse k is the branch "pulse k"; other causes are
/// branches of it. Those that belong to the device ("device", "stuck") are the same for every `read` of the address.
/// The write energy is v_write^2 * g_on * t_write: one full pulse on a cell that is on, an upper bound.
class ResistiveCell final : public CellModel {
 public:
  explicit ResistiveCell(const ResistiveParams& params);

  int max_levels() const override;
  bool ideal() const override;
  Programming program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                      const Stream& stream, const Stream::Address& at) const override;
  ReadNoise read_noise() const override;
  int read_octaves() const override;
  void read_sigma(int level_count, std::span<const float> effective, std::span<float> sigma) const override;
  bool linear() const override { return !params_.current; }
  CubicCurrent cubic(Siemens g) const override;
  CellFigures figures() const override;

  const ResistiveParams& params() const { return params_; }

  /// The law that one write follows, for plots and tests; throws Error(kInput) when sigma_program is unknown. Mean and
  /// standard deviation of the conductance before it is clipped at 0, as functions of the target.
  Siemens mean(Siemens target) const;
  Siemens sigma(Siemens target) const;
  /// The standard deviation of one read of a cell of conductance g.
  Siemens read_sigma(Siemens g) const;

 private:
  struct Line;
  /// Of one level, in level units from conductance 0.
  struct Target {
    float level, mean, spread, nu, sigma_nu;
  };

  double known_sigma() const;
  bool ages() const;
  std::vector<Target> targets(int level_count) const;
  void write(const Line& line, const Stream& pulse, std::span<float> g) const;
  Programming write_all(const Line& line, std::span<float> g) const;
  void grow_old(const Line& line, std::span<float> g) const;

  ResistiveParams params_;
  Variation variation_;
  Stuck stuck_;
  std::optional<AgeLaw> law_;  ///< of programming, where it is used
};

}  // namespace cimera::devices
