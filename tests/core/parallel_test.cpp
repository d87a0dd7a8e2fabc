#include "core/parallel.h"

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace cimera {
namespace {

using Ranges = std::set<std::pair<std::int64_t, std::int64_t>>;

Ranges ranges(std::int64_t count, std::int64_t grain) {
  Ranges seen;
  std::mutex mutex;
  parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(seen.emplace(begin, end).second);
  });
  return seen;
}

class Parallel : public ::testing::TestWithParam<int> {
 protected:
  Parallel() { set_threads(GetParam()); }
  ~Parallel() override { set_threads(0); }
};

TEST_P(Parallel, PartitionDoesNotDependOnThreads) {
  EXPECT_EQ(threads(), GetParam());
  EXPECT_EQ(ranges(10, 4), (Ranges{{0, 4}, {4, 8}, {8, 10}}));
  EXPECT_EQ(ranges(8, 4), (Ranges{{0, 4}, {4, 8}}));
  EXPECT_EQ(ranges(3, 100), (Ranges{{0, 3}}));
  EXPECT_EQ(ranges(0, 4), Ranges{});
  EXPECT_EQ(ranges(1000, 1).size(), 1000u);
}

TEST_P(Parallel, SumsPerChunkAreTheSameBits) {
  std::vector<float> sums(100);
  parallel_for(10000, 100, [&](std::int64_t begin, std::int64_t end) {
    float sum = 0.0f;
    for (std::int64_t i = begin; i < end; ++i) sum += 1.0f / static_cast<float>(i + 1);
    sums[static_cast<std::size_t>(begin / 100)] = sum;
  });
  for (std::int64_t chunk = 0; chunk < 100; ++chunk) {
    float sum = 0.0f;
    for (std::int64_t i = 100 * chunk; i < 100 * (chunk + 1); ++i) sum += 1.0f / static_cast<float>(i + 1);
    ASSERT_EQ(sums[static_cast<std::size_t>(chunk)], sum);
  }
}

TEST_P(Parallel, LoopsNest) {
  std::vector<std::atomic<int>> hits(20 * 30);
  parallel_for(20, 1, [&](std::int64_t i, std::int64_t) {
    parallel_for(30, 7, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t j = begin; j < end; ++j) ++hits[static_cast<std::size_t>(30 * i + j)];
    });
  });
  for (const std::atomic<int>& hit : hits) ASSERT_EQ(hit, 1);
}

TEST_P(Parallel, AnOuterBodyNeverStartsInsideAnother) {
  parallel_for(50, 1, [](std::int64_t, std::int64_t) {
    static thread_local int depth = 0;
    EXPECT_EQ(++depth, 1);
    parallel_for(50, 1, [](std::int64_t, std::int64_t) {
      volatile int work = 0;
      for (int i = 0; i < 200; ++i) work = work + i;
    });
    --depth;
  });
}

TEST_P(Parallel, ExceptionsComeOut) {
  const auto run = [] {
    parallel_for(100, 1, [](std::int64_t begin, std::int64_t) {
      if (begin == 37) throw std::runtime_error("thirty-seven");
    });
  };
  try {
    run();
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "thirty-seven");
  }
  EXPECT_EQ(ranges(10, 5).size(), 2u) << "usable afterwards";
}

INSTANTIATE_TEST_SUITE_P(Threads, Parallel, ::testing::Values(1, 2, 7));

TEST(SetThreads, MoreThanOneThreadReallyRuns) {
  set_threads(3);
  std::atomic<int> waiting{0};
  parallel_for(3, 1, [&](std::int64_t, std::int64_t) {
    ++waiting;
    while (waiting < 3) std::this_thread::yield();  // returns only if three bodies run at once
  });
  EXPECT_EQ(waiting, 3);
  set_threads(0);
}

TEST(SetThreads, ZeroMeansAllCores) {
  set_threads(0);
  EXPECT_GE(threads(), 1);
  EXPECT_THROW(set_threads(-1), std::invalid_argument);
  EXPECT_THROW(parallel_for(-1, 1, [](std::int64_t, std::int64_t) {}), std::invalid_argument);
  EXPECT_THROW(parallel_for(1, 0, [](std::int64_t, std::int64_t) {}), std::invalid_argument);
}

}  // namespace
}  // namespace cimera
