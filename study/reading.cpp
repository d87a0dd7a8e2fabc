#include "study/reading.h"

#include <fmt/format.h>

#include "core/error.h"
#include "models/cost/evaluate.h"
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

double simulation_steps(const ops::Program& program) {
  double steps = 0.0;
  for (const ops::Task& task : program.tasks)
    steps += static_cast<double>(task.total()) * static_cast<double>(task.op.path.size());
  return steps;
}

Evaluator evaluator_for(const ops::Program& program, Fidelity fidelity) {
  if (fidelity == Fidelity::kCost) return Evaluator::kCost;
  if (fidelity == Fidelity::kTiming) return Evaluator::kTiming;
  return simulation_steps(program) <= kTimingBudget * kSimulationStepsPerSecond ? Evaluator::kTiming : Evaluator::kCost;
}

std::optional<double> Reading::gap() const {
  if (evaluator == Evaluator::kCost) return std::nullopt;
  if (result.makespan == Duration()) return 0.0;
  return (result.makespan - bound).seconds() / result.makespan.seconds();
}

Reading read_program(const ops::Program& program, Evaluator evaluator, Periods periods) {
  ops::TimingResult cost = cost::evaluate(program);
  Reading reading{evaluator, {}, cost.makespan};
  if (evaluator == Evaluator::kCost || program.tasks.empty()) {
    reading.result = std::move(cost);
    return reading;
  }
  reading.result = time_in_worker({program, periods == Periods::kSkip});
  check_against_closed_form(program, reading.result, cost);
  return reading;
}

}  // namespace cimera::study
