// The error of programming at a given age.
#pragma once

#include <string>

#include "core/error.h"
#include "devices/resistive_params.h"

namespace cimera::devices {

/// The law at `age` (0: the earliest age), measured or interpolated as the law allows. Any other age throws
/// Error(kInput) at `where`, naming those that are known.
AgeLaw law_at(const ProgrammingLaw& law, Seconds age, const Where& where = {});

/// "1 s", "2 days".
std::string age_text(Seconds age);

}  // namespace cimera::devices
