#include "study/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

namespace cimera::study {
namespace {

constexpr std::chrono::milliseconds kPause(100);
constexpr const char* kWipe = "\r\x1b[K";  ///< to the start of the line, and clear it

}  // namespace

ProgressLine::ProgressLine(int descriptor, std::chrono::milliseconds patience)
    : descriptor_(descriptor),
      watched_(::isatty(descriptor) != 0),
      next_(std::chrono::steady_clock::now() + patience) {}

ProgressLine::~ProgressLine() {
  if (shown_) write(kWipe);
}

Progress ProgressLine::progress() {
  if (!watched_) return {};
  return [this](const std::string& what, std::int64_t done, std::int64_t total) { show(what, done, total); };
}

void ProgressLine::show(const std::string& what, std::int64_t done, std::int64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kPause;
  shown_ = true;
  write(fmt::format("{}{}: {} of {}", kWipe, what, done, total));
}

void ProgressLine::write(const std::string& text) const {
  // A terminal that has gone is no reason to stop.
  [[maybe_unused]] const ssize_t ignored = ::write(descriptor_, text.data(), text.size());
}

}  // namespace cimera::study
