#include "kernels/gemm.h"

#include <algorithm>
#include <cassert>

#include <dnnl.h>
#include <fmt/format.h>
#include <omp.h>

#include "core/error.h"

namespace cimera::kernels {
namespace {

/// Keeps OpenMP inside oneDNN to the calling thread; the setting belongs to that thread alone.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

char flag(bool transpose) { return transpose ? 'T' : 'N'; }

void check(dnnl_status_t status, const char* what) {
  if (status != dnnl_success) fail_run(fmt::format("oneDNN {} failed with status {}", what, static_cast<int>(status)));
}

template <class A, class B, class C>
void assert_sizes([[maybe_unused]] std::int64_t m, [[maybe_unused]] std::int64_t n, [[maybe_unused]] std::int64_t k,
                  [[maybe_unused]] std::span<A> a, [[maybe_unused]] std::span<B> b, [[maybe_unused]] std::span<C> c) {
  assert(m >= 1 && n >= 1 && k >= 1);
  assert(static_cast<std::int64_t>(a.size()) >= m * k);
  assert(static_cast<std::int64_t>(b.size()) >= k * n);
  assert(static_cast<std::int64_t>(c.size()) >= m * n);
}

}  // namespace

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, std::span<const float> a, std::span<const float> b,
          std::span<float> c, GemmOptions options) {
  assert_sizes(m, n, k, a, b, c);
  const OneThread one_thread;
  check(dnnl_sgemm(flag(options.transpose_a), flag(options.transpose_b), m, n, k, 1.0F, a.data(),
                   options.transpose_a ? m : k, b.data(), options.transpose_b ? k : n, options.accumulate ? 1.0F : 0.0F,
                   c.data(), n),
        "sgemm");
}

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, std::span<const std::uint8_t> a,
          std::span<const std::int8_t> b, std::span<std::int32_t> c, GemmOptions options) {
  assert_sizes(m, n, k, a, b, c);
  constexpr std::uint8_t kMaxA = 127;  // 2 * 127 * 128 < 2^15: no pair of products saturates in 16 bits
  const std::uint8_t largest = *std::ranges::max_element(a.first(static_cast<std::size_t>(m * k)));
  if (largest > kMaxA) fail_run(fmt::format("8-bit product: value {} is above {}", largest, kMaxA));
  const OneThread one_thread;
  const std::int32_t offset = 0;
  check(dnnl_gemm_u8s8s32(flag(options.transpose_a), flag(options.transpose_b), 'F', m, n, k, 1.0F, a.data(),
                          options.transpose_a ? m : k, 0, b.data(), options.transpose_b ? k : n, 0,
                          options.accumulate ? 1.0F : 0.0F, c.data(), n, &offset),
        "u8 x s8 product");
}

}  // namespace cimera::kernels
