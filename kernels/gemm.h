// Dense matrix products on one thread, through oneDNN 2.6 (Debian's build uses OpenMP; here it never starts threads).
//
// Parallelism is the caller's: over images, tiles or column blocks. oneDNN chooses its code by the shape, and a row's
// last bits depend on that choice and on its place in the block. So a caller whose results must not depend on batching
// makes one call per sample, of a shape that the layer alone decides. The address of the data does not matter.
#pragma once

#include <cstdint>
#include <span>

namespace cimera::kernels {

/// Layout of the operands of a product; all matrices are row-major and dense.
struct GemmOptions {
  bool transpose_a = false;  ///< a is stored [k][m] instead of [m][k]
  bool transpose_b = false;  ///< b is stored [n][k] instead of [k][n]
  bool accumulate = false;   ///< c += a b instead of c = a b
};

/// c [m][n] = a [m][k] b [k][n] in FP32. m, n, k >= 1; the spans hold at least as many values as the shapes say.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, std::span<const float> a, std::span<const float> b,
          std::span<float> c, GemmOptions options = {});

/// c [m][n] = a [m][k] b [k][n], exact in 32-bit integers, for a of at most 7 bits: 0..127. Throws Error(kRun) for
/// larger values, since x86 processors without VNNI add two products in 16 bits and saturate there. The caller sees to
/// it that no sum leaves 32 bits (k < 2^17 is always safe).
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, std::span<const std::uint8_t> a,
          std::span<const std::int8_t> b, std::span<std::int32_t> c, GemmOptions options = {});

}  // namespace cimera::kernels
