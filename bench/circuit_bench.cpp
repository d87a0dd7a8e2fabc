// Speed of the circuits of crossbar arrays, on one thread. All times are processor times. Wires of 1 Ohm per cell,
// cells of 10 kOhm to 1 MOhm. Counters:
//   of_goal    the time that we want to need at most, over the time needed
//   products   the time needed, in matrix products of n x n by n x n doubles: these are taken to need twice the time of
//              oneDNN's sgemm, which is measured in the same run
// Elimination takes about 15 n^3 multiply-adds without fused instructions, so `products` has a floor of about 15.
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <vector>

#include <benchmark/benchmark.h>
#include <dnnl.h>
#include <omp.h>

#include "core/parallel.h"
#include "core/stream.h"
#include "models/functional/circuit/column_currents.h"
#include "models/functional/circuit/effective_matrix.h"
#include "models/functional/circuit/gated_columns.h"

namespace {

using namespace cimera;
using namespace cimera::functional;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::vector<double> numbers(std::size_t count, double lowest, double highest) {
  std::vector<std::uint32_t> bits(count);
  Stream({.purpose = "bench"}).bits({}, bits);
  std::vector<double> out;
  for (const std::uint32_t word : bits) out.push_back(lowest + (highest - lowest) * word / 4294967296.0);
  return out;
}

/// Seconds per multiply-add of a product of doubles: twice those of oneDNN's sgemm on this core.
double seconds_per_product() {
  static const double kSeconds = [] {
    omp_set_num_threads(1);
    constexpr std::int64_t n = 1024;
    const std::vector<float> a(n * n, 1.0f), b(n * n, 2.0f);
    std::vector<float> c(n * n);
    double best = 1e30;
    for (int i = 0; i < 5; ++i) {
      const double start = cpu_seconds();
      dnnl_sgemm('N', 'N', n, n, n, 1.0f, a.data(), n, b.data(), n, 0.0f, c.data(), n);
      best = std::min(best, cpu_seconds() - start);
    }
    return 2 * best / (static_cast<double>(n) * n * n);
  }();
  return kSeconds;
}

template <class Call>
void run(benchmark::State& state, double goal_seconds, const Call& call) {
  set_threads(1);
  const double start = cpu_seconds();
  for (auto _ : state) call();
  const double seconds = (cpu_seconds() - start) / static_cast<double>(state.iterations());
  const auto n = static_cast<double>(state.range(0));
  if (goal_seconds > 0) state.counters["of_goal"] = goal_seconds / seconds;
  state.counters["products"] = seconds / (n * n * n * seconds_per_product());
}

struct Array {
  int n;
  std::vector<double> g, matrix;
  CrossbarNetwork network;

  explicit Array(std::int64_t size)
      : n(static_cast<int>(size)),
        g(numbers(static_cast<std::size_t>(n) * n, 1e-6, 1e-4)),
        matrix(g.size()),
        network{n, n, g, {.row_per_cell = 1, .column_per_cell = 1}} {}
};

void matrix(benchmark::State& state) {
  Array array(state.range(0));
  const double goal = array.n <= 128 ? 0.02 : array.n <= 256 ? 0.3 : array.n <= 1024 ? 60 : 0;
  run(state, array.n == 512 ? 0 : goal, [&] { effective_matrix(array.network, array.matrix); });
}
BENCHMARK(matrix)->Arg(128)->Arg(256)->Arg(512)->Arg(1024)->Unit(benchmark::kMillisecond);

void one_input(benchmark::State& state) {
  Array array(state.range(0));
  const std::vector<double> voltages = numbers(array.n, 0, 0.2);
  std::vector<double> currents(array.n);
  run(state, 0, [&] { column_currents(array.network, voltages, currents, {.tolerance = 1e-9}); });
}
BENCHMARK(one_input)->Arg(128)->Arg(256)->Arg(512)->Arg(1024)->Unit(benchmark::kMillisecond);

void one_input_to_cubic_cells(benchmark::State& state) {
  Array array(state.range(0));
  const std::vector<double> voltages = numbers(array.n, 0, 0.5);
  std::vector<double> square = array.g, cube = array.g;
  for (double& a : square) a *= 0.5;
  std::vector<double> currents(array.n);
  run(state, 0, [&] { column_currents(array.network, {square, cube}, voltages, currents, {.tolerance = 1e-9}); });
}
BENCHMARK(one_input_to_cubic_cells)->Arg(128)->Unit(benchmark::kMillisecond);

void one_gated_input(benchmark::State& state) {
  Array array(state.range(0));
  std::vector<std::uint8_t> active(array.n);
  for (int r = 0; r < array.n; ++r) active[r] = r % 3 != 0;
  std::vector<double> currents(array.n);
  run(state, 0, [&] { gated_currents(array.network, Supply::kPositive, active, currents); });
}
BENCHMARK(one_gated_input)->Arg(128)->Arg(512)->Unit(benchmark::kMillisecond);

}  // namespace
