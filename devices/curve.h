// A function of a conductance, in the forms in which fits to measured cells are published.
#pragma once

#include <string>
#include <vector>

#include "core/quantity.h"
#include "core/schema.h"

namespace cimera::devices {

/// With x = g / per and coefficients c0, c1, ...
enum class CurveForm {
  kPolynomial,  ///< c0 + c1 x + c2 x^2 + ...
  kLog,         ///< a polynomial in ln x
  kLog10,       ///< a polynomial in log10 x
  kPower,       ///< c0 x^c1
  kSaturating,  ///< c0 (1 - exp(-x / c1))
};
EnumNames<CurveForm> enum_names(const CurveForm*);

/// One piece: a fit between `from` and `to`, clipped.
struct CurvePiece {
  CurveForm form = CurveForm::kPolynomial;
  Siemens per;
  std::vector<double> coefficients;
  double from = 0, to = 0;   ///< of x
  std::vector<double> clip;  ///< lowest and highest value; empty: not clipped
};
Schema<CurvePiece> schema(const CurvePiece*);

/// Pieces in rising order, each beginning where the one before it ends.
using Curve = std::vector<CurvePiece>;

/// The value at g. Outside of all pieces: the value at the nearest end. Where pieces meet, that of the upper one.
double value(const Curve& curve, Siemens g);

/// What is wrong with a curve that is to be used from `low` to `high`, or "": no pieces, a wrong number of
/// coefficients, pieces that do not meet, a range of validity that does not hold them (within 1e-6 of `high`), or a
/// value there or at 0 S that is not finite, or below `least`.
std::string fault(const Curve& curve, Siemens low, Siemens high, double least);

}  // namespace cimera::devices
