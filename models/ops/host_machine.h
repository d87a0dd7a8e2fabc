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
};

/// One cache level. `rate` is what one core can load from it.
struct HostCache {
  Bits capacity;   ///< of one core (l1, l2) or of the package (l3)
  Bits per_cycle;  ///< bits per core clock and core
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

struct HostMachine {
  std::string model, description, product;
  HostCores cores;
  HostCache l1, l2, l3;
  HostMemory memory;
  Duration dispatch;  ///< time to start a layer on all cores and to join them
  ComponentTable components;

  LevelCounts levels() const { return {{"package", 1}, {"channel", memory.channels}}; }
  /// A row per channel that is charged for traffic, and states no full_rate, is at full use at the channel's peak. Done
  /// when a machine is loaded.
  void fit_components();
  double peak_flops() const { return double(cores.count * cores.flops_per_cycle) * cores.clock.si(); }
};

Schema<HostCores> schema(const HostCores*);
Schema<HostCache> schema(const HostCache*);
Schema<HostMemory> schema(const HostMemory*);
Schema<HostMachine> schema(const HostMachine*);

}  // namespace cimera::ops
