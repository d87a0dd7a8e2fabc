// An SRAM bit cell that is known by its energies and area: its bit is digital and exact.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/schema.h"
#include "devices/cell_model.h"

namespace cimera::devices {

struct SramParams {
  std::string description;
  std::optional<Volts> v_read;
  std::optional<Duration> t_read, t_write;
  std::optional<Joules> read_energy, write_energy;
  std::optional<double> area_f2, endurance;
};
Schema<SramParams> schema(const SramParams*);

/// Two levels, always stored and read exactly. It has no conductance.
class Sram final : public CellModel {
 public:
  explicit Sram(const SramParams& params) : params_(params) {}

  int max_levels() const override { return 2; }
  bool ideal() const override { return true; }
  Programming program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                      const Stream& stream, const Stream::Address& at) const override;
  CellFigures figures() const override;

 private:
  SramParams params_;
};

}  // namespace cimera::devices
