// The message of what a call throws, to be compared whole.
#pragma once

#include <string>

#include "core/error.h"

namespace cimera {

/// The message of the Error that `call` throws, "[run] " in front of it when the run is to blame; "no error" otherwise.
template <class Call>
std::string error_text(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return (error.kind() == Error::Kind::kRun ? "[run] " : "") + std::string(error.what());
  }
  return "no error";
}

}  // namespace cimera
