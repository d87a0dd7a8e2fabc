#include "models/functional/crossbar/planes.h"

#include "models/functional/crossbar/planes_vnni.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/functional/crossbar/planes.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per target
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace cimera::functional {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

const hn::CappedTag<std::int32_t, kGroupColumns> kSumTag;
using Sums = hn::Vec<decltype(kSumTag)>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(kSumTag));
constexpr int kVectors = kGroupColumns / kLanes;               // of a group
constexpr int kRows = kLanes >= 16 ? 8 : kLanes >= 8 ? 4 : 2;  // of digits, per pass over the cells
static_assert(kTileRows % kRows == 0);

std::int64_t narrow(const std::int32_t* codes, int count, std::int32_t offset, int bits, std::uint16_t* out,
                    bool* in_range) {
  const hn::Rebind<std::uint16_t, decltype(kSumTag)> out_tag;
  const Sums lowest = hn::Set(kSumTag, offset), outside = hn::Set(kSumTag, ~((1 << bits) - 1));
  const Sums low_half = hn::Set(kSumTag, 0xffff);
  Sums sum = hn::Zero(kSumTag), strange = hn::Zero(kSumTag);
  int i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Sums code = hn::LoadU(kSumTag, codes + i);
    strange = hn::Or(strange, hn::And(hn::Add(code, lowest), outside));
    sum = hn::Add(sum, code);
    hn::StoreU(hn::DemoteTo(out_tag, hn::And(code, low_half)), out_tag, out + i);
  }
  std::int64_t total = hn::GetLane(hn::SumOfLanes(kSumTag, sum));
  bool good = hn::AllTrue(kSumTag, hn::Eq(strange, hn::Zero(kSumTag)));
  for (; i < count; ++i) {
    good = good && (static_cast<std::uint32_t>(codes[i]) + static_cast<std::uint32_t>(offset)) >> bits == 0;
    total += codes[i];
    out[i] = static_cast<std::uint16_t>(codes[i]);
  }
  if (!good) *in_range = false;
  return total;
}

template <Lane kLane>
void pack(const std::uint16_t* codes, int count, const StepPlan& plan, std::uint32_t* rows, std::int64_t stride) {
  const hn::CappedTag<std::uint16_t, kCodePadding> tag;
  const hn::RebindToSigned<decltype(tag)> signed_tag;
  const hn::Rebind<std::uint8_t, decltype(tag)> byte_tag;
  const auto bias = hn::Set(tag, static_cast<std::uint16_t>(plan.bias));
  for (int t = 0; t < plan.count; ++t) {
    const auto mask = hn::Set(tag, plan.mask[t]);
    std::uint32_t* row = rows + t * stride;
    for (int i = 0; i < count; i += static_cast<int>(hn::Lanes(tag))) {
      const auto code = hn::Add(hn::LoadU(tag, codes + i), bias);
      const auto digit = hn::And(hn::ShiftRightSame(code, plan.shift[t]), mask);
      if constexpr (kLane == Lane::kInt16) hn::StoreU(digit, tag, reinterpret_cast<std::uint16_t*>(row) + i);
      else
        hn::StoreU(hn::DemoteTo(byte_tag, hn::BitCast(signed_tag, digit)), byte_tag,
                   reinterpret_cast<std::uint8_t*>(row) + i);
    }
  }
}
void pack8(const std::uint16_t* codes, int count, const StepPlan& plan, std::uint32_t* rows, std::int64_t stride) {
  pack<Lane::kInt8>(codes, count, plan, rows, stride);
}
void pack16(const std::uint16_t* codes, int count, const StepPlan& plan, std::uint32_t* rows, std::int64_t stride) {
  pack<Lane::kInt16>(codes, count, plan, rows, stride);
}

/// sum + the products of the two int16 lanes of each word.
HWY_INLINE Sums add_products(Sums sum, Sums digit, Sums cell) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  const hn::Repartition<std::int16_t, decltype(kSumTag)> half_tag;  // pmaddwd: each sum gets its own two products
  return hn::ReorderWidenMulAccumulate(kSumTag, hn::BitCast(half_tag, digit), hn::BitCast(half_tag, cell), sum, sum);
#else
  const auto low = [](Sums v) HWY_ATTR { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
  sum = hn::Add(sum, hn::Mul(low(digit), low(cell)));
  return hn::Add(sum, hn::Mul(hn::ShiftRight<16>(digit), hn::ShiftRight<16>(cell)));
#endif
}

