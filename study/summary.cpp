#include "study/summary.h"

#include <algorithm>
#include <map>

#include "study/host_standing.h"
#include "study/reprogramming.h"

namespace cimera::study {
namespace {

using ops::TimingResult;

/// First start and last end of a layer's tasks.
struct Window {
  bool used = false;
  Duration start, end;
};

std::vector<Window> windows(const ops::Program& program, const TimingResult& timing) {
  std::vector<Window> windows(program.layer_names.size());
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    Window& window = windows[program.tasks[t].layer.value()];
    window.start = window.used ? std::min(window.start, timing.task_start[t]) : timing.task_start[t];
    window.end = std::max(window.end, timing.task_end[t]);
    window.used = true;
  }
  return windows;
}

std::string place_of(const ops::Program& program, std::size_t layer) {
  std::string place;
  for (const ops::Task& task : program.tasks) {
    if (task.layer.value() != layer) continue;
    if (std::holds_alternative<ops::Mvm>(task.op.work)) return "arrays";
    if (std::holds_alternative<ops::HostCompute>(task.op.work)) return "host";
    if (std::holds_alternative<ops::Digital>(task.op.work)) place = "tiles";
  }
  return place;
}

void fill_layers(const workloads::Network& network, const ops::Program& program, const Reading& reading,
                 const ops::Ledger& ledger, Result& result) {
  const std::vector<Window> layer_windows = windows(program, reading.result);
  Duration front;  // the end of all layers so far
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Window& window = layer_windows[i];
    LayerResult layer;
    layer.name = network.layers[i].name;
    layer.op = workloads::op_name(network.layers[i].op);
    layer.place = place_of(program, i);
    layer.macs = workloads::macs(network, network.layers[i]);
    layer.latency = window.end - window.start;
    layer.exposed = std::max(front, window.end) - front;
    if (ledger.total) layer.energy = ledger.by_layer[i];
    layer.counts = reading.result.layer_counts[i];
    front = std::max(front, window.end);
    result.layers.push_back(layer);
  }
  result.shared_units = reading.result.makespan - front;
}

std::vector<BusiestUnit> busiest_units(const ops::Program& program, const TimingResult& timing) {
  std::map<ops::UnitKind, BusiestUnit> by_kind;
  for (std::size_t u = 0; u < program.units.size(); ++u) {
    const Duration busy = timing.unit_times[u][ops::UnitState::kBusy];
    BusiestUnit& most = by_kind[program.units[u].kind];
    if (most.unit.empty() || busy > most.busy)
      most = {ops::to_string(program.units[u].kind), program.units[u].name, busy};
  }
  std::vector<BusiestUnit> units;
  for (const auto& [kind, unit] : by_kind) units.push_back(unit);
  std::ranges::stable_sort(units, std::ranges::greater{}, &BusiestUnit::busy);
  return units;
}

/// Images that end one after the other may have waited for each other: at no time does one end sooner after another
/// than the busiest unit works for it. `again`: the next batch begins with weights that are written when this one is
/// done.
void fill_throughput(const TimingResult& timing, bool again, Result& result) {
  const std::vector<Duration>& ends = timing.block_end;
  const auto batch = static_cast<double>(result.batch);
  result.pipelined = !again && ends.size() > 1 && ends.back() > ends.front();
  if (result.pipelined) {
    const double per_block = batch / static_cast<double>(ends.size());
    Duration busiest;
    for (const ops::StateTimes& unit : timing.unit_times) busiest = std::max(busiest, unit[ops::UnitState::kBusy]);
    const double ends_apart = (ends.back() - ends.front()).seconds().si() / static_cast<double>(ends.size() - 1);
    const double works = busiest.seconds().si() / static_cast<double>(ends.size());
    result.throughput = per_block / std::max(ends_apart, works);
  } else if (timing.makespan != Duration()) {
    result.throughput = batch / timing.makespan.seconds().si();
  }
}

}  // namespace

Result summarise(const workloads::Network& network, const Machine& machine, const mapping::Mapped& mapped,
                 std::int64_t batch, const Reading& reading, const ops::OpStats* stats) {
  Result result;
  result.machine = machine.spec.name;
  result.batch = batch;
  result.evaluator = reading.evaluator;
  result.skipped_blocks = reading.result.skipped_blocks;
  result.latency = reading.result.makespan;
  result.bound = reading.bound;
  result.gap = reading.gap();
  fill_throughput(reading.result, mapped.loads > 1, result);
  result.area = machine.spec.area();
  result.host_standing = host_standing(machine, mapped.run, reading.result);
  result.operations = 2.0 * static_cast<double>(workloads::macs(network)) * static_cast<double>(batch);

  ops::Ledger ledger = ops::settle(mapped.run, reading.result, mapped.prices, stats);
  result.energy = ledger.total;
  result.standing_energy = ledger.standing;
  result.unknown = ledger.unknown;
  result.counts = ledger.counts;
  fill_layers(network, mapped.run, reading, ledger, result);
  result.energy_breakdown = std::move(ledger.by_component);
  result.busiest = busiest_units(mapped.run, reading.result);

  result.reprogramming = reprogramming(machine, mapped, result.latency);
  result.used_arrays = mapped.used_arrays;
  result.used_tiles = mapped.used_tiles;
  result.utilisation = mapped.utilisation;
  result.host_layers = mapped.host_layers;
  return result;
}

std::optional<InputSteps> input_steps(const ops::Program& program, const ops::BeatTables& beats, std::int64_t images) {
  InputSteps steps{images};
  ops::Histogram all;
  for (std::size_t t = 0; t < program.tasks.size(); ++t)
    for (const ops::Hop& hop : program.tasks[t].op.path) {
      if (!hop.varies) continue;
      steps.most = std::max(steps.most, hop.beats);
      if (t < beats.tasks.size()) {
        all += beats.tasks[t];
        steps.differ |= !beats.tasks[t].constant();
      } else {
        all.add(hop.beats, program.tasks[t].total());
      }
    }
  if (all.empty()) return std::nullopt;
  steps.mean = static_cast<double>(all.sum()) / static_cast<double>(all.total());
  return steps;
}

WeightLoad summarise_load(const Machine& machine, const mapping::Mapped& mapped, const Reading& reading) {
  const ops::CrossbarMachine* crossbar = machine.spec.crossbar();
  std::optional<double> endurance;
  if (machine.cell) endurance = machine.cell->model->figures().endurance;
  if (crossbar && !crossbar->pipeline.cell_write) return {{}, {}, {"pipeline.cell_write"}, endurance};
  if (mapped.load.tasks.empty()) return {Duration(), Joules(), {}, endurance};
  const ops::Ledger ledger = ops::settle(mapped.load, reading.result, mapped.prices);
  return {reading.result.makespan, ledger.total, ledger.unknown, endurance};
}

void compare_with(const std::string& baseline, std::vector<Result>& results) {
  for (Result& result : results) {
    const auto base = std::ranges::find_if(
        results, [&](const Result& other) { return other.machine == baseline && other.batch == result.batch; });
    if (result.error || base == results.end() || base->error || result.latency == Duration()) continue;
    AgainstBaseline against{baseline, base->latency.seconds() / result.latency.seconds(), std::nullopt};
    if (base->energy && result.energy && result.energy->si() > 0.0)
      against.energy_ratio = *base->energy / *result.energy;
    const std::optional<Joules> base_on = energy_with_host(*base), on = energy_with_host(result);
    if (base_on && on && on->si() > 0.0) against.energy_ratio_with_host = *base_on / *on;
    result.baseline = against;
  }
}

}  // namespace cimera::study
