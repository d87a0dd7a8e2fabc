#include "apps/progress_line.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace cimera::apps {
namespace {

constexpr std::chrono::seconds kPatience(2);
constexpr std::chrono::milliseconds kPause(100);
constexpr const char* kWipe = "\r\x1b[K";  ///< to the start of the line, and clear it

}  // namespace

ProgressLine::ProgressLine()
    : wanted_(::isatty(STDERR_FILENO) != 0), next_(std::chrono::steady_clock::now() + kPatience) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs(kWipe, stderr);
}

study::Progress ProgressLine::progress() {
  if (!wanted_) return {};
  return [this](const std::string& what, std::int64_t done, std::int64_t total) { show(what, done, total); };
}

void ProgressLine::show(const std::string& what, std::int64_t done, std::int64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kPause;
  shown_ = true;
  std::fputs(fmt::format("{}{}: {} of {}", kWipe, what, done, total).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace cimera::apps
