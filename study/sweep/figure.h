// The figure that the file of a sweep asks for.
#pragma once

#include <string>

#include "study/sweep/line_svg.h"
#include "study/sweep/sweep.h"

namespace cimera::study {

/// Lines of the column `plot.y` over the axis `plot.x`, one for each value of `plot.series`. Accuracies and losses have
/// their 95 % interval as error bars, that of the paired loss; an accuracy has a dashed line at FP32 where all points
/// have the same. Points without a value are left out. The axis is numeric where all of its values are numbers of one
/// unit, and has names otherwise. Throws Error(kInput) where no point has a value. `report.plan.plot` must be there.
LineFigure sweep_figure(const SweepReport& report);

}  // namespace cimera::study
