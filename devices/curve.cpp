#include "devices/curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace cimera::devices {
namespace {

using namespace literals;

/// Also for an infinite x, the logarithm of 0: begins with the highest coefficient, since 0 times infinity is no
/// number.
double polynomial(const std::vector<double>& coefficients, double x) {
  double sum = coefficients.back();
  for (auto c = coefficients.rbegin() + 1; c != coefficients.rend(); ++c) sum = sum * x + *c;
  return sum;
}

double unclipped(const CurvePiece& piece, double x) {
  const std::vector<double>& c = piece.coefficients;
  switch (piece.form) {
    case CurveForm::kPolynomial:
      return polynomial(c, x);
    case CurveForm::kLog:
      return polynomial(c, std::log(x));
    case CurveForm::kLog10:
      return polynomial(c, std::log10(x));
    case CurveForm::kPower:
      return c[0] * std::pow(x, c[1]);
    case CurveForm::kSaturating:
      return c[0] * (1.0 - std::exp(-x / c[1]));
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double at(const CurvePiece& piece, Siemens g) {
  const double y = unclipped(piece, std::clamp(g / piece.per, piece.from, piece.to));
  return piece.clip.empty() ? y : std::clamp(y, piece.clip[0], piece.clip[1]);
}

Siemens begin(const CurvePiece& piece) { return piece.per * piece.from; }
Siemens end(const CurvePiece& piece) { return piece.per * piece.to; }

/// Equal but for rounding, on the scale of the largest conductance in use.
bool near(Siemens a, Siemens b, Siemens scale) { return std::abs(a.si() - b.si()) <= 1e-6 * scale.si(); }

std::string shape_fault(const Curve& curve, Siemens scale) {
  if (curve.empty()) return "it has no pieces";
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const CurvePiece& piece = curve[i];
    const bool pair = piece.form == CurveForm::kPower || piece.form == CurveForm::kSaturating;
    if (pair ? piece.coefficients.size() != 2 : piece.coefficients.empty())
      return fmt::format("piece {}: {} coefficients; {}", i, piece.coefficients.size(),
                         pair ? "this form takes two" : "give at least one");
    if (!piece.clip.empty() && (piece.clip.size() != 2 || piece.clip[0] > piece.clip[1]))
      return fmt::format("piece {}: clip takes two values, the lowest and the highest", i);
    if (i > 0 && !near(end(curve[i - 1]), begin(piece), scale))
      return fmt::format("piece {} begins at {}, but the one before it ends at {}", i, format(begin(piece)),
                         format(end(curve[i - 1])));
  }
  return "";
}

}  // namespace

EnumNames<CurveForm> enum_names(const CurveForm*) {
  return {{"polynomial", CurveForm::kPolynomial},
          {"log", CurveForm::kLog},
          {"log10", CurveForm::kLog10},
          {"power", CurveForm::kPower},
          {"saturating", CurveForm::kSaturating}};
}

Schema<CurvePiece> schema(const CurvePiece*) {
  using P = CurvePiece;
  return Schema<P>("piece", "a fit in x = conductance / per, between from and to")
      .need("form", &P::form,
            "function of x: polynomial c0 + c1 x + ...; log and log10: a polynomial in the logarithm of x; power "
            "c0 x^c1; saturating c0 (1 - exp(-x / c1))")
      .need("per", &P::per, "conductance where x is 1")
      .positive()
      .need("coefficients", &P::coefficients, "c0, c1, ...")
      .need("from", &P::from, "lowest x for which the fit was published")
      .at_least(0)
      .need("to", &P::to, "highest x for which the fit was published")
      .at_least(0)
      .opt("clip", &P::clip, "lowest and highest value of the piece", "not clipped")
      .check("from must be below to", [](const P& p) { return p.from < p.to; });
}

double value(const Curve& curve, Siemens g) {
  std::size_t i = curve.size() - 1;
  while (i > 0 && g < begin(curve[i])) --i;
  return at(curve[i], g);
}

std::string fault(const Curve& curve, Siemens low, Siemens high, double least) {
  if (const std::string shape = shape_fault(curve, high); !shape.empty()) return shape;
  const Siemens first = begin(curve.front()), last = end(curve.back());
  if ((low < first && !near(low, first, high)) || (high > last && !near(high, last, high)))
    return fmt::format("it is published for {} to {}, but the cell has {} to {}", format(first), format(last),
                       format(low), format(high));
  constexpr int kPoints = 1000;
  for (int i = -1; i <= kPoints; ++i) {  // and at 0, where errors may put a cell
    const Siemens g = i < 0 ? 0_S : low + (high - low) * (static_cast<double>(i) / kPoints);
    const double y = value(curve, g);
    if (!std::isfinite(y)) return fmt::format("it has no value at {}", format(g));
    if (y < least) return fmt::format("it is {:.4g} at {}, below {:.4g}", y, format(g), least);
  }
  return "";
}

}  // namespace cimera::devices
