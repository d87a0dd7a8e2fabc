// Progress on a terminal: one line that is written over and over.
#pragma once

#include <chrono>
#include <string>

#include "study/progress.h"

namespace cimera::study {

/// Shows progress on a descriptor if that is a terminal, from `patience` after its own beginning on, at most ten times
/// a second; wipes the line when it goes. Anywhere else it writes nothing.
class ProgressLine {
 public:
  explicit ProgressLine(int descriptor, std::chrono::milliseconds patience = std::chrono::seconds(2));
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  /// Valid as long as this object; empty where nobody watches.
  Progress progress();

 private:
  void show(const std::string& what, std::int64_t done, std::int64_t total);
  void write(const std::string& text) const;

  const int descriptor_;
  const bool watched_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace cimera::study
