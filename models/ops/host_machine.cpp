#include "models/ops/host_machine.h"

#include <algorithm>
#include <cmath>

namespace cimera::ops {

using namespace literals;

Schema<HostCores> schema(const HostCores*) {
  using T = HostCores;
  return Schema<T>("cores", "the cores of the package")
      .need("count", &T::count, "cores")
      .range(1, 4096)
      .need("clock", &T::clock, "clock while all cores compute")
      .positive()
      .need("flops_per_cycle", &T::flops_per_cycle, "fp32 operations per clock and core (a fused multiply-add is two)")
      .range(1, 65536)
      .need("gemm_efficiency", &T::gemm_efficiency, "share of the peak that a tuned matrix product reaches")
      .range(0.01, 1.0);
}

Schema<HostCache> schema(const HostCache*) {
  using T = HostCache;
  return Schema<T>("cache", "one cache level")
      .need("capacity", &T::capacity, "capacity: of one core's share for l1 and l2, of the package for l3")
      .positive()
      .need("per_cycle", &T::per_cycle, "what one core can load in one clock")
      .positive();
}

Schema<HostMemory> schema(const HostMemory*) {
  using T = HostMemory;
  return Schema<T>("memory", "the memory channels of the package")
      .need("channels", &T::channels, "channels, accesses interleaved over all")
      .range(1, 64)
      .need("transfers", &T::transfers, "transfers per second of one channel")
      .positive()
      .need("width", &T::width, "data width of one channel")
      .positive()
      .need("efficiency", &T::efficiency, "share of the peak that streaming reads reach")
      .range(0.01, 1.0)
      .need("burst", &T::burst, "granule of an access")
      .range(8_bit, Bits::si(8e6))
      .check("burst must be whole bytes", [](const T& m) { return std::fmod(m.burst.si(), 8) == 0; })
      .need("latency", &T::latency, "load-to-use latency");
}

void HostMachine::fit_components() {
  for (auto& [name, row] : components) {
    const bool traffic = std::any_of(row.events.begin(), row.events.end(), [](Event event) {
      return event == Event::kMemoryReadBits || event == Event::kMemoryWriteBits;
    });
    if (row.per == "channel" && row.charge == Charge::kEvents && traffic && !row.full_rate)
      row.full_rate = Hertz::si(memory.transfers.si() * memory.width.si());
  }
}

Schema<HostMachine> schema(const HostMachine*) {
  using T = HostMachine;
  return Schema<T>("host machine", "a von Neumann machine: cores, caches, memory channels")
      .need("model", &T::model, "kind of machine: host")
      .need("description", &T::description, "one line for people")
      .need("product", &T::product, "the product that it is modelled on")
      .group("cores", &T::cores, "the cores of the package")
      .group("l1", &T::l1, "first-level data cache")
      .group("l2", &T::l2, "second-level cache")
      .group("l3", &T::l3, "last-level cache")
      .group("memory", &T::memory, "memory channels")
      .need("dispatch", &T::dispatch, "time to start a layer on all cores and to join them")
      .group("components", &T::components, "power, area and events of every component")
      .check("`per` of a component must be package or channel", [](const T& m) {
        const LevelCounts levels = m.levels();
        return std::all_of(m.components.begin(), m.components.end(),
                           [&](const auto& row) { return levels.contains(row.second.per); });
      });
}

}  // namespace cimera::ops
