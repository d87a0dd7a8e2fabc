// Three levels of cache of a processor whose cores go through equal parts of the same work in step: the private levels
// of one core, and the level that all of them share.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cost/cache.h"
#include "models/cost/prefetcher.h"

namespace cimera::cost {

/// Lines that moved. Of one core: l1 and l2; of all cores together: the rest.
struct CacheTraffic {
  std::int64_t l1 = 0;                ///< touched by loads and stores
  std::int64_t l1_misses = 0;         ///< of them not in L1
  std::int64_t l2 = 0;                ///< moved between L1 and L2: misses and dirty lines
  std::int64_t l2_misses = 0;         ///< asked of L3 because a load or store waits for them
  std::int64_t l2_prefetches = 0;     ///< asked of L3 ahead of loads and stores
  std::int64_t l3 = 0;                ///< moved between L2 and L3: misses, prefetches and dirty lines
  std::int64_t fills = 0;             ///< read from memory
  std::int64_t prefetched_fills = 0;  ///< of them ahead of loads and stores
  std::int64_t write_backs = 0;       ///< written to memory

  CacheTraffic& operator+=(const CacheTraffic& other);
  CacheTraffic operator-(const CacheTraffic& other) const;
  /// `by` / `of` times as much, rounded down.
  CacheTraffic scaled(std::int64_t by, std::int64_t of) const;
  friend bool operator==(const CacheTraffic&, const CacheTraffic&) = default;
};

/// Write-back and write-allocate at each level; L3 is inclusive: what leaves it leaves the private levels. Prefetches
/// go into L2. L3 should be several times as large as all L2 together: where it drops a line while a core has it,
/// dirty, in its private levels, that is seen for the one core only.
class CacheHierarchy {
 public:
  struct Shape {
    Cache::Shape l1, l2, l3;
    Prefetcher::Shape prefetch;
  };
  explicit CacheHierarchy(const Shape& shape);

  /// From here on the work is shared by so many cores (at least 1).
  void use(std::int64_t cores) { cores_ = cores; }
  /// One core loads (or stores) lines first .. first + count - 1 in order; core c those that lie c x `stride` lines
  /// further, all of them the same ones where it is 0.
  void access(std::int64_t first, std::int64_t count, std::int64_t stride, bool write);
  /// Something else has written these lines in memory: no cache has them any more, and none writes them back.
  void invalidate(std::int64_t first, std::int64_t count);

  const CacheTraffic& traffic() const { return traffic_; }

 private:
  std::uint32_t owner(std::int64_t stride);
  void request_l2(std::int64_t line, std::uint32_t who);
  void fill_l2(const CacheLine& line);
  /// Every core asks L3 for its line; returns how many were not there.
  std::int64_t request_l3(std::int64_t line, std::uint32_t who);
  void write_l3(const CacheLine& line);
  void fill_l3(const CacheLine& line);

  Cache l1_, l2_, l3_;
  Prefetcher prefetcher_;
  std::int64_t cores_ = 1;
  std::vector<std::int64_t> strides_;  ///< by owner
  std::vector<std::int64_t> ahead_;
  CacheTraffic traffic_;
};

}  // namespace cimera::cost
