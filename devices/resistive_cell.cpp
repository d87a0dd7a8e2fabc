#include "devices/resistive_cell.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "devices/age_law.h"

namespace cimera::devices {

using namespace literals;

/// A line that is being programmed. Conductances `g` are in level units and count from 0 S: g_off is `off`.
struct ResistiveCell::Line {
  std::span<const std::uint8_t> levels;
  std::vector<Target> targets;
  const Stream& stream;
  Stream::Address at;
  float off, top, step;       ///< level units; step in siemens
  std::vector<float> stuck;   ///< where a cell is stuck; below 0: it is not
  std::vector<float> device;  ///< factor of each device; empty: 1

  std::size_t size() const { return levels.size(); }
  const Target& target(std::size_t i) const { return targets[levels[i]]; }
  std::vector<float> normals(const Stream& of, std::uint64_t read) const {
    std::vector<float> n(size());
    of.normal({at.unit, at.line, read}, n);
    return n;
  }
};

ResistiveCell::ResistiveCell(const ResistiveParams& params)
    : params_(params), variation_(params.variation.value_or(Variation())), stuck_(params.stuck.value_or(Stuck())) {
  if (params_.program_error != ErrorOf::kLaw) return;
  const bool aged_apart = params_.drift || params_.relaxation;
  law_ = law_at(params_.programming.value(), aged_apart ? 0_s : params_.age);
}

int ResistiveCell::max_levels() const {
  if (!params_.max_levels)
    fail_input(fmt::format(
        "max_levels of the cell '{}' is unknown: give it a value, for example --set MACHINE:cell.max_levels=4",
        params_.description));
  return *params_.max_levels;
}

double ResistiveCell::known_sigma() const {
  if (!params_.sigma_program)
    fail_input(
        fmt::format("sigma_program of the cell '{}' is unknown: give it a value, for example --set "
                    "MACHINE:cell.sigma_program=0.05, or 0 for an ideal cell",
                    params_.description));
  return *params_.sigma_program;
}

bool ResistiveCell::ages() const {
  const Seconds t = params_.age;
  return (params_.drift && t > params_.drift->t0) || (params_.relaxation && t >= params_.relaxation->t0);
}

bool ResistiveCell::ideal() const {
  const ResistiveParams& p = params_;
  return p.sigma_program == 0.0 && !(law_ && !law_->shift.empty()) && variation_.device_to_device == 0 &&
         variation_.cycle_to_cycle == 0 && stuck_.on == 0 && stuck_.off == 0 && !ages();
}

Siemens ResistiveCell::mean(Siemens target) const {
  if (!law_ || law_->shift.empty()) return target;
  return target + params_.programming->unit * value(law_->shift, target);
}

Siemens ResistiveCell::sigma(Siemens target) const {
  const double share = known_sigma();
  switch (params_.program_error) {
    case ErrorOf::kProportional:
      return target * share;
    case ErrorOf::kRange:
      return (params_.g_on() - params_.g_off()) * share;
    case ErrorOf::kLaw:
      break;
  }
  return params_.programming->unit * (share * value(law_->sigma, mean(target)));
}

std::vector<ResistiveCell::Target> ResistiveCell::targets(int level_count) const {
  const LevelScale scale = level_scale(figures(), level_count);
  const auto top = static_cast<float>(level_count - 1);
  const auto off = static_cast<float>(params_.g_off() / (params_.g_on() - params_.g_off())) * top;
  const auto share = static_cast<float>(known_sigma());
  std::vector<Target> targets;
  for (int level = 0; level < level_count; ++level) {
    const Siemens g = scale.conductance(level);
    Target target{static_cast<float>(level) + off, static_cast<float>(level) + off, 0, 0, 0};
    switch (params_.program_error) {
      case ErrorOf::kProportional:
        target.spread = share * target.level;
        break;
      case ErrorOf::kRange:
        target.spread = share * top;
        break;
      case ErrorOf::kLaw:
        target.mean = static_cast<float>(mean(g) / scale.step);
        target.spread = static_cast<float>(sigma(g) / scale.step);
        break;
    }
    if (params_.drift) {
      target.nu = static_cast<float>(value(params_.drift->nu, g));
      target.sigma_nu = static_cast<float>(value(params_.drift->sigma_nu, g));
    }
    targets.push_back(target);
  }
  return targets;
}

/// One pulse on every cell of the line.
void ResistiveCell::write(const Line& line, const Stream& pulse, std::span<float> g) const {
  pulse.normal(line.at, g);
  for (std::size_t i = 0; i < g.size(); ++i) {
    const Target& target = line.target(i);
    g[i] = std::max(0.0f, target.mean + target.spread * g[i]);
  }
  for (std::size_t i = 0; i < line.device.size(); ++i) g[i] = std::max(0.0f, g[i] * line.device[i]);
  if (variation_.cycle_to_cycle > 0) {
    const auto sigma = static_cast<float>(variation_.cycle_to_cycle) * line.top;
    const std::vector<float> n = line.normals(pulse.branch("cycle to cycle"), line.at.read);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = std::max(0.0f, g[i] + sigma * n[i]);
  }
  for (std::size_t i = 0; i < line.stuck.size(); ++i)
    if (line.stuck[i] >= 0) g[i] = line.stuck[i];
}

Programming ResistiveCell::write_all(const Line& line, std::span<float> g) const {
  const auto count = static_cast<std::int64_t>(line.size());
  write(line, line.stream, g);
  if (!params_.write_verify) return {.pulses = count, .longest = std::min<std::int64_t>(count, 1)};
  const WriteVerify& verify = *params_.write_verify;
  const auto accepted = [&](std::size_t i) {
    const float target = line.target(i).level;
    return std::abs(g[i] - target) <=
           static_cast<float>(verify.tolerance) * (verify.of == ToleranceOf::kTarget ? target : line.top);
  };
  std::vector<std::size_t> pending;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (!accepted(i)) pending.push_back(i);
  Programming took{.pulses = count, .reads = count, .longest = std::min<std::int64_t>(count, 1)};
  std::vector<float> next(line.size());
  for (int pulse = 1; pulse < verify.max_pulses && !pending.empty(); ++pulse) {
    write(line, line.stream.branch("pulse " + std::to_string(pulse)), next);
    for (const std::size_t i : pending) g[i] = next[i];
    const auto pulsed = static_cast<std::int64_t>(pending.size());
    took.pulses += pulsed, took.reads += pulsed, took.longest = pulse + 1;
    std::erase_if(pending, accepted);
  }
  took.failed = static_cast<std::int64_t>(pending.size());
  return took;
}

void ResistiveCell::grow_old(const Line& line, std::span<float> g) const {
  if (params_.drift && params_.age > params_.drift->t0) {
    const auto log_time = static_cast<float>(std::log(params_.age / params_.drift->t0));
    const std::vector<float> n = line.normals(line.stream.branch("drift"), line.at.read);
    for (std::size_t i = 0; i < g.size(); ++i) {
      const float nu = std::abs(line.target(i).nu + line.target(i).sigma_nu * n[i]);
      g[i] *= std::exp(-nu * log_time);
    }
  }
  if (params_.relaxation && params_.age >= params_.relaxation->t0) {
    const RelaxationLaw& law = *params_.relaxation;
    const double log_time = std::log(params_.age / law.t0);
    const auto mean = static_cast<float>(law.mean.si() * log_time) / line.step;
    const auto sigma = static_cast<float>(law.sigma.si() + law.sigma_per_ln.si() * log_time) / line.step;
    const std::vector<float> n = line.normals(line.stream.branch("relaxation"), line.at.read);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = std::max(0.0f, g[i] + mean + sigma * n[i]);
  }
}

Programming ResistiveCell::program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                                   const Stream& stream, const Stream::Address& at) const {
  known_sigma();
  if (ideal()) {
    std::ranges::copy(levels, effective.begin());
    const auto count = static_cast<std::int64_t>(levels.size());
    return {.pulses = count, .reads = params_.write_verify ? count : 0, .longest = std::min<std::int64_t>(count, 1)};
  }
  const Siemens range = params_.g_on() - params_.g_off();
  const auto top = static_cast<float>(level_count - 1);
  Line line{.levels = levels,
            .targets = targets(level_count),
            .stream = stream,
            .at = at,
            .off = static_cast<float>(params_.g_off() / range) * top,
            .top = top,
            .step = static_cast<float>(range.si()) / top,
            .stuck = {},
            .device = {}};
  if (variation_.device_to_device > 0) {
    line.device = line.normals(stream.branch("device"), 0);
    const auto sigma = static_cast<float>(variation_.device_to_device);
    for (float& factor : line.device) factor = 1.0f + sigma * factor;
  }
  if (stuck_.on > 0 || stuck_.off > 0) {
    line.stuck.resize(levels.size());
    stream.branch("stuck").uniform({at.unit, at.line, 0}, line.stuck);
    for (float& where : line.stuck) {
      const double u = where;
      where = u < stuck_.on ? top + line.off : u < stuck_.on + stuck_.off ? line.off : -1.0f;
    }
  }
  const Programming took = write_all(line, effective);
  grow_old(line, effective);
  for (std::size_t i = 0; i < line.stuck.size(); ++i)
    if (line.stuck[i] >= 0) effective[i] = line.stuck[i];
  for (float& g : effective) g -= line.off;
  return took;
}

}  // namespace cimera::devices