/// kRows x (kBlock vectors) sums in registers.
template <int kBlock>
void tile(const DotOperands& operands, const std::uint32_t* digits, const std::uint32_t* cells,
          std::int64_t vector_stride, std::int32_t* sums) {
  Sums sum[kRows][kBlock];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) sum[r][v] = hn::Zero(kSumTag);
  for (int w = 0; w < operands.words; ++w, cells += kGroupColumns, ++digits) {
    Sums cell[kBlock];
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v)
      cell[v] = hn::Load(kSumTag, reinterpret_cast<const std::int32_t*>(cells) + v * vector_stride);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Sums digit = hn::Set(kSumTag, static_cast<std::int32_t>(digits[r * operands.digit_stride]));
#pragma GCC unroll 4
      for (int v = 0; v < kBlock; ++v) sum[r][v] = add_products(sum[r][v], digit, cell[v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) hn::Store(sum[r][v], kSumTag, sums + r * kSumStride + v * kLanes);
}

void dot16(const DotOperands& operands, std::int32_t* sums) {
  const std::uint32_t* digits = operands.digits;
  for (int row = 0; row < operands.tiles * kTileRows; row += kRows) {
    if constexpr (kVectors == 1) {  // one vector per group: the groups stand beside each other
      if (operands.groups == 3) tile<3>(operands, digits, operands.cells, operands.group_stride, sums);
      else if (operands.groups == 2) tile<2>(operands, digits, operands.cells, operands.group_stride, sums);
      else tile<1>(operands, digits, operands.cells, operands.group_stride, sums);
    } else {
      constexpr int kBlock = kVectors < 4 ? kVectors : 4;
      for (int g = 0; g < operands.groups; ++g)
        for (int v = 0; v < kVectors; v += kBlock)
          tile<kBlock>(operands, digits, operands.cells + g * operands.group_stride + v * kLanes, kLanes,
                       sums + g * kGroupColumns + v * kLanes);
    }
    digits += kRows * operands.digit_stride, sums += kRows * kSumStride;
  }
}

const hn::Rebind<float, decltype(kSumTag)> kFloatTag;
using Floats = hn::Vec<decltype(kFloatTag)>;

void square(const std::uint32_t* digits, int count, float* squares) {
  const hn::Rebind<std::int16_t, decltype(kSumTag)> digit_tag;
  const auto* from = reinterpret_cast<const std::int16_t*>(digits);
  for (int i = 0; i < count; i += kLanes) {
    const Floats digit = hn::ConvertTo(kFloatTag, hn::PromoteTo(kSumTag, hn::LoadU(digit_tag, from + i)));
    hn::StoreU(hn::Mul(digit, digit), kFloatTag, squares + i);
  }
}

