// A resistive cell (ReRAM) with a linear current and a Gaussian error of programming.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/schema.h"
#include "devices/cell_model.h"

namespace cimera::devices {

/// What sigma_program is relative to.
enum class ProgramError {
  kProportional,  ///< the target conductance: cells near g_on are off by most
  kRange,         ///< g_on - g_off: all cells are off by the same
};
EnumNames<ProgramError> enum_names(const ProgramError*);

struct ReramParams {
  std::string description;
  Ohms r_on, r_off;
  std::optional<int> max_levels;
  std::optional<double> sigma_program;
  ProgramError program_error = ProgramError::kProportional;
  std::optional<Volts> v_read, v_write;
  std::optional<Duration> t_read, t_write;
  std::optional<double> area_f2, endurance;
};
Schema<ReramParams> schema(const ReramParams*);

/// Programmed conductance g' = max(0, g + sigma_program * s * n) with s = g (proportional) or g_on - g_off (range) and
/// n a standard normal: a conductance cannot be negative, so the distribution is clipped at 0. Its write energy is
/// v_write^2 * g_on * t_write: one full pulse on a cell that is on, an upper bound.
class Reram final : public CellModel {
 public:
  explicit Reram(const ReramParams& params) : params_(params) {}

  int max_levels() const override;
  bool ideal() const override { return params_.sigma_program == 0.0; }
  Programming program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                      const Stream& stream, const Stream::Address& at) const override;
  CellFigures figures() const override;

  const ReramParams& params() const { return params_; }

 private:
  ReramParams params_;
};

}  // namespace cimera::devices
