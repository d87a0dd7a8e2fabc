// Results for machines: JSON whose keys are a contract (docs/cli.md), and CSV.
#pragma once

#include <string>

#include "study/result.h"

namespace cimera::study {

/// The whole report as one JSON document, schema 1, ending with a newline. No number is NaN or infinite; what is not
/// known is null, and a result's "unknown" names the components to blame.
std::string to_json(const Report& report);

/// What the run was made with: every parameter after defaults and overrides, each with its source. The value of
/// inputs.resolved in to_json(), as a document of its own.
std::string resolved_json(const Report& report);

/// One row per machine, batch and layer, with what was counted, and after the layers a row "(standing)" with the energy
/// that belongs to none of them. Empty fields are unknown. RFC 4180, quoted where needed.
std::string layers_csv(const Report& report);

}  // namespace cimera::study
