// How a resistive cell is read: noise, current, and what that costs.
#include <algorithm>
#include <cmath>

#include "devices/resistive_cell.h"

namespace cimera::devices {

using namespace literals;

ReadNoise ResistiveCell::read_noise() const {
  if (!params_.read_noise || params_.read_noise->sigma == 0) return ReadNoise::kNone;
  return params_.read_noise->spectrum == Spectrum::kWhite ? ReadNoise::kWhite : ReadNoise::kFlicker;
}

namespace {

/// (t + t_read) / (2 t_read): the ratio of the highest to the lowest frequency of the noise that has gathered.
double bandwidth(const ResistiveParams& p) {
  const Seconds t_read = p.read_noise->law->t_read;
  return (p.time() + t_read) / (t_read * 2.0);
}

}  // namespace

int ResistiveCell::read_octaves() const {
  if (read_noise() != ReadNoise::kFlicker) return 0;
  if (params_.read_noise->octaves > 0) return params_.read_noise->octaves;
  return std::clamp(static_cast<int>(std::ceil(std::log2(bandwidth(params_)))), 1, 64);
}

Siemens ResistiveCell::read_sigma(Siemens g) const {
  const ResistiveParams& p = params_;
  const Siemens range = p.g_on() - p.g_off();
  if (!p.read_noise) return 0_S;
  const ReadNoiseParams& noise = *p.read_noise;
  if (noise.of == ErrorOf::kProportional) return g * noise.sigma;
  if (noise.of == ErrorOf::kRange) return range * noise.sigma;
  const ReadLaw& law = *noise.law;
  const double gathered = law.t_read > 0_s ? std::sqrt(std::log(bandwidth(p))) : 1.0;
  const double sigma = noise.sigma * gathered * value(law.sigma, g);
  if (law.of == ErrorOf::kLaw) return law.unit * sigma;
  return (law.of == ErrorOf::kRange ? range : g) * sigma;
}

void ResistiveCell::read_sigma(int level_count, std::span<const float> effective, std::span<float> sigma) const {
  const LevelScale scale = level_scale(figures(), level_count);
  std::ranges::transform(effective, sigma.begin(), [&](float level) {
    const Siemens g = std::max(0_S, scale.conductance(level));  // levels are rounded
    return static_cast<float>(read_sigma(g) / scale.step);
  });
}

CubicCurrent ResistiveCell::cubic(Siemens g) const {
  if (!params_.current) return {};
  return {value(params_.current->a2, g), value(params_.current->a3, g)};
}

CellFigures ResistiveCell::figures() const {
  CellFigures figures{.v_read = params_.v_read,
                      .t_read = params_.t_read,
                      .read_energy = {},
                      .t_write = params_.t_write,
                      .write_energy = {},
                      .area_f2 = params_.area_f2,
                      .endurance = params_.endurance,
                      .g_off = params_.g_off(),
                      .g_on = params_.g_on()};
  if (params_.v_write && params_.t_write)
    figures.write_energy = *params_.v_write * *params_.v_write * params_.g_on() * params_.t_write->seconds();
  return figures;
}

}  // namespace cimera::devices
