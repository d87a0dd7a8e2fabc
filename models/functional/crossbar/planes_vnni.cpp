#include "models/functional/crossbar/planes_vnni.h"

#include "core/error.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cimera::functional {

#if defined(__x86_64__)

#define CIMERA_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

namespace {

/// kTileRows x (16 * Groups) sums in registers.
template <Lane kLane, int kGroups>
CIMERA_VNNI void tile(const DotOperands& operands, const std::uint32_t* digits, std::int32_t* sums) {
  __m512i sum[kTileRows][kGroups];
#pragma GCC unroll 8
  for (int r = 0; r < kTileRows; ++r)
#pragma GCC unroll 3
    for (int g = 0; g < kGroups; ++g) sum[r][g] = _mm512_setzero_si512();

  const std::uint32_t* cells = operands.cells;
  for (int w = 0; w < operands.words; ++w, cells += kGroupColumns, ++digits) {
    __m512i cell[kGroups];
#pragma GCC unroll 3
    for (int g = 0; g < kGroups; ++g) cell[g] = _mm512_load_si512(cells + g * operands.group_stride);
#pragma GCC unroll 8
    for (int r = 0; r < kTileRows; ++r) {
      const __m512i digit = _mm512_set1_epi32(static_cast<int>(digits[r * operands.digit_stride]));
#pragma GCC unroll 3
      for (int g = 0; g < kGroups; ++g) {
        if constexpr (kLane == Lane::kInt8) sum[r][g] = _mm512_dpbusd_epi32(sum[r][g], digit, cell[g]);
        else sum[r][g] = _mm512_dpwssd_epi32(sum[r][g], digit, cell[g]);
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kTileRows; ++r)
#pragma GCC unroll 3
    for (int g = 0; g < kGroups; ++g) _mm512_store_si512(sums + r * kSumStride + g * kGroupColumns, sum[r][g]);
}

template <Lane kLane>
CIMERA_VNNI void dot(const DotOperands& operands, std::int32_t* sums) {
  const std::uint32_t* digits = operands.digits;
  for (int t = 0; t < operands.tiles;
       ++t, digits += kTileRows * operands.digit_stride, sums += kTileRows * kSumStride) {
    if (operands.groups == 3) tile<kLane, 3>(operands, digits, sums);
    else if (operands.groups == 2) tile<kLane, 2>(operands, digits, sums);
    else tile<kLane, 1>(operands, digits, sums);
  }
}

}  // namespace

bool has_vnni() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vnni");
}
void dot8_vnni(const DotOperands& operands, std::int32_t* sums) { dot<Lane::kInt8>(operands, sums); }
void dot16_vnni(const DotOperands& operands, std::int32_t* sums) { dot<Lane::kInt16>(operands, sums); }

#else

bool has_vnni() { return false; }
void dot8_vnni(const DotOperands&, std::int32_t*) { fail_run("AVX-512 VNNI was asked for on another processor"); }
void dot16_vnni(const DotOperands&, std::int32_t*) { fail_run("AVX-512 VNNI was asked for on another processor"); }

#endif

}  // namespace cimera::functional
