// Speed of the crossbar reading on one thread, beside its limit measured in the same run: bare products of the same
// size by oneDNN, without conversion. All times are processor times. Counters:
//   MVM/s        matrix-vector products
//   plane_MAC/s  multiply-accumulates, each bit plane of the inputs with each slice of the weights
//   conv/s       conversions
//   of_int8      plane_MAC/s over oneDNN's int8 rate; of_f32: over its sgemm rate. Goals: ideal_1024 0.5 of int8,
//                programming_error_1024 0.5 of f32, programming_and_read_noise_1024 0.25 of f32
// The shortcut does the work of the planes without them: its counters are what the planes would have needed.
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <span>
#include <vector>

#include <benchmark/benchmark.h>
#include <dnnl.h>
#include <omp.h>

#include "core/parallel.h"
#include "devices/reram.h"
#include "models/functional/crossbar/layer.h"

namespace {

using namespace cimera;
using namespace cimera::functional;

struct Case {
  CrossbarConfig config;
  int rows, columns;  ///< of the weights
  std::int64_t positions;
  double sigma = 0.0;  ///< programming error, relative to the conductance
  float noise = 0.0f;  ///< of a read, the same
};

/// A cell whose reads are noisy in proportion to its conductance.
class NoisyCell final : public devices::CellModel {
 public:
  NoisyCell(const devices::Reram& cell, float noise) : cell_(cell), noise_(noise) {}
  int max_levels() const override { return cell_.max_levels(); }
  bool ideal() const override { return cell_.ideal(); }
  devices::Programming program(int level_count, std::span<const std::uint8_t> levels, std::span<float> effective,
                               const Stream& stream, const Stream::Address& at) const override {
    return cell_.program(level_count, levels, effective, stream, at);
  }
  devices::ReadNoise read_noise() const override {
    return noise_ == 0.0f ? devices::ReadNoise::kNone : devices::ReadNoise::kWhite;
  }
  void read_sigma(int, std::span<const float> effective, std::span<float> sigma) const override {
    for (std::size_t i = 0; i < sigma.size(); ++i) sigma[i] = noise_ * effective[i];
  }
  devices::CellFigures figures() const override { return cell_.figures(); }

