// Random numbers of Stream, one core, on each SIMD target of this processor. Goal for normals: 119 M/s, the best that
// we measured of other ways on one core (Box-Muller on Eigen arrays; std::normal_distribution over mt19937_64: 47 M/s).
// Limit: one vector of normals takes about 85 vector operations (40 of them Philox), so lanes x ports x clock / 85.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include "core/stream.h"

namespace {

using cimera::Stream;

constexpr double kGoalPerSecond = 119e6;

template <class T, class Fill>
void run(benchmark::State& state, std::int64_t target, std::size_t count, Fill fill) {
  hwy::SetSupportedTargetsForTest(target);
  const Stream stream({.seed = 1, .trial = 2, .layer = 3, .purpose = "bench"});
  std::vector<T> out(count);
  std::uint32_t line = 0;
  for (auto _ : state) {
    fill(stream, {.unit = 1, .line = line++, .read = 2}, out);
    benchmark::DoNotOptimize(out.data());
  }
  hwy::SetSupportedTargetsForTest(0);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}

void normals(benchmark::State& state, std::int64_t target, std::size_t count) {
  run<float>(state, target, count,
             [](const Stream& s, const Stream::Address& at, std::span<float> out) { s.normal(at, out); });
  const double made = static_cast<double>(state.iterations()) * static_cast<double>(count);
  state.counters["of_goal"] = benchmark::Counter(made / kGoalPerSecond, benchmark::Counter::kIsRate);
}

void uniforms(benchmark::State& state, std::int64_t target, std::size_t count) {
  run<float>(state, target, count,
             [](const Stream& s, const Stream::Address& at, std::span<float> out) { s.uniform(at, out); });
}

void bits(benchmark::State& state, std::int64_t target, std::size_t count) {
  run<std::uint32_t>(state, target, count,
                     [](const Stream& s, const Stream::Address& at, std::span<std::uint32_t> out) { s.bits(at, out); });
}

const bool kRegistered = [] {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    for (const std::size_t count : {std::size_t{128}, std::size_t{1} << 16}) {
      const std::string name = std::string("/") + hwy::TargetName(target) + "/" + std::to_string(count);
      benchmark::RegisterBenchmark(("normals" + name).c_str(), normals, target, count);
      benchmark::RegisterBenchmark(("uniforms" + name).c_str(), uniforms, target, count);
      benchmark::RegisterBenchmark(("bits" + name).c_str(), bits, target, count);
    }
  }
  return true;
}();

}  // namespace
