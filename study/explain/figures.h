// The figures of an explanation, as SVG documents.
#pragma once

#include <string>

#include "study/explain/explanation.h"

namespace cimera::study {

/// The roofline: peaks and levels of the machine, one labelled point per layer.
std::string roofline_svg(const Report& report, const Explanation& explanation);
/// One bar per layer: what its critical unit did while the batch was under way.
std::string time_svg(const Report& report, const Explanation& explanation);
/// One bar per layer: joules by component, without standing power.
std::string energy_svg(const Report& report, const Explanation& explanation);

/// "digits_cnn on isaac, batch 16".
std::string figure_title(const Report& report, const Result& result);

}  // namespace cimera::study
