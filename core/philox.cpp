// Compiled once per SIMD target by foreach_target.h. So that all targets give the same bits, floats see only operations
// that IEEE 754 rounds exactly (+ - * sqrt, conversions), in one order, and never a fused multiply-add
// (-ffp-contract=off, no MulAdd).
#include "core/philox.h"

#include <algorithm>
#include <cstddef>

#include <Random123/philox.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/philox.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace cimera::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::ScalableTag<std::uint32_t>;
using Ints = hn::ScalableTag<std::int32_t>;
using Floats = hn::ScalableTag<float>;
using W = hn::Vec<Words>;
using F = hn::Vec<Floats>;

/// One word of many blocks: lane k belongs to block k.
struct Block {
  W w0, w1, w2, w3;
};

#if HWY_TARGET == HWY_SCALAR  // one lane, no vector product: Random123 as it is

HWY_INLINE Block philox(const PhiloxLine& line, std::uint32_t first_block) {
  const Words d;
  const philox4x32_ctr_t counter{{line.first_block + first_block, line.line, line.read[0], line.read[1]}};
  const philox4x32_key_t key{{line.key[0], line.key[1]}};
  const philox4x32_ctr_t words = philox4x32(counter, key);
  return {hn::Set(d, words[0]), hn::Set(d, words[1]), hn::Set(d, words[2]), hn::Set(d, words[3])};
}

#else

using Pairs = hn::ScalableTag<std::uint64_t>;

/// Philox for half as many blocks as there are 32-bit lanes. A word of the state is the low half of a 64-bit lane (the
/// high half is ignored), where the 32 x 32 -> 64 bit product needs no shuffling.
class Half {
 public:
  HWY_INLINE Half(const PhiloxLine& line, W blocks)
      : x0_(blocks),
        x1_(hn::Set(Words(), line.line)),
        x2_(hn::Set(Words(), line.read[0])),
        x3_(hn::Set(Words(), line.read[1])) {}

  HWY_INLINE void round(W key0, W key1) {
    const Words d;
    const auto product0 = hn::MulEven(x0_, hn::Set(d, PHILOX_M4x32_0));
    const auto product1 = hn::MulEven(x2_, hn::Set(d, PHILOX_M4x32_1));
    x0_ = hn::Xor3(hn::BitCast(d, hn::ShiftRight<32>(product1)), x1_, key0);
    x1_ = hn::BitCast(d, product1);
    x2_ = hn::Xor3(hn::BitCast(d, hn::ShiftRight<32>(product0)), x3_, key1);
    x3_ = hn::BitCast(d, product0);
  }

  /// The words of even blocks (`even`) and of odd ones, lane by lane.
  static HWY_INLINE Block joined(const Half& even, const Half& odd) {
    return {join(even.x0_, odd.x0_), join(even.x1_, odd.x1_), join(even.x2_, odd.x2_), join(even.x3_, odd.x3_)};
  }

 private:
  static HWY_INLINE W join(W even, W odd) {
    const Words d;
    return hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(hn::BitCast(Pairs(), odd))), even);
  }

  W x0_, x1_, x2_, x3_;
};

/// Blocks first_block, first_block + 1, ... of a line, one per lane.
HWY_INLINE Block philox(const PhiloxLine& line, std::uint32_t first_block) {
  const Words d;
  const W blocks = hn::Add(hn::Iota(d, 0), hn::Set(d, line.first_block + first_block));
  Half even(line, blocks);
  Half odd(line, hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(Pairs(), blocks))));
  std::uint32_t key0 = line.key[0];
  std::uint32_t key1 = line.key[1];
  for (int round = 0; round < PHILOX4x32_DEFAULT_ROUNDS; ++round) {
    const W k0 = hn::Set(d, key0);
    const W k1 = hn::Set(d, key1);
    even.round(k0, k1);
    odd.round(k0, k1);
    key0 += PHILOX_W32_0;
    key1 += PHILOX_W32_1;
  }
  return Half::joined(even, odd);
}

#endif  // HWY_TARGET == HWY_SCALAR

/// Calls make(block of words) for all blocks that `out` needs and stores the four vectors it returns block by block.
template <class T, class Make>
HWY_INLINE void fill(const PhiloxLine& line, std::span<T> out, const Make& make) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t step = 4 * lanes;
  std::uint32_t block = 0;
  std::size_t i = 0;
  for (; i + step <= out.size(); i += step, block += static_cast<std::uint32_t>(lanes)) {
    const auto v = make(philox(line, block));
    hn::StoreInterleaved4(v.a, v.b, v.c, v.d, d, out.data() + i);
  }
  if (i == out.size()) return;
  HWY_ALIGN T rest[4 * hn::MaxLanes(hn::ScalableTag<T>())];
  const auto v = make(philox(line, block));
  hn::StoreInterleaved4(v.a, v.b, v.c, v.d, d, rest);
  std::copy_n(rest, out.size() - i, out.data() + i);
}

template <class V>
struct Four {
  V a, b, c, d;
};

HWY_INLINE F constant(float value) { return hn::Set(Floats(), value); }

/// c0 + x c1, never fused.
HWY_INLINE F horner(F c1, F x, float c0) { return hn::Add(hn::Mul(c1, x), constant(c0)); }

