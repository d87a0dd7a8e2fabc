#include "devices/sram_charge.h"

#include <algorithm>

#include <fmt/format.h>

namespace cimera::devices {

using namespace literals;

EnumNames<CellCharge> enum_names(const CellCharge*) {
  return {{"unsigned", CellCharge::kUnsigned}, {"signed", CellCharge::kSigned}};
}

Schema<SramChargeParams> schema(const SramChargeParams*) {
  using P = SramChargeParams;
  return Schema<P>("sram_charge", "an SRAM cell whose bit drives a capacitor that shares its charge with the column")
      .need("description", &P::description, "what the cell is and where it was used")
      .need("charge", &P::charge, "what a cell that stores 0 adds: nothing (unsigned), or one unit less (signed)")
      .need("sigma_capacitor", &P::sigma_capacitor,
            "standard deviation of a cell's capacitor, relative; 0 is an ideal cell")
      .range(0, 1)
      .need("v_read", &P::v_read, "voltage that drives the capacitor")
      .range(1_mV, 10_V)
      .need("t_read", &P::t_read, "time to share the charge")
      .need("t_write", &P::t_write, "time to write a cell")
      .need("write_energy", &P::write_energy, "energy to write a cell")
      .at_least(0_pJ)
      .need("area_f2", &P::area_f2, "area of a cell in squares of the feature size")
      .range(1, 10000)
      .need("endurance", &P::endurance, "writes that a cell survives")
      .at_least(1);
}

Programming SramCharge::program(int, std::span<const std::uint8_t> levels, std::span<float> effective,
                                const Stream& stream, const Stream::Address& at) const {
  if (!params_.sigma_capacitor)
    fail_input(
        fmt::format("sigma_capacitor of the cell '{}' is unknown: give it a value, for example --set "
                    "MACHINE:cell.sigma_capacitor=0.01, or 0 for an ideal cell",
                    params_.description));
  const auto count = static_cast<std::int64_t>(levels.size());
  const Programming took{.pulses = count, .longest = std::min<std::int64_t>(count, 1)};
  if (ideal()) {
    std::ranges::copy(levels, effective.begin());
    return took;
  }
  stream.branch("capacitor").normal({at.unit, at.line, 0}, effective);
  const auto sigma = static_cast<float>(*params_.sigma_capacitor);
  const float zero = params_.charge == CellCharge::kSigned ? 0.5f : 0.0f;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto level = static_cast<float>(levels[i]);
    effective[i] = level + (level - zero) * (sigma * effective[i]);
  }
  return took;
}

CellFigures SramCharge::figures() const {
  return {.v_read = params_.v_read,
          .t_read = params_.t_read,
          .read_energy = {},
          .t_write = params_.t_write,
          .write_energy = params_.write_energy,
          .area_f2 = params_.area_f2,
          .endurance = params_.endurance,
          .g_off = {},
          .g_on = {}};
}

}  // namespace cimera::devices
