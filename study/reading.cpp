#include "study/reading.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "models/cost/evaluate.h"
#include "models/ops/stages.h"
#include "study/timing_client.h"

namespace cimera::study {
namespace {

void check_against_closed_form(const ops::Program& program, const ops::TimingResult& timing,
                               const ops::TimingResult& cost) {
  if (timing.makespan < cost.makespan)
    fail_run(fmt::format("fault in cimera: {} takes {} in the timing reading, less than its lower bound {}",
                         program.machine, format(timing.makespan), format(cost.makespan)));
  if (timing.layer_counts.size() != cost.layer_counts.size())
    fail_run(fmt::format("fault in cimera: the timing reading of {} counts {} layers, the closed form {}",
                         program.machine, timing.layer_counts.size(), cost.layer_counts.size()));
  for (std::size_t i = 0; i < cost.layer_counts.size(); ++i)
    if (ops::program_operations(timing.layer_counts[i]) != ops::program_operations(cost.layer_counts[i]))
      fail_run(
          fmt::format("fault in cimera: timing reading and closed form count different operations in layer '{}' "
                      "on {}",
                      program.layer_names[i], program.machine));
}

}  // namespace

std::string to_string(Evaluator evaluator) { return evaluator == Evaluator::kCost ? "cost" : "timing"; }

double least_passages(const ops::Program& program, bool skip) {
  double passages = 0.0;
  for (const ops::Task& task : program.tasks) {
    const std::int64_t blocks = skip ? std::min<std::int64_t>(task.blocks, 2) : task.blocks;
    passages += static_cast<double>(blocks * task.iterations) * static_cast<double>(task.op.path.size());
  }
  return passages;
}

std::optional<double> Reading::gap() const {
  if (evaluator == Evaluator::kCost) return std::nullopt;
  if (result.makespan == Duration()) return 0.0;
  return (result.makespan - bound).seconds() / result.makespan.seconds();
}

Reading read_program(const ops::Program& program, Fidelity fidelity, Periods periods, const ops::BeatTables& beats) {
  const bool skip = periods == Periods::kSkip;
  ops::TimingResult cost = cost::evaluate(program, skip, beats);
  Reading reading{Evaluator::kTiming, {}, cost.makespan};
  const bool within = fidelity == Fidelity::kTiming ||
                      (fidelity == Fidelity::kAuto &&
                       least_passages(program, skip && !cost.drawn && !ops::staged(program)) <= double{kMostPassages});
  if (within) {
    if (program.tasks.empty()) reading.result = cost;  // nothing to play
    else reading.result = time_in_worker({program, skip, beats, fidelity == Fidelity::kAuto ? kMostPassages : 0});
    if (reading.result.finished) {
      check_against_closed_form(program, reading.result, cost);
      return reading;
    }
  }
  reading.evaluator = Evaluator::kCost;
  reading.result = std::move(cost);
  return reading;
}

}  // namespace cimera::study
