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
      .range(0.01, 1.0)
      .need("simple_rate", &T::simple_rate,
            "elements per clock and core of additions, products, comparisons, ReLU, pooling, moves")
      .range(0.001, 1e6)
      .need("divide_rate", &T::divide_rate, "elements per clock and core of divisions")
      .range(0.001, 1e6)
      .need("exponential_rate", &T::exponential_rate,
            "elements per clock and core of sigmoid, tanh, softmax and other functions made of exponentials")
      .range(0.001, 1e6)
      .need("fill_buffers", &T::fill_buffers, "lines of one core that loads and stores may wait for at once")
      .range(1, 4096)
      .need("queue", &T::queue, "lines of one core that may be on their way at once, prefetches included")
      .range(1, 4096);
}

Schema<HostCache> schema(const HostCache*) {
  using T = HostCache;
  return Schema<T>("cache", "one cache level")
      .need("capacity", &T::capacity, "capacity: of one core's share for l1 and l2, of the package for l3")
      .positive()
      .need("ways", &T::ways, "lines of a set")
      .range(1, 1024)
      .need("per_cycle", &T::per_cycle, "what one core can load in one clock while all cores do")
      .positive();
}

Schema<HostPrefetch> schema(const HostPrefetch*) {
  using T = HostPrefetch;
  return Schema<T>("prefetch", "a stride prefetcher of each core, into its second-level cache")
      .need("pages", &T::pages, "pages that it watches at once; 0: there is none")
      .range(0, 4096)
      .need("page", &T::page, "it never crosses the end of a page")
      .range(512_bit, Bits::si(8e9))
      .need("ahead", &T::ahead, "lines that it runs ahead")
      .range(0, 1024);
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
  const auto whole_lines = [](const HostCache& cache, Bits line) {
    return cache.capacity / line >= static_cast<double>(cache.ways);
  };
  return Schema<T>("host machine", "a von Neumann machine: cores, caches, memory channels")
      .need("model", &T::model, "kind of machine: host")
      .need("description", &T::description, "one line for people")
      .need("product", &T::product, "the product that it is modelled on")
      .group("cores", &T::cores, "the cores of the package")
      .group("l1", &T::l1, "first-level data cache")
      .group("l2", &T::l2, "second-level cache")
      .group("l3", &T::l3, "last-level cache")
      .group("prefetch", &T::prefetch, "the prefetcher of each core")
      .group("memory", &T::memory, "memory channels")
      .need("dispatch", &T::dispatch, "time to start a layer on all cores and to join them; a tree, so less for fewer")
      .group("components", &T::components, "power, area and events of every component")
      .check("a cache must hold at least one set of lines as long as memory.burst",
             [whole_lines](const T& m) {
               return whole_lines(m.l1, m.memory.burst) && whole_lines(m.l2, m.memory.burst) &&
                      whole_lines(m.l3, m.memory.burst);
             })
      .check("the last level is inclusive: l3.capacity must be at least cores.count x l2.capacity",
             [](const T& m) { return m.l3.capacity >= m.l2.capacity * static_cast<double>(m.cores.count); })
      .check("`per` of a component must be package or channel", [](const T& m) {
        const LevelCounts levels = m.levels();
        return std::all_of(m.components.begin(), m.components.end(),
                           [&](const auto& row) { return levels.contains(row.second.per); });
      });
}

}  // namespace cimera::ops
