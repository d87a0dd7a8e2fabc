#include "study/explain/roofline.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "study/explain/stalls.h"
#include "study/text.h"
#include "workloads/flops.h"

namespace cimera::study {
namespace {

using ops::Event;

Level host_memory(const ops::HostMachine& host, const std::string& name) {
  return {name,
          host.memory.peak().si() * host.memory.efficiency / 8.0,
          {Event::kMemoryReadBits, Event::kMemoryWriteBits, Event::kLineFillBits, Event::kWriteBackBits}};
}

Roofline of_machine(const ops::CrossbarMachine& m, const Machine& machine, std::int64_t arrays, std::int64_t tiles) {
  const ops::CrossbarConfig config = m.config(machine.weight_bits, machine.activation_bits, false);
  const double array = 2.0 * static_cast<double>(m.organisation.rows * config.weights_per_array()) /
                       config.slice_arrays() / m.product_time(config).seconds().si();
  const std::int64_t all = m.organisation.chips * m.organisation.tiles() * m.organisation.arrays_per_tile();
  const double stage = m.step().seconds().si();
  Roofline roofline;
  roofline.peaks = {{"all " + counted(all, "array"), array * static_cast<double>(all)},
                    {counted(arrays, "array") + " in use", array * static_cast<double>(arrays)}};
  roofline.levels = {{counted(tiles, "tile buffer"),
                      static_cast<double>(m.pipeline.fetch_bits * tiles) / stage / 8.0,
                      {Event::kEdramReadBits}},
                     {"chip links",
                      m.network.chip_link.si() * static_cast<double>(m.organisation.chips) / 8.0,
                      {Event::kChipLinkBits}},
                     host_memory(*machine.host.host(), "host memory")};
  return roofline;
}

Roofline of_machine(const ops::HostMachine& m, const Machine&, std::int64_t, std::int64_t) {
  const auto all_cores = [&](const ops::HostCache& cache) {
    return cache.per_cycle.si() * static_cast<double>(m.cores.count) * m.cores.clock.si() / 8.0;
  };
  Roofline roofline;
  roofline.peaks = {{counted(m.cores.count, "core") + " in FP32", m.peak_flops()},
                    {fmt::format("{:.0f} % of it in matrix products", 100.0 * m.cores.gemm_efficiency),
                     m.peak_flops() * m.cores.gemm_efficiency}};
  roofline.levels = {{"second-level caches", all_cores(m.l2), {Event::kL2Bits}},
                     {"last-level cache", all_cores(m.l3), {Event::kL3Bits}},
                     host_memory(m, "memory")};
  return roofline;
}

double bytes_through(const Level& level, const ops::Counts& counts) {
  double bits = 0.0;
  for (const Event event : level.traffic) bits += static_cast<double>(counts[event]);
  return bits / 8.0;
}

/// The level that holds the layer back most, and the roof over it.
void find_level(const Roofline& roofline, const ops::Counts& counts, RooflinePoint& point) {
  double longest = 0.0;
  for (std::size_t i = 0; i < roofline.levels.size(); ++i) {
    const double bytes = bytes_through(roofline.levels[i], counts);
    const double time = bytes / roofline.levels[i].bytes_per_second;
    if (time <= longest) continue;
    longest = time;
    point.level = i;
    point.bytes = bytes;
  }
  point.roof = roofline.peak();
  if (longest > 0.0) point.roof = std::min(point.roof, point.operations / longest);
}

/// From the first start to the last end of what computes for a layer; moves run ahead of it.
std::vector<Duration> computing_times(const ops::Program& program, const ops::TimingResult& timing) {
  std::vector<Duration> times(program.layer_names.size()), start(times.size()), end(times.size());
  for (std::size_t task = 0; task < program.tasks.size(); ++task) {
    if (std::holds_alternative<ops::Transfer>(program.tasks[task].op.work)) continue;
    const std::size_t layer = program.tasks[task].layer.value();
    start[layer] = end[layer] == Duration() ? timing.task_start[task] : std::min(start[layer], timing.task_start[task]);
    end[layer] = std::max(end[layer], timing.task_end[task]);
  }
  for (std::size_t layer = 0; layer < times.size(); ++layer) times[layer] = end[layer] - start[layer];
  return times;
}

}  // namespace

Roofline machine_roofline(const Machine& machine, std::int64_t arrays, std::int64_t tiles) {
  return std::visit([&](const auto& params) { return of_machine(params, machine, arrays, tiles); },
                    machine.spec.params);
}

Roofline roofline(const Machine& machine, const workloads::Network& network, const Result& result) {
  Roofline roofline = machine_roofline(machine, result.used_arrays, result.used_tiles);
  const ops::Program& program = result.evaluation->mapped.run;
  const ops::TimingResult& timing = result.evaluation->reading.result;
  const std::vector<Critical> critical = critical_hops(program, timing);
  const std::vector<Duration> times = computing_times(program, timing);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerResult& layer = result.layers[i];
    RooflinePoint point;
    point.layer = layer.name;
    point.operations =
        static_cast<double>(workloads::flops(network, network.layers[i])) * static_cast<double>(result.batch);
    if (point.operations == 0.0 || times[i] == Duration()) continue;
    point.speed = point.operations / std::max(times[i], critical[i].busy).seconds().si();
    point.alone = point.operations / critical[i].busy.seconds().si();
    find_level(roofline, layer.counts, point);
    roofline.points.push_back(point);
  }
  return roofline;
}

}  // namespace cimera::study
