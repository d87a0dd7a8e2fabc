// A Program as bytes, for the timing worker; and the worker's answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/ops/beats.h"
#include "models/ops/program.h"
#include "models/ops/timing_result.h"

namespace cimera::ops {

/// What the timing worker is asked: play `program`, or jump over repeated periods.
struct TimingRequest {
  Program program;
  bool skip_periods = true;
  BeatTables beats;           ///< of its variable hops; where iterations differ, no period is skipped
  std::int64_t passages = 0;  ///< give up after so many passages of an iteration through a unit; 0: never
};

std::vector<std::uint8_t> to_bytes(const TimingRequest& request);
std::vector<std::uint8_t> to_bytes(const TimingResult& result);
/// Both throw Error(kRun) when the bytes are not what `to_bytes` wrote.
TimingRequest timing_request(std::span<const std::uint8_t> bytes);
TimingResult timing_result(std::span<const std::uint8_t> bytes);

}  // namespace cimera::ops
