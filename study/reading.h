// The time of one Program, by the reading that was asked for, with the closed form beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/duration.h"
#include "models/ops/beats.h"
#include "models/ops/program.h"
#include "models/ops/timing_result.h"
#include "study/experiment.h"

namespace cimera::study {

enum class Evaluator { kCost, kTiming };
std::string to_string(Evaluator evaluator);  ///< "cost", "timing": the values of "evaluator" in results

/// What Fidelity::kAuto allows SystemC for one Program: as many passages of an iteration through a unit as any machine
/// of today plays in kTimingBudget (the rate is our choice; bench/ measures it). Counted, not timed: the same
/// everywhere.
inline constexpr double kTimingBudget = 20.0;  ///< seconds
inline constexpr double kPassagesPerSecond = 1e6;
inline constexpr auto kMostPassages = static_cast<std::int64_t>(kTimingBudget * kPassagesPerSecond);

/// Passages that SystemC plays at least: of all blocks, or of two where it may `skip` the others.
double least_passages(const ops::Program& program, bool skip);

/// How long a Program takes.
struct Reading {
  Evaluator evaluator = Evaluator::kCost;
  ops::TimingResult result;
  Duration bound;  ///< makespan of the closed form, a lower bound

  /// (timing - bound) / timing: the share of the time that only the timing reading sees; none for Evaluator::kCost,
  /// which does not see it.
  std::optional<double> gap() const;
};

/// Reads a Program. The timing reading is checked against the closed form: program operations must be equal, layer by
/// layer, and the makespan no shorter. Throws Error(kRun) when they are not (a fault of cimera), and when the timing
/// worker fails. With Fidelity::kAuto the timing reading is tried with kMostPassages, and the closed form answers where
/// they do not suffice. May be called from several threads at once.
/// `beats`: what data showed of its variable hops; both readings draw from it.
Reading read_program(const ops::Program& program, Fidelity fidelity, Periods periods = Periods::kSkip,
                     const ops::BeatTables& beats = {});

}  // namespace cimera::study
