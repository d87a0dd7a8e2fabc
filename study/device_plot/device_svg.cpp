#include "study/device_plot/device_svg.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "study/device_plot/device_panels.h"

namespace cimera::study {
namespace {

using namespace literals;
using devices::ResistiveCell;
using devices::ResistiveParams;

constexpr double kWidth = 1000, kHead = 48;

const ResistiveCell* resistive(const devices::Cell& cell) {
  return dynamic_cast<const ResistiveCell*>(cell.model.get());
}

int levels_of(const ResistiveParams& params) { return std::min(params.max_levels.value_or(17), 17); }

}  // namespace

bool can_be_drawn(const devices::Cell& cell) {
  const ResistiveCell* model = resistive(cell);
  return model != nullptr && model->params().sigma_program.has_value();
}

std::string device_svg(const std::string& name, const devices::Cell& cell) {
  const ResistiveCell* model = resistive(cell);
  if (model == nullptr)
    fail_input({"--plot"}, fmt::format("'{}' is of kind '{}', which has no conductance to draw", name, cell.kind));
  if (!can_be_drawn(cell))
    fail_input({"--plot"}, fmt::format("sigma_program of '{}' is unknown: nothing to draw; --set sigma_program=0.05 "
                                       "gives it a value",
                                       name));
  ResistiveParams fresh = model->params();
  if (fresh.drift || fresh.relaxation) fresh.age = 0_s;
  const ResistiveCell programmed(fresh);
  std::vector<void (*)(Svg&, Place, const ResistiveCell&)> more;
  if (has_time(fresh)) more.push_back(draw_time);
  if (fresh.current) more.push_back(draw_current);
  if (model->read_noise() == devices::ReadNoise::kFlicker) more.push_back(draw_spectrum);
  const auto rows = static_cast<double>(1 + (more.size() + 1) / 2);
  Svg svg(kWidth, kHead + rows * kPanelHeight, name);
  svg.text(kWidth / 2, 32, fmt::format("{} ({})", name, cell.kind),
           {.size = 19, .anchor = Anchor::kMiddle, .bold = true});
  const auto place = [](std::size_t i) {
    return Place{i % 2 == 0 ? 0 : kWidth - kPanelWidth - 8, kHead + static_cast<double>(i / 2) * kPanelHeight};
  };
  const std::vector<CellSample> samples = sample_cells(programmed, levels_of(fresh));
  draw_errors(svg, place(0), programmed, samples);
  draw_deviations(svg, place(1), programmed, samples);
  for (std::size_t i = 0; i < more.size(); ++i) more[i](svg, place(2 + i), *model);
  return svg.str();
}

}  // namespace cimera::study
