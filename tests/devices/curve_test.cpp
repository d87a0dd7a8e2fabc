// Forms of published fits, by hand.
#include "devices/curve.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cimera::devices {
namespace {

using namespace literals;
using testing::HasSubstr;

CurvePiece piece(CurveForm form, std::vector<double> coefficients, double from = 0, double to = 100) {
  CurvePiece p;
  p.form = form, p.per = 1_uS, p.coefficients = std::move(coefficients), p.from = from, p.to = to;
  return p;
}

TEST(Curve, FormsByHand) {
  const Siemens g = 4_uS;
  EXPECT_DOUBLE_EQ(value({piece(CurveForm::kPolynomial, {1, 2, 3})}, g), 1 + 8 + 48);
  EXPECT_DOUBLE_EQ(value({piece(CurveForm::kLog, {1, 2})}, g), 1 + 2 * std::log(4.0));
  EXPECT_DOUBLE_EQ(value({piece(CurveForm::kLog10, {1, 0, 2})}, g), 1 + 2 * std::log10(4.0) * std::log10(4.0));
  EXPECT_DOUBLE_EQ(value({piece(CurveForm::kPower, {3, -0.5})}, g), 1.5);
  EXPECT_DOUBLE_EQ(value({piece(CurveForm::kSaturating, {2, 8})}, g), 2 * (1 - std::exp(-0.5)));
}

TEST(Curve, PiecesMeetAndAreClippedAndEndsAreHeld) {
  Curve curve = {piece(CurveForm::kPolynomial, {0, 1}, 1, 4), piece(CurveForm::kPolynomial, {10}, 4, 8)};
  curve[0].clip = {2, 3};
  EXPECT_EQ(value(curve, 0.5_uS), 2);  // below the first piece: its value at 1, which is clipped
  EXPECT_DOUBLE_EQ(value(curve, 2.5_uS), 2.5);
  EXPECT_EQ(value(curve, 3.9_uS), 3);
  EXPECT_EQ(value(curve, 4_uS), 10);
  EXPECT_EQ(value(curve, 99_uS), 10);
  EXPECT_EQ(fault(curve, 1_uS, 8_uS, 0), "");
}

TEST(Curve, TheLogarithmOfZeroIsClipped) {
  CurvePiece falling = piece(CurveForm::kLog, {0.0038, -0.0078}), rising = piece(CurveForm::kLog, {1, 2, 3});
  falling.clip = {0.0179, 0.04}, rising.clip = {0, 5};
  EXPECT_EQ(value({falling}, 0_S), 0.04);
  EXPECT_EQ(value({rising}, 0_S), 5);
  EXPECT_EQ(fault({falling}, 0_S, 8_uS, 0), "");
}

TEST(Curve, FaultsAreNamed) {
  const auto of = [](Curve curve, Siemens low = 1_uS, Siemens high = 8_uS) { return fault(curve, low, high, 0); };
  EXPECT_THAT(of({}), HasSubstr("no pieces"));
  EXPECT_THAT(of({piece(CurveForm::kPower, {1})}), HasSubstr("takes two"));
  EXPECT_THAT(of({piece(CurveForm::kPolynomial, {1}, 0, 4), piece(CurveForm::kPolynomial, {1}, 5, 9)}),
              HasSubstr("begins at 5 uS, but the one before it ends at 4 uS"));
  EXPECT_THAT(of({piece(CurveForm::kPolynomial, {1}, 2, 9)}), HasSubstr("published for 2 uS to 9 uS"));
  EXPECT_THAT(of({piece(CurveForm::kPolynomial, {1}, 0, 7)}), HasSubstr("the cell has 1 uS to 8 uS"));
  EXPECT_THAT(of({piece(CurveForm::kPolynomial, {4, -1})}), HasSubstr("below 0"));
  EXPECT_THAT(of({piece(CurveForm::kLog, {0, 1})}, 0_uS), HasSubstr("no value at 0 S"));
  CurvePiece clipped = piece(CurveForm::kPolynomial, {1});
  clipped.clip = {2, 1};
  EXPECT_THAT(of({clipped}), HasSubstr("lowest and the highest"));
}

}  // namespace
}  // namespace cimera::devices
