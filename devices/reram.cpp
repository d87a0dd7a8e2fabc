#include "devices/reram.h"

#include <algorithm>

#include <fmt/format.h>

namespace cimera::devices {

using namespace literals;

EnumNames<ProgramError> enum_names(const ProgramError*) {
  return {{"proportional", ProgramError::kProportional}, {"range", ProgramError::kRange}};
}

Schema<ReramParams> schema(const ReramParams*) {
  using P = ReramParams;
  return Schema<P>("reram", "a resistive cell with a linear current and a Gaussian error of programming")
      .need("description", &P::description, "what the cell is and where it was used")
      .need("r_on", &P::r_on, "resistance at the highest level")
      .range(10_Ohm, 1000_MOhm)
      .need("r_off", &P::r_off, "resistance at level 0")
      .range(10_Ohm, 1'000'000_MOhm)
      .need("max_levels", &P::max_levels, "levels that the cell can be asked to store")
      .range(2, 256)
      .need("sigma_program", &P::sigma_program,
            "standard deviation of the programmed conductance, relative as program_error says; 0 is an ideal cell")
      .range(0, 1)
      .opt("program_error", &P::program_error,
           "what sigma_program is relative to: the target conductance, or g_on - g_off",
           "the usual meaning of a programming error in percent")
      .need("v_read", &P::v_read, "voltage of a read pulse")
      .range(1_mV, 10_V)
      .need("t_read", &P::t_read, "length of a read pulse")
      .need("v_write", &P::v_write, "voltage of a write pulse")
      .range(1_mV, 20_V)
      .need("t_write", &P::t_write, "time to program a cell once")
      .need("area_f2", &P::area_f2, "area of a cell in squares of the feature size")
      .range(1, 10000)
      .need("endurance", &P::endurance, "writes that a cell survives")
      .at_least(1)
      .check("r_on must be below r_off", [](const P& p) { return p.r_on < p.r_off; });
}

int Reram::max_levels() const {
  if (!params_.max_levels)
    fail_input(fmt::format(
        "max_levels of the cell '{}' is unknown: give it a value, for example --set MACHINE:cell.max_levels=4",
        params_.description));
  return *params_.max_levels;
}

Programming Reram::program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                           const Stream& stream, const Stream::Address& at) const {
  if (!params_.sigma_program)
    fail_input(
        fmt::format("sigma_program of the cell '{}' is unknown: give it a value, for example --set "
                    "MACHINE:cell.sigma_program=0.05, or 0 for an ideal cell",
                    params_.description));
  const auto count = static_cast<std::int64_t>(levels.size());
  const Programming took{.pulses = count, .longest = std::min<std::int64_t>(count, 1)};
  if (ideal()) {
    std::copy(levels.begin(), levels.end(), effective.begin());
    return took;
  }
  // All conductances in units of one level, (g_on - g_off) / (L - 1); in them g_off is `off`.
  const auto top = static_cast<float>(level_count - 1);
  const Siemens g_on = 1.0 / params_.r_on, g_off = 1.0 / params_.r_off;
  const auto off = static_cast<float>(g_off / (g_on - g_off)) * top;
  const auto sigma = static_cast<float>(*params_.sigma_program);
  const bool proportional = params_.program_error == ProgramError::kProportional;
  stream.normal(at, effective);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const float target = static_cast<float>(levels[i]) + off;
    effective[i] = std::max(0.0f, target + sigma * (proportional ? target : top) * effective[i]) - off;
  }
  return took;
}

CellFigures Reram::figures() const {
  CellFigures figures{.v_read = params_.v_read,
                      .t_read = params_.t_read,
                      .read_energy = {},
                      .t_write = params_.t_write,
                      .write_energy = {},
                      .area_f2 = params_.area_f2,
                      .endurance = params_.endurance,
                      .g_off = 1.0 / params_.r_off,
                      .g_on = 1.0 / params_.r_on};
  if (params_.v_write && params_.t_write)
    figures.write_energy = *params_.v_write * *params_.v_write * (1.0 / params_.r_on) * params_.t_write->seconds();
  return figures;
}

}  // namespace cimera::devices
