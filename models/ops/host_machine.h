// Parameters of a von Neumann machine: cores with SIMD units, caches, and memory channels of bounded bandwidth.
#pragma once

#include <cstdint>
#include <string>

#include "core/duration.h"
#include "core/quantity.h"
#include "core/schema.h"
#include "models/ops/component.h"

namespace cimera::ops {

struct HostCores {
  std::int64_t count = 1;
  Hertz clock;
  std::int64_t flops_per_cycle = 0;  ///< fp32, per core
  double gemm_efficiency = 1.0;      ///< share of the peak that a tuned matrix product reaches
  double simple_rate = 0;            ///< elements a clock and core: additions, comparisons, ReLU, pooling, moving
  double divide_rate = 0;            ///< the same of divisions
  double exponential_rate = 0;       ///< the same of exponentials and what is made of them
  std::int64_t fill_buffers = 1;     ///< lines of one core that loads may wait for at once
  std::int64_t queue = 1;            ///< lines of one core that may be under way at once, prefetches included
};

/// One cache level: least recently used, write-back, write-allocate.
struct HostCache {
  Bits capacity;          ///< of one core (l1, l2) or of the package (l3)
  std::int64_t ways = 1;  ///< lines of a set
  Bits per_cycle;         ///< bits per core clock and core
};

struct HostMemory {
  std::int64_t channels = 1;
  Hertz transfers;          ///< transfers per second of one channel
  Bits width;               ///< of one channel
  double efficiency = 1.0;  ///< share of the peak that streaming reads reach
  Bits burst;               ///< granule of an access
  Duration latency;         ///< load to use

  BitsPerSecond peak() const { return BitsPerSecond::si(double(channels) * transfers.si() * width.si()); }
};

/// A stride prefetcher of each core, into its l2.
struct HostPrefetch {
  std::int64_t pages = 0;  ///< watched at once; 0: there is none
  Bits page;               ///< it never crosses the end of one
  std::int64_t ahead = 0;  ///< lines
};

struct HostMachine {
  std::string model, description, product;
  HostCores cores;
  HostCache l1, l2, l3;
  HostPrefetch prefetch;
  HostMemory memory;
  Duration dispatch;  ///< to start a layer on all cores and to join them: a tree, so for fewer by their logarithm
  ComponentTable components;

  LevelCounts levels() const { return {{"package", 1}, {"channel", memory.channels}}; }
  /// A row per channel that is charged for traffic, and states no full_rate, is at full use at the channel's peak. Done
  /// when a machine is loaded.
  void fit_components();
  double peak_flops() const { return double(cores.count * cores.flops_per_cycle) * cores.clock.si(); }
};

Schema<HostCores> schema(const HostCores*);
Schema<HostCache> schema(const HostCache*);
Schema<HostPrefetch> schema(const HostPrefetch*);
Schema<HostMemory> schema(const HostMemory*);
Schema<HostMachine> schema(const HostMachine*);

}  // namespace cimera::ops
