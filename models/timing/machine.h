// All stations and sequencers of one Program, wired up, with what they have counted.
#pragma once

#include <memory>
#include <vector>

#include <systemc>

#include "models/ops/beats.h"
#include "models/ops/serialize.h"
#include "models/ops/timing_result.h"
#include "models/timing/sequencer.h"
#include "models/timing/station.h"

namespace cimera::timing {

class Machine : public FlightPort {
 public:
  /// Plays the program of `request`, which must outlive it; stops the simulation after its passages.
  Machine(const ops::TimingRequest& request, bool reverse_order);

  std::int64_t beats(const FlightState& flight) const override {
    return draws_.beats(flight.task, flight.hop, flight.iteration);
  }
  void granted(const FlightState& flight, const Passage& passage) override;

  bool gave_up() const { return gave_up_; }
  const ops::BeatDraws& draws() const { return draws_; }
  const ops::Program& program() const { return program_; }
  std::vector<std::unique_ptr<Station>>& stations() { return stations_; }
  std::vector<std::unique_ptr<Sequencer>>& sequencers() { return sequencers_; }
  /// By UnitId: what the stations have accounted for so far.
  std::vector<ops::StateTimes> unit_times() const;
  /// By TaskId and hop: when the unit had done what it has done for the task.
  const std::vector<std::vector<Duration>>& released() const { return released_; }
  /// Starts, counts, busy times and waits so far.
  ops::TimingResult& tally() { return tally_; }
  /// After the simulation: what came to each unit last was on its way until it had passed.
  void close_waits();

 private:
  void account_waits(const FlightState& flight, const Passage& passage);

  const ops::Program& program_;
  const ops::BeatDraws draws_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::unique_ptr<Sequencer>> sequencers_;
  ops::TimingResult tally_;
  std::vector<std::vector<Duration>> released_, finished_;  ///< by task and hop
  std::int64_t passages_left_;
  bool gave_up_ = false;
};

}  // namespace cimera::timing
