// cimera validate.
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/command.h"
#include "core/error.h"
#include "study/validation.h"

namespace cimera::apps {

void run_validate(const Arguments& arguments) {
  const study::Validation validation = study::validate(arguments.operands());
  const std::string text =
      arguments.has("json") ? study::validation_json(validation) : study::validation_text(validation);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (const std::vector<std::string> outside = validation.outside(); !outside.empty())
    fail_run(fmt::format("{} of {} figures are outside their tolerance: {}", outside.size(), validation.rows.size(),
                         fmt::join(outside, "; ")));
}

}  // namespace cimera::apps