 private:
  devices::Reram cell_;
  float noise_;
};

template <class T>
std::vector<T> random_numbers(std::size_t count, std::uint32_t seed, int lowest, int highest) {
  std::vector<std::uint32_t> bits(count);
  Stream({.seed = seed, .purpose = "bench"}).bits({}, bits);
  std::vector<T> numbers(count);
  for (std::size_t i = 0; i < count; ++i)
    numbers[i] = static_cast<T>(lowest + static_cast<int>(bits[i] % static_cast<std::uint32_t>(highest - lowest + 1)));
  return numbers;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Best of five of m x n x k multiply-accumulates per second of a call.
template <class Call>
double mac_rate(std::int64_t m, std::int64_t n, std::int64_t k, const Call& call) {
  double best = 1e30;
  for (int i = 0; i < 5; ++i) {
    const double start = cpu_seconds();
    call();
    best = std::min(best, cpu_seconds() - start);
  }
  return static_cast<double>(m * n * k) / best;
}

/// oneDNN's rates on this core, on 1024 x 1024 x 1024.
struct Limits {
  double int8 = 0.0, f32 = 0.0;

  Limits() {
    omp_set_num_threads(1);
    constexpr std::int64_t n = 1024;
    const std::vector<std::uint8_t> a = random_numbers<std::uint8_t>(n * n, 1, 0, 1);
    const std::vector<std::int8_t> b = random_numbers<std::int8_t>(n * n, 2, -7, 7);
    std::vector<std::int32_t> c(n * n);
    const std::int32_t zero = 0;
    int8 = mac_rate(n, n, n, [&] {
      dnnl_gemm_u8s8s32('N', 'N', 'F', n, n, n, 1.0f, a.data(), n, 0, b.data(), n, 0, 0.0f, c.data(), n, &zero);
    });
    const std::vector<float> af(a.begin(), a.end()), bf(b.begin(), b.end());
    std::vector<float> cf(n * n);
    f32 =
        mac_rate(n, n, n, [&] { dnnl_sgemm('N', 'N', n, n, n, 1.0f, af.data(), n, bf.data(), n, 0.0f, cf.data(), n); });
  }
};

const Limits& limits() {
  static const Limits measured;
  return measured;
}

devices::Reram cell_with(double sigma) {
  using namespace literals;
  devices::ReramParams params;
  params.r_on = 2_kOhm, params.r_off = 2_MOhm;  // CrossSim's choice for ISAAC
  params.max_levels = 256, params.sigma_program = sigma;
  return devices::Reram(params);
}

void mvm(benchmark::State& state, const Case& at, bool shortcut) {
  set_threads(1);
  const CrossbarConfig& config = at.config;
  const auto weights = random_numbers<std::int16_t>(static_cast<std::size_t>(at.rows) * at.columns, 3,
                                                    config.weight_min(), config.weight_max());
  const auto codes = random_numbers<std::int32_t>(at.positions * at.rows, 4, 0, (1 << config.input_bits) - 1);
  const CrossbarLayer layer(config, NoisyCell(cell_with(at.sigma), at.noise),
                            {weights.data(), at.columns, at.rows, at.columns}, Stream({.purpose = "program"}),
                            {.exact_shortcut = shortcut});
  std::vector<double> out(at.positions * at.columns);
  CrossbarCounts counts;
  const double start = cpu_seconds();
  for (auto _ : state) {
    std::fill(out.begin(), out.end(), 0.0);
    layer.mvm({at.positions, codes}, layer.all_row_blocks(), layer.all_column_blocks(), out, counts);
    benchmark::DoNotOptimize(out.data());
  }
  const double seconds = cpu_seconds() - start;
  const double mvms = static_cast<double>(state.iterations() * at.positions);
  const double macs = mvms * at.rows * at.columns * config.slices() * config.steps();
  state.counters["MVM/s"] = mvms / seconds;
  state.counters["plane_MAC/s"] = macs / seconds;
  state.counters["conv/s"] = static_cast<double>(counts.adc_conversions) / seconds;
  state.counters["of_int8"] = macs / seconds / limits().int8;
  state.counters["of_f32"] = macs / seconds / limits().f32;
}

/// 8-bit weights in two slices of 4-bit differential cells, 8-bit inputs bit by bit, an 8-bit converter on every bit:
/// 16 plane products per MVM, all in one array.
Case one_array(int size, std::int64_t positions, double sigma, float noise = 0.0f) {
  CrossbarConfig config;
  config.rows = size, config.columns = 4 * size;
  config.cell_bits = 4, config.weight_bits = 8, config.input_bits = 8, config.adc_bits = 8;
  config.encoding = WeightEncoding::kDifferential, config.adc_range = AdcRange::kFullRange;
  return {config, size, size, positions, sigma, noise};
}

/// A layer of a small convolutional network on ISAAC's arrays, 16-bit weights and inputs.
Case isaac(int rows, int columns, std::int64_t positions, double sigma) {
  return {CrossbarConfig{}, rows, columns, positions, sigma};
}

BENCHMARK_CAPTURE(mvm, ideal_1024, one_array(1024, 256, 0.0), false);
BENCHMARK_CAPTURE(mvm, ideal_256, one_array(256, 1024, 0.0), false);
BENCHMARK_CAPTURE(mvm, programming_error_1024, one_array(1024, 256, 0.05), false);
BENCHMARK_CAPTURE(mvm, programming_and_read_noise_1024, one_array(1024, 256, 0.05, 0.02f), false);
BENCHMARK_CAPTURE(mvm, programming_and_read_noise_256, one_array(256, 1024, 0.05, 0.02f), false);
BENCHMARK_CAPTURE(mvm, programming_error_256, one_array(256, 1024, 0.05), false);
BENCHMARK_CAPTURE(mvm, isaac_25x8_ideal_planes, isaac(25, 8, 784, 0.0), false);
BENCHMARK_CAPTURE(mvm, isaac_25x8_programming_error, isaac(25, 8, 784, 0.1), false);
BENCHMARK_CAPTURE(mvm, isaac_200x16_ideal_planes, isaac(200, 16, 784, 0.0), false);
BENCHMARK_CAPTURE(mvm, isaac_200x16_programming_error, isaac(200, 16, 784, 0.1), false);
BENCHMARK_CAPTURE(mvm, isaac_25x8_shortcut, isaac(25, 8, 784, 0.0), true);
BENCHMARK_CAPTURE(mvm, isaac_200x16_shortcut, isaac(200, 16, 784, 0.0), true);

}  // namespace
