#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "devices/age_law.h"
#include "devices/resistive_params.h"

namespace cimera::devices {
namespace {

using namespace literals;

constexpr double kAnything = -std::numeric_limits<double>::infinity();

class Checker {
 public:
  Checker(const ResistiveParams& params, const Where& where) : p_(params), where_(where) {}

  void run() const {
    check_programming();
    check_time();
    check_read_noise();
    check_current();
  }

 private:
  void curve(const char* name, const Curve& curve, double least = 0.0) const {
    const std::string wrong = fault(curve, p_.g_off(), p_.g_on(), least);
    if (!wrong.empty()) fail_input(where_, fmt::format("{}: {}", name, wrong));
  }

  void check_programming() const {
    if (!p_.programming) return;
    const bool used = p_.program_error == ErrorOf::kLaw;
    if (used && p_.programming->laws.size() > 1 && (p_.drift || p_.relaxation || p_.write_verify))
      fail_input(where_,
                 "programming: laws of several ages already hold what drift, relaxation and write_verify would do; "
                 "give one law");
    for (const AgeLaw& law : p_.programming->laws) {
      if (law.sigma.empty()) fail_input(where_, "programming: each of `laws` needs sigma");
      if (!law.shift.empty()) curve("programming.shift", law.shift, kAnything);
    }
    const AgeLaw law = law_at(*p_.programming, knows_time() ? 0_s : p_.age, where_);
    curve("programming.sigma", law.sigma);
  }

  bool knows_time() const { return p_.drift || p_.relaxation; }

  void check_time() const {
    if (p_.drift) {
      curve("drift.nu", p_.drift->nu, kAnything);
      curve("drift.sigma_nu", p_.drift->sigma_nu);
      check_age(p_.drift->t0);
    }
    if (p_.relaxation) check_age(p_.relaxation->t0);
    const bool law = p_.program_error == ErrorOf::kLaw && p_.programming;
    if (p_.age > 0_s && !knows_time() && !law)
      fail_input(where_, fmt::format("age = {}: nothing is known of how this cell changes with time; give drift, "
                                     "relaxation, or a law of programming at this age",
                                     age_text(p_.age)));
  }

  void check_age(Seconds t0) const {
    if (p_.age > 0_s && p_.age < t0)
      fail_input(where_, fmt::format("age = {}: the law of time begins at {}; 0 is as programmed", age_text(p_.age),
                                     age_text(t0)));
  }

  void check_read_noise() const {
    if (!p_.read_noise) return;
    const ReadNoiseParams& noise = *p_.read_noise;
    if (noise.law) curve("read_noise.law.sigma", noise.law->sigma);
    const bool accumulated = noise.of == ErrorOf::kLaw && noise.law->t_read > 0_s;
    if (accumulated && p_.time() <= noise.law->t_read)
      fail_input(where_,
                 fmt::format("read_noise: its noise gathers over the age of the cell, which is {}; the age must "
                             "be above t_read = {}",
                             age_text(p_.time()), format(noise.law->t_read)));
    if (noise.sigma > 0 && noise.spectrum == Spectrum::kFlicker && noise.octaves == 0 && !accumulated)
      fail_input(
          where_,
          "read_noise: flicker needs octaves, for example read_noise.octaves=20: the standard deviation of 1/f noise "
          "is that over a number of octaves");
  }

  void check_current() const {
    if (!p_.current) return;
    curve("current.a2", p_.current->a2, kAnything);
    curve("current.a3", p_.current->a3, kAnything);
    if (p_.v_read && *p_.v_read > p_.current->v_max)
      fail_input(where_, fmt::format("v_read = {}: the current is published up to {}", format(*p_.v_read),
                                     format(p_.current->v_max)));
  }

  const ResistiveParams& p_;
  const Where& where_;
};

}  // namespace

void check(const ResistiveParams& params, const Where& where) { Checker(params, where).run(); }

}  // namespace cimera::devices
