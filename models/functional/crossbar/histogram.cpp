#include "models/functional/crossbar/histogram.h"

#include <numeric>

#include "core/integers.h"

namespace cimera::functional {
namespace {

constexpr std::int64_t kMostBins = 65536;

}  // namespace

SumHistogram::SumHistogram(std::int64_t bound)
    : width_(ceil_div(bound + 1, kMostBins)), counts_(static_cast<std::size_t>(bound / width_ + 1)) {}

SumHistogram& SumHistogram::operator+=(const SumHistogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

double SumHistogram::percentile(double percent) const {
  const auto all = static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}));
  if (all == 0.0) return 0.0;
  std::int64_t below = 0;
  std::size_t bin = 0;
  for (; bin < counts_.size(); ++bin) {
    below += counts_[bin];
    if (static_cast<double>(below) * 100.0 >= percent * all) break;
  }
  return static_cast<double>((static_cast<std::int64_t>(bin) + 1) * width_ - 1);
}

}  // namespace cimera::functional
