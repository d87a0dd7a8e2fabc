#include "devices/age_law.h"

#include <cmath>

#include <fmt/format.h>

namespace cimera::devices {
namespace {

using namespace literals;

bool same_shape(const Curve& a, const Curve& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].form != b[i].form || a[i].per != b[i].per || a[i].coefficients.size() != b[i].coefficients.size())
      return false;
  return true;
}

Curve zero_like(Curve curve) {
  for (CurvePiece& piece : curve) piece.coefficients.assign(piece.coefficients.size(), 0.0);
  return curve;
}

/// Coefficients in the share `s` of the way from `a` to `b`, valid where both are. A missing curve is zero.
Curve between(const Curve& a, const Curve& b, double s, const Where& where) {
  if (a.empty() && b.empty()) return {};
  if (a.empty()) return between(zero_like(b), b, s, where);
  if (b.empty()) return between(a, zero_like(a), s, where);
  if (!same_shape(a, b)) fail_input(where, "programming: laws between which is interpolated must have the same forms");
  Curve curve = a;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    curve[i].from = std::max(a[i].from, b[i].from), curve[i].to = std::min(a[i].to, b[i].to);
    for (std::size_t c = 0; c < curve[i].coefficients.size(); ++c)
      curve[i].coefficients[c] += s * (b[i].coefficients[c] - a[i].coefficients[c]);
  }
  return curve;
}

}  // namespace

std::string age_text(Seconds age) {
  const double days = age / 1_s / 86400.0;
  if (days >= 1 && days == std::floor(days)) return fmt::format("{:.0f} day{}", days, days > 1 ? "s" : "");
  return format(age);
}

AgeLaw law_at(const ProgrammingLaw& law, Seconds age, const Where& where) {
  if (age == 0_s) return law.laws.front();
  for (const AgeLaw& known : law.laws)
    if (age == known.age) return known;
  if (law.ages == Ages::kInterpolated)
    for (std::size_t i = 1; i < law.laws.size(); ++i) {
      const AgeLaw &a = law.laws[i - 1], &b = law.laws[i];
      if (age < a.age || age > b.age) continue;
      const double s = (age - a.age) / (b.age - a.age);
      return {age, between(a.sigma, b.sigma, s, where), between(a.shift, b.shift, s, where)};
    }
  std::string known;
  if (law.ages == Ages::kInterpolated)
    known = fmt::format("{} to {}", age_text(law.laws.front().age), age_text(law.laws.back().age));
  else
    for (const AgeLaw& one : law.laws) known += (known.empty() ? "" : ", ") + age_text(one.age);
  fail_input(where, fmt::format("age = {}: the error of programming is published for {} only", age_text(age), known));
}

}  // namespace cimera::devices
