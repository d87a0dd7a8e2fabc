// An explanation for people: tables for a terminal; for programs: JSON.
#pragma once

#include <string>

#include "study/explain/explanation.h"

namespace cimera::study {

std::string explain_text(const Report& report, const Explanation& explanation);

/// One JSON document, schema 1 (docs/cli.md); null is what is not known.
std::string explain_json(const Report& report, const Explanation& explanation);

}  // namespace cimera::study
