#include "devices/sram.h"

#include <algorithm>

namespace cimera::devices {

using namespace literals;

Schema<SramParams> schema(const SramParams*) {
  using P = SramParams;
  return Schema<P>("sram", "an SRAM bit cell whose bit is read exactly")
      .need("description", &P::description, "what the cell is and where it was used")
      .need("v_read", &P::v_read, "voltage of a read")
      .range(1_mV, 10_V)
      .need("t_read", &P::t_read, "time of a read")
      .need("t_write", &P::t_write, "time of a write")
      .need("read_energy", &P::read_energy, "energy to read a cell")
      .at_least(0_pJ)
      .need("write_energy", &P::write_energy, "energy to write a cell")
      .at_least(0_pJ)
      .need("area_f2", &P::area_f2, "area of a cell in squares of the feature size")
      .range(1, 100000)
      .need("endurance", &P::endurance, "writes that a cell survives")
      .at_least(1);
}

Programming Sram::program(int, std::span<const std::uint8_t> levels, std::span<float> effective, const Stream&,
                          const Stream::Address&) const {
  std::ranges::copy(levels, effective.begin());
  const auto count = static_cast<std::int64_t>(levels.size());
  return {.pulses = count, .longest = std::min<std::int64_t>(count, 1)};
}

CellFigures Sram::figures() const {
  return {.v_read = params_.v_read,
          .t_read = params_.t_read,
          .read_energy = params_.read_energy,
          .t_write = params_.t_write,
          .write_energy = params_.write_energy,
          .area_f2 = params_.area_f2,
          .endurance = params_.endurance,
          .g_off = {},
          .g_on = {}};
}

}  // namespace cimera::devices
