// Progress on standard error, for people only.
#pragma once

#include <chrono>

#include "study/progress.h"

namespace cimera::apps {

/// Shows one line that is written over and over, when standard error is a terminal and the run has taken two seconds;
/// wipes it when it goes.
class ProgressLine {
 public:
  ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  /// Valid as long as this object.
  study::Progress progress();

 private:
  void show(const std::string& what, std::int64_t done, std::int64_t total);

  bool wanted_, shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace cimera::apps
