// Speed of FP32 inference on all threads, beside its limit measured in the same run: bare products of 1024 x 1024 x
// 1024 by oneDNN, one on each thread at a time. All times are those of a clock on the wall. Counters:
//   images/s, MAC/s
//   of_sgemm  MAC/s over oneDNN's rate on as many threads
// ResNet-20 is read from the folder that CIMERA_DATA names (models/cifar10_resnet20.onnx), and left out without it.
// Goal: 1000 images in 10 s on two cores, which is 4.1 GMAC/s; a twentieth of an sgemm rate of 2 x 123 GMAC/s.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/parallel.h"
#include "kernels/gemm.h"
#include "study/networks.h"
#include "workloads/inference.h"
#include "workloads/onnx/reader.h"
#include "workloads/random_tensors.h"

namespace {

using namespace cimera;
using workloads::Network;

/// Multiply-accumulates a second of products on every thread; the best of five.
double sgemm_rate() {
  constexpr std::int64_t n = 1024, kRepeats = 4;
  const std::int64_t count = threads();
  const std::vector<float> a(n * n, 0.5F), b(n * n, 0.25F);
  std::vector<std::vector<float>> c(static_cast<std::size_t>(count), std::vector<float>(n * n));
  double best = 0.0;
  for (int trial = 0; trial < 5; ++trial) {
    const auto start = std::chrono::steady_clock::now();
    parallel_for(count, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t t = begin; t < end; ++t)
        for (int i = 0; i < kRepeats; ++i) kernels::gemm(n, n, n, a, b, c[static_cast<std::size_t>(t)]);
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(count * kRepeats * n * n * n) / seconds.count());
  }
  return best;
}

void infer(benchmark::State& state, const Network& network, std::int64_t images) {
  static const double limit = sgemm_rate();
  const workloads::Dataset data = workloads::random_samples(network, images, 1);
  const workloads::Batch batch = workloads::take(data, 0, images, {});
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) benchmark::DoNotOptimize(workloads::infer(network, batch).data());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const double done = static_cast<double>(state.iterations() * images) / seconds.count();
  const double macs = done * static_cast<double>(workloads::macs(network));
  state.counters["images/s"] = done;
  state.counters["MAC/s"] = macs;
  state.counters["of_sgemm"] = macs / limit;
}

void catalog(benchmark::State& state, const char* name) {
  const Network shapes = study::load_network({.network = name, .layer = {}, .use = {}}).network;
  infer(state, workloads::random_values(shapes, 1), state.range(0));
}

void resnet20(benchmark::State& state) {
  const char* folder = std::getenv("CIMERA_DATA");
  if (folder == nullptr || *folder == '\0') return state.SkipWithError("CIMERA_DATA is not set");
  infer(state, workloads::load_onnx(std::string(folder) + "/models/cifar10_resnet20.onnx"), state.range(0));
}

BENCHMARK_CAPTURE(catalog, lenet5, "lenet5")->Arg(64)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(catalog, resnet18, "resnet18")->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(resnet20)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