/// sqrt(-2 ln u) for u = (floor(w / 2) + 1/2) / 2^31. The logarithm is Moshier's (Cephes logf): u = 2^e m with
/// m in [sqrt(1/2), sqrt(2)), then a polynomial in m - 1.
HWY_INLINE F radius(W w) {
  const Ints di;
  const Floats df;
  constexpr std::int32_t kSqrtHalfBits = 0x3f3504f3;
  const auto half = hn::BitCast(di, hn::ShiftRight<1>(w));
  const F u = hn::Add(hn::ConvertTo(df, half), constant(0.5f));  // times 2^-31
  const auto shifted = hn::Sub(hn::BitCast(di, u), hn::Set(di, kSqrtHalfBits));
  const F e = hn::ConvertTo(df, hn::Sub(hn::ShiftRight<23>(shifted), hn::Set(di, 31)));
  const auto mantissa = hn::Add(hn::And(shifted, hn::Set(di, 0x007fffff)), hn::Set(di, kSqrtHalfBits));
  const F x = hn::Sub(hn::BitCast(df, mantissa), constant(1.0f));
  const F z = hn::Mul(x, x);
  F p = constant(7.0376836292e-2f);
  p = horner(p, x, -1.1514610310e-1f);
  p = horner(p, x, 1.1676998740e-1f);
  p = horner(p, x, -1.2420140846e-1f);
  p = horner(p, x, 1.4249322787e-1f);
  p = horner(p, x, -1.6668057665e-1f);
  p = horner(p, x, 2.0000714765e-1f);
  p = horner(p, x, -2.4999993993e-1f);
  p = horner(p, x, 3.3333331174e-1f);
  F y = hn::Mul(hn::Mul(p, x), z);
  y = hn::Add(y, hn::Mul(e, constant(-2.12194440e-4f)));  // ln 2 = 0.693359375 - 2.12194440e-4
  y = hn::Sub(y, hn::Mul(z, constant(0.5f)));
  const F log = hn::Add(hn::Add(x, y), hn::Mul(e, constant(0.693359375f)));
  return hn::Sqrt(hn::Mul(log, constant(-2.0f)));
}

/// The cosine and sine of 2 pi w / 2^32. The nearest quarter turn is taken off in integers, exactly; the rest lies in
/// +-pi/4, where the polynomials are Moshier's (Cephes sinf, cosf).
HWY_INLINE void cosine_and_sine(W w, F& cosine, F& sine) {
  const Words d;
  const Floats df;
  const W quarter = hn::ShiftRight<30>(hn::Add(w, hn::Set(d, 0x20000000u)));
  const W rest = hn::Sub(w, hn::ShiftLeft<30>(quarter));
  const F x = hn::Mul(hn::ConvertTo(df, hn::BitCast(Ints(), rest)), constant(1.4629180792671596e-9f));  // 2 pi / 2^32
  const F z = hn::Mul(x, x);
  F s = constant(-1.9515295891e-4f);
  s = horner(s, z, 8.3321608736e-3f);
  s = horner(s, z, -1.6666654611e-1f);
  s = hn::Add(hn::Mul(hn::Mul(s, z), x), x);
  F c = constant(2.443315711809948e-5f);
  c = horner(c, z, -1.388731625493765e-3f);
  c = horner(c, z, 4.166664568298827e-2f);
  c = hn::Add(hn::Sub(hn::Mul(hn::Mul(c, z), z), hn::Mul(z, constant(0.5f))), constant(1.0f));

  const auto odd = hn::RebindMask(df, hn::Ne(hn::And(quarter, hn::Set(d, 1u)), hn::Zero(d)));
  const W sine_sign = hn::ShiftLeft<30>(hn::And(quarter, hn::Set(d, 2u)));
  const W cosine_sign = hn::ShiftLeft<30>(hn::And(hn::Add(quarter, hn::Set(d, 1u)), hn::Set(d, 2u)));
  cosine = hn::Xor(hn::IfThenElse(odd, s, c), hn::BitCast(df, cosine_sign));
  sine = hn::Xor(hn::IfThenElse(odd, c, s), hn::BitCast(df, sine_sign));
}

void bits(const PhiloxLine& line, std::span<std::uint32_t> out) {
  fill(line, out, [](const Block& b) HWY_ATTR { return Four<W>{b.w0, b.w1, b.w2, b.w3}; });
}

void uniform(const PhiloxLine& line, std::span<float> out) {
  const auto scaled = [](W w) HWY_ATTR {
    constexpr float kStep = 0x1p-24f;
    return hn::Mul(hn::ConvertTo(Floats(), hn::BitCast(Ints(), hn::ShiftRight<8>(w))), constant(kStep));
  };
  fill(line, out, [&](const Block& b) HWY_ATTR {
    return Four<F>{scaled(b.w0), scaled(b.w1), scaled(b.w2), scaled(b.w3)};
  });
}

void normal(const PhiloxLine& line, std::span<float> out) {
  fill(line, out, [](const Block& b) HWY_ATTR {
    F cosine01, sine01, cosine23, sine23;
    cosine_and_sine(b.w1, cosine01, sine01);
    cosine_and_sine(b.w3, cosine23, sine23);
    const F r01 = radius(b.w0);
    const F r23 = radius(b.w2);
    return Four<F>{hn::Mul(r01, cosine01), hn::Mul(r01, sine01), hn::Mul(r23, cosine23), hn::Mul(r23, sine23)};
  });
}

}  // namespace cimera::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cimera::detail {

HWY_EXPORT(bits);
HWY_EXPORT(uniform);
HWY_EXPORT(normal);

void philox_bits(const PhiloxLine& line, std::span<std::uint32_t> out) { HWY_DYNAMIC_DISPATCH(bits)(line, out); }
void philox_uniform(const PhiloxLine& line, std::span<float> out) { HWY_DYNAMIC_DISPATCH(uniform)(line, out); }
void philox_normal(const PhiloxLine& line, std::span<float> out) { HWY_DYNAMIC_DISPATCH(normal)(line, out); }

}  // namespace cimera::detail
#endif
