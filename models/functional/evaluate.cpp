#include "models/functional/evaluate.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/moves.h"
#include "models/functional/resident.h"
#include "models/functional/walk.h"
#include "workloads/position_order.h"

namespace cimera::functional {
namespace {

using ops::Program;
using ops::Task;
using workloads::Network;
using workloads::Values;

/// Images that go through the Program together on one thread.
constexpr std::int64_t kChunk = 16;

std::vector<workloads::TensorId> origins(const Network& network) {
  std::vector<workloads::TensorId> by_tensor;
  for (std::size_t t = 0; t < network.tensors.size(); ++t) by_tensor.push_back(origin(network, workloads::TensorId(t)));
  return by_tensor;
}

}  // namespace

struct Executor::State {
  std::optional<Resident> resident;
  Course course;
  std::vector<ops::Counts> nothing;  ///< loaded: what stays in memory
};

Executor::Executor(const Program& run, const Program& load, const ops::MachineSpec& machine,
                   const workloads::QuantizedNetwork& network, const devices::CellModel* cell, const Draw& draw,
                   const ConverterRanges& ranges)
    : state_(new State{
          {},
          {run, *network.network, network, nullptr, last_uses(*network.network, run), origins(*network.network),
           machine.crossbar() ? workloads::position_order(*network.network)
                              : std::vector<std::int64_t>(network.network->tensors.size(), 0),
           Dependencies(run)},
          std::vector<ops::Counts>(run.layer_names.size())}) {
  for (const Task& task : run.tasks)
    if (std::holds_alternative<ops::Mvm>(task.op.work) && !machine.crossbar())
      fail_run("'" + task.name + "': machine '" + machine.name + "' has no arrays");
  check_ways(run);
  if (!machine.crossbar()) return;
  check_ways(load);
  if (!cell) fail_run("machine '" + machine.name + "' needs a memory cell");
  state_->course.resident = &state_->resident.emplace(load, run, *machine.crossbar(), network, *cell, draw, ranges);
}

Executor::~Executor() = default;

const std::vector<ops::Counts>& Executor::loading() const {
  return state_->resident ? state_->resident->counts() : state_->nothing;
}

Outcome Executor::run(const workloads::Batch& input, const ProductObserver& seen) const {
  const Course& course = state_->course;
  const Network& network = course.network;
  const auto in = static_cast<std::size_t>(workloads::elements(network.tensor(network.input).shape));
  const auto out = static_cast<std::size_t>(workloads::elements(network.tensor(network.output).shape));
  if (input.values.size() != in * static_cast<std::size_t>(input.count))
    fail_input(std::to_string(input.values.size()) + " values for " + std::to_string(input.count) + " samples of " +
               workloads::format(network.tensor(network.input).shape));
  Outcome outcome{ops::OpStats(course.program.layer_names.size()), {}};
  outcome.output.resize(out * static_cast<std::size_t>(input.count));
  std::mutex mutex;
  parallel_for(input.count, kChunk, [&](std::int64_t begin, std::int64_t end) {
    const auto from = input.values.begin() + static_cast<std::ptrdiff_t>(in) * begin;
    Walk walk(course, input.first + begin, end - begin,
              Values(from, from + static_cast<std::ptrdiff_t>(in) * (end - begin)), begin == 0);
    walk.observe(seen);
    std::ranges::copy(walk.run(), outcome.output.begin() + static_cast<std::ptrdiff_t>(out) * begin);
    const std::lock_guard lock(mutex);
    outcome += walk.stats();
  });
  count_host_weights(course.program, network, outcome.layer_counts);
  if (course.resident)
    for (std::size_t i = 0; i < outcome.layer_counts.size(); ++i)
      outcome.layer_counts[i] += course.resident->counts_of_run()[i];
  return outcome;
}

}  // namespace cimera::functional
