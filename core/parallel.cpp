#include "core/parallel.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace cimera {
namespace {

/// As many worker threads as the user allows, more than the cores if asked for.
struct Workers {
  explicit Workers(int count)
      : limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(count)), arena(count) {}

  tbb::global_control limit;
  tbb::task_arena arena;
};

struct State {
  std::mutex mutex;
  std::shared_ptr<Workers> workers = std::make_shared<Workers>(tbb::info::default_concurrency());
};

State& state() {
  static State state;
  return state;
}

/// Keeps the workers alive for as long as a loop runs on them.
std::shared_ptr<Workers> workers() {
  const std::lock_guard lock(state().mutex);
  return state().workers;
}

}  // namespace

void set_threads(int threads) {
  if (threads < 0) throw std::invalid_argument("set_threads: a negative number of threads");
  auto made = std::make_shared<Workers>(threads == 0 ? tbb::info::default_concurrency() : threads);
  const std::lock_guard lock(state().mutex);
  state().workers.swap(made);
}

int threads() { return workers()->arena.max_concurrency(); }

void parallel_for(std::int64_t count, std::int64_t grain, const std::function<void(std::int64_t, std::int64_t)>& body) {
  if (count < 0 || grain <= 0) throw std::invalid_argument("parallel_for: count < 0 or grain <= 0");
  const std::int64_t chunks = count / grain + (count % grain != 0 ? 1 : 0);
  const auto chunk = [&](std::int64_t index) {
    const std::int64_t begin = index * grain;
    body(begin, begin + std::min(grain, count - begin));
  };
  const std::shared_ptr<Workers> on = workers();
  if (chunks <= 1 || on->arena.max_concurrency() == 1) {
    for (std::int64_t i = 0; i < chunks; ++i) chunk(i);
    return;
  }
  // Isolated: a body that waits for an inner loop never starts another body of the outer one on the same thread.
  on->arena.execute([&] {
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(
          tbb::blocked_range<std::int64_t>(0, chunks, 1),
          [&](const tbb::blocked_range<std::int64_t>& range) {
            for (std::int64_t i = range.begin(); i < range.end(); ++i) chunk(i);
          },
          tbb::simple_partitioner());
    });
  });
}

}  // namespace cimera
