#include "models/ops/joule_sum.h"

#include <cmath>

#include "core/error.h"

namespace cimera::ops {
namespace {

constexpr int kStepBits = 110;                              // a step is 2^-110 J
constexpr double kMostTerm = 0x1p-10;                       // joules: a term has at most 100 bits,
constexpr std::int64_t kMostTimes = std::int64_t{1} << 26;  // and added many times it keeps within 127

}  // namespace

JouleSum::JouleSum(Joules joules) {
  if (!(joules.si() >= 0.0 && joules.si() <= kMostTerm))
    fail_run("a term of a sum of energies is " + format(joules) + ": must be in 0 .. 1 mJ");
  steps_ = static_cast<Steps>(std::nearbyint(std::ldexp(joules.si(), kStepBits)));
}

JouleSum& JouleSum::operator+=(JouleSum other) {
  Steps sum = 0;
  if (__builtin_add_overflow(steps_, other.steps_, &sum)) overflow();
  steps_ = sum;
  return *this;
}

void JouleSum::add(JouleSum term, std::int64_t times) {
  if (term.steps_ > Steps{1} << 100 || times < 0 || times > kMostTimes) overflow();
  term.steps_ *= times;
  *this += term;
}

Joules JouleSum::joules() const { return Joules::si(std::ldexp(static_cast<double>(steps_), -kStepBits)); }

void JouleSum::overflow() { fail_run("a sum of energies passes 1e5 J"); }

}  // namespace cimera::ops
