#include "models/ops/histogram.h"

#include "core/error.h"

namespace cimera::ops {

Histogram::Histogram(std::vector<std::int64_t> counts) {
  for (std::size_t v = 0; v < counts.size(); ++v) add(static_cast<std::int64_t>(v), counts[v]);
}

void Histogram::add(std::int64_t value, std::int64_t times) {
  if (value < 0 || times < 0) fail_run("a histogram counts whole numbers from 0 on, none less often than never");
  if (times == 0) return;
  if (value > largest()) counts_.resize(static_cast<std::size_t>(value) + 1);
  if (__builtin_add_overflow(total_, times, &total_)) fail_run("a histogram has more numbers than fit in 64 bits");
  counts_[static_cast<std::size_t>(value)] += times;
}

Histogram& Histogram::operator+=(const Histogram& other) {
  for (std::size_t v = 0; v < other.counts_.size(); ++v) add(static_cast<std::int64_t>(v), other.counts_[v]);
  return *this;
}

std::int64_t Histogram::sum() const {
  std::int64_t sum = 0;
  for (std::size_t v = 0; v < counts_.size(); ++v) {
    std::int64_t term = 0;
    if (__builtin_mul_overflow(static_cast<std::int64_t>(v), counts_[v], &term) ||
        __builtin_add_overflow(sum, term, &sum))
      fail_run("the sum of a histogram does not fit in 64 bits");
  }
  return sum;
}

}  // namespace cimera::ops