/// kCount digit rows x (kBlock vectors) sums in registers.
template <int kCount, int kBlock>
void variance_tile(const VarianceOperands& operands, const float* squares, const float* variances,
                   std::int64_t vector_stride, float* sums) {
  Floats sum[kCount][kBlock];
#pragma GCC unroll 8
  for (int r = 0; r < kCount; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) sum[r][v] = hn::Zero(kFloatTag);
  for (int k = 0; k < operands.rows; ++k, variances += kGroupColumns, ++squares) {
    Floats variance[kBlock];
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) variance[v] = hn::Load(kFloatTag, variances + v * vector_stride);
#pragma GCC unroll 8
    for (int r = 0; r < kCount; ++r) {
      const Floats digit = hn::Set(kFloatTag, squares[r * operands.square_stride]);
#pragma GCC unroll 4
      for (int v = 0; v < kBlock; ++v) sum[r][v] = hn::MulAdd(digit, variance[v], sum[r][v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kCount; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) hn::Store(sum[r][v], kFloatTag, sums + r * kSumStride + v * kLanes);
}

template <int kCount>
void variance_rows(const VarianceOperands& operands, int row, float* sums) {
  const float* squares = operands.squares + row * operands.square_stride;
  const std::int64_t group_stride = operands.group_stride;
  sums += static_cast<std::ptrdiff_t>(row) * kSumStride;
  if constexpr (kVectors == 1) {
    if (operands.groups == 3) variance_tile<kCount, 3>(operands, squares, operands.variances, group_stride, sums);
    else if (operands.groups == 2) variance_tile<kCount, 2>(operands, squares, operands.variances, group_stride, sums);
    else variance_tile<kCount, 1>(operands, squares, operands.variances, group_stride, sums);
  } else {
    constexpr int kBlock = kVectors < 4 ? kVectors : 4;
    for (int g = 0; g < operands.groups; ++g)
      for (int v = 0; v < kVectors; v += kBlock)
        variance_tile<kCount, kBlock>(operands, squares, operands.variances + g * group_stride + v * kLanes, kLanes,
                                      sums + g * kGroupColumns + v * kLanes);
  }
}

void dot_float(const VarianceOperands& operands, float* sums) {
  int row = 0;
  for (; row + kRows <= operands.digit_rows; row += kRows) variance_rows<kRows>(operands, row, sums);
  for (; row < operands.digit_rows; ++row) variance_rows<1>(operands, row, sums);
}

void deviate(const DeviationTerms& terms, float* out) {
  const Floats noise = hn::Set(kFloatTag, terms.noise * terms.noise);
  for (int r = 0; r < terms.digit_rows; ++r, out += kSumStride)
    for (int c = 0; c < terms.groups * kGroupColumns; c += kLanes) {
      Floats deviation = hn::Load(kFloatTag, terms.offset + c);
      if (terms.normals != nullptr) {
        Floats variance = noise;
        if (terms.variances != nullptr) {
          const Floats gain = hn::Load(kFloatTag, terms.gain + c);
          const Floats of_cells = hn::Load(kFloatTag, terms.variances + r * kSumStride + c);
          variance = hn::Add(hn::Mul(of_cells, hn::Mul(gain, gain)), noise);
        }
        const Floats normal = hn::LoadU(kFloatTag, terms.normals + r * terms.normal_stride + c);
        deviation = hn::Add(deviation, hn::Mul(normal, hn::Sqrt(variance)));
      }
      hn::Store(deviation, kFloatTag, out + c);
    }
}

/// Rounds values below 2^31 in magnitude, half to even: NearestInt without its guard against larger ones.
template <class V>
HWY_INLINE Sums round_half_even(V value) {
#if HWY_TARGET == HWY_AVX3
  return Sums{_mm512_cvtps_epi32(value.raw)};
#elif HWY_TARGET == HWY_AVX2
  return Sums{_mm256_cvtps_epi32(value.raw)};
#else
  return hn::NearestInt(value);
#endif
}

/// What is done to a sum before it is clamped.
enum class Analog { kWhole, kGain, kDeviation, kThresholds };

/// The code of inputs `above` the lowest code: as many steps higher as thresholds are reached, found by halving.
template <class V>
HWY_INLINE Sums code_by_thresholds(V above, Sums lowest, const Conversion& conversion, int column) {
  const hn::Rebind<float, decltype(kSumTag)> float_tag;
  const Sums one = hn::Set(kSumTag, 1);
  Sums at = hn::Load(kSumTag, conversion.table + column), code = lowest;
  for (int half = 1 << (conversion.bits - 1); half > 0; half /= 2) {
    const Sums step = hn::Set(kSumTag, half);
    const auto threshold = hn::GatherIndex(float_tag, conversion.thresholds, hn::Sub(hn::Add(at, step), one));
    const Sums up = hn::IfThenElseZero(hn::RebindMask(kSumTag, hn::Ge(above, threshold)), step);
    at = hn::Add(at, up), code = hn::Add(code, up);
  }
  return code;
}

/// kBits: of a digit, or 0 for any number.
template <Analog kAnalog, int kBits>
std::int64_t convert_sums(const std::int32_t* sums, int positions, int groups, const StepPlan& plan,
                          const Conversion& conversion, std::int32_t* totals, std::int64_t stride) {
  const hn::Rebind<float, decltype(kSumTag)> float_tag;
  const Sums lowest = hn::Set(kSumTag, conversion.min_code), highest = hn::Set(kSumTag, conversion.max_code);
  const int magnitude_steps = plan.count - (plan.sign_last ? 1 : 0);
  const Sums one = hn::Set(kSumTag, 1);
  Sums clipped = hn::Zero(kSumTag);
  const float* deviation = conversion.deviation;
  const auto code_of = [&](int step, int c) HWY_ATTR {
    Sums raw = hn::Load(kSumTag, sums + step * kSumStride + c);
    if constexpr (kAnalog != Analog::kWhole) {
      auto value = hn::Mul(hn::ConvertTo(float_tag, raw), hn::Load(float_tag, conversion.gain + c));
      if constexpr (kAnalog == Analog::kDeviation || kAnalog == Analog::kThresholds)
        value = hn::Add(value, hn::Load(float_tag, deviation + step * kSumStride + c));
      raw = round_half_even(value);
      if constexpr (kAnalog == Analog::kThresholds) {
        const auto outside = hn::Ne(raw, hn::Min(hn::Max(raw, lowest), highest));
        clipped = hn::IfThenElse(outside, hn::Add(clipped, one), clipped);
        return code_by_thresholds(hn::Sub(value, hn::ConvertTo(float_tag, lowest)), lowest, conversion, c);
      }
    }
    const Sums code = hn::Min(hn::Max(raw, lowest), highest);
    clipped = hn::IfThenElse(hn::Ne(raw, code), hn::Add(clipped, one), clipped);
    return code;
  };
  const auto shifted = [&](Sums total) HWY_ATTR {
    if constexpr (kBits == 0) return hn::ShiftLeftSame(total, plan.bits);
    else return hn::ShiftLeft<kBits>(total);
  };
  for (int p = 0; p < positions; ++p, sums += plan.count * kSumStride, totals += stride) {
    for (int c = 0; c < groups * kGroupColumns; c += kLanes) {
      Sums total = hn::Zero(kSumTag);
      for (int t = magnitude_steps - 1; t >= 0; --t) total = hn::Add(shifted(total), code_of(t, c));
      if (plan.sign_last) {
        const Sums sign = code_of(magnitude_steps, c);
        total = hn::Sub(total, hn::ShiftLeftSame(sign, plan.shift[magnitude_steps]));
      }
      hn::StoreU(total, kSumTag, totals + c);
    }
    if constexpr (kAnalog == Analog::kDeviation || kAnalog == Analog::kThresholds) deviation += plan.count * kSumStride;
  }
  HWY_ALIGN std::int32_t lanes[kLanes];
  hn::Store(clipped, kSumTag, lanes);
  std::int64_t count = 0;
  for (const std::int32_t lane : lanes) count += lane;
  return count;
}

std::int64_t convert(const std::int32_t* sums, int positions, int groups, const StepPlan& plan,
                     const Conversion& conversion, std::int32_t* totals, std::int64_t stride) {
  constexpr auto kBit = [](bool one, auto for_one, auto for_any) { return one ? for_one : for_any; };
  const bool one = plan.bits == 1;
  const auto convert_as = conversion.thresholds != nullptr
                              ? kBit(one, convert_sums<Analog::kThresholds, 1>, convert_sums<Analog::kThresholds, 0>)
                          : conversion.deviation != nullptr
                              ? kBit(one, convert_sums<Analog::kDeviation, 1>, convert_sums<Analog::kDeviation, 0>)
                          : conversion.gain != nullptr
                              ? kBit(one, convert_sums<Analog::kGain, 1>, convert_sums<Analog::kGain, 0>)
                              : kBit(one, convert_sums<Analog::kWhole, 1>, convert_sums<Analog::kWhole, 0>);
  return convert_as(sums, positions, groups, plan, conversion, totals, stride);
}

void combine(const std::int32_t* totals, const double* factor, std::int64_t stride, int rows, int columns,
             const double* constant, double constant_factor, double* out) {
  const hn::CappedTag<double, kReadPast> tag;
  const hn::Rebind<std::int32_t, decltype(tag)> total_tag;
  const int lanes = static_cast<int>(hn::Lanes(tag));
  const auto scale = hn::Set(tag, constant_factor);
  for (int j = 0; j < columns; j += lanes) {
    auto value = hn::Mul(hn::LoadU(tag, constant + j), scale);
    for (int r = 0; r < rows; ++r) {
      const auto total = hn::PromoteTo(tag, hn::LoadU(total_tag, totals + r * stride + j));
      value = hn::Add(value, hn::Mul(total, hn::LoadU(tag, factor + r * stride + j)));
    }
    if (columns - j >= lanes) {
      hn::StoreU(hn::Add(value, hn::LoadU(tag, out + j)), tag, out + j);
    } else {
      HWY_ALIGN double last[kReadPast];
      hn::Store(value, tag, last);
      for (int i = 0; j + i < columns; ++i) out[j + i] += last[i];
    }
  }
}

PlaneKernels all_kernels() {
  return {narrow, pack8, pack16, nullptr, dot16, square, dot_float, deviate, convert, combine};
}

}  // namespace HWY_NAMESPACE
}  // namespace cimera::functional
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cimera::functional {

HWY_EXPORT(all_kernels);

PlaneKernels plane_kernels(bool vnni) {
  PlaneKernels kernels = HWY_DYNAMIC_DISPATCH(all_kernels)();
  if (vnni && has_vnni()) kernels.dot8 = dot8_vnni, kernels.dot16 = dot16_vnni;
  return kernels;
}

}  // namespace cimera::functional
#endif
