#include "study/reprogramming.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "models/cost/evaluate.h"

namespace cimera::study {
namespace {

bool moves_weights(const ops::Task& task) {
  const auto* move = std::get_if<ops::Transfer>(&task.op.work);
  return move && move->what == ops::Transfer::What::kWeights;
}

/// By load: the Program of its weights alone. They come in the order of the parts, each moved and then written.
std::vector<ops::Program> writing(const mapping::Mapped& mapped) {
  const ops::Program none{mapped.run.machine, mapped.run.units, {}, {}, mapped.run.layer_names};
  std::vector<ops::Program> loads(static_cast<std::size_t>(mapped.loads), none);
  std::map<std::uint32_t, std::pair<std::size_t, ops::TaskId>> kept;  // load and new id, by old id
  std::size_t parts = 0;
  for (std::uint32_t t = 0; t < mapped.run.tasks.size(); ++t) {
    const ops::Task& task = mapped.run.tasks[t];
    const bool writes = std::holds_alternative<ops::WriteCells>(task.op.work);
    if (!writes && !moves_weights(task)) continue;
    const auto load = static_cast<std::size_t>(mapped.parts.at(parts).load);
    kept.emplace(t, std::pair(load, ops::TaskId(loads[load].tasks.size())));
    loads[load].tasks.push_back(task);
    parts += writes;
  }
  for (ops::Edge edge : mapped.run.edges) {
    const auto from = kept.find(edge.from.value()), to = kept.find(edge.to.value());
    if (from == kept.end() || to == kept.end()) continue;
    edge.from = from->second.second, edge.to = to->second.second;
    loads[from->second.first].edges.push_back(edge);
  }
  return loads;
}

/// Writes of the cell that is written most often: the first one of an array of the tile that most loads use.
std::int64_t most_writes(const mapping::Mapped& mapped) {
  std::map<std::int64_t, std::int64_t> by_tile, latest;
  std::int64_t most = 0;
  for (const mapping::Part& part : mapped.parts) {
    const auto [seen, fresh] = latest.try_emplace(part.tile, part.load);
    if (!fresh && seen->second == part.load) continue;
    seen->second = part.load;
    most = std::max(most, ++by_tile[part.tile]);
  }
  return most;
}

}  // namespace

std::optional<Reprogramming> reprogramming(const Machine& machine, const mapping::Mapped& mapped, Duration latency) {
  if (mapped.loads == 1) return std::nullopt;
  Reprogramming r{.loads = mapped.loads, .writes_per_cell = most_writes(mapped), .energy = Joules()};
  for (const ops::Program& load : writing(mapped)) {
    const ops::TimingResult alone = cost::evaluate(load);
    const ops::Ledger ledger = ops::settle(load, alone, mapped.prices);
    r.latency += alone.makespan;
    r.energy = r.energy && ledger.total ? std::optional(*r.energy + *ledger.total - ledger.standing) : std::nullopt;
  }
  if (machine.cell) r.endurance = machine.cell->model->figures().endurance;
  if (!r.endurance) return r;
  r.batches = *r.endurance / static_cast<double>(r.writes_per_cell);
  r.lifetime = latency.seconds() * *r.batches;
  return r;
}

}  // namespace cimera::study
