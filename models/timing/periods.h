// Watches the ends of blocks, and jumps over blocks that would repeat earlier ones exactly.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <systemc>

#include "models/timing/machine.h"

namespace cimera::timing {

class Periods : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Periods);
  Periods(sc_core::sc_module_name name, Machine& machine, bool skip);

  /// Writes makespan, block ends, task ends and the skipped part into `result`, after the simulation.
  void finish(ops::TimingResult& result) const;

 private:
  struct Snapshot {
    std::int64_t block = 0;
    Duration time;
    std::vector<ops::Counts> counts;
    std::vector<std::vector<Duration>> busy;
    std::vector<std::vector<ops::WaitTimes>> waits;
    std::vector<ops::StateTimes> units;
  };

  void block_done(const Sequencer& sequencer);
  void look();
  std::string state() const;
  void jump(const Snapshot& earlier, const Snapshot& later);

  Machine& machine_;
  bool skip_;
  std::int64_t blocks_ = 1;
  std::vector<std::int64_t> tasks_done_;  ///< by block: tasks that have finished it
  std::int64_t looping_ = 0;              ///< tasks with more than one block
  std::int64_t longest_lag_ = 0;          ///< blocks before which some edge finds no earlier block
  std::int64_t done_ = 0;                 ///< blocks that all tasks have finished
  std::vector<Duration> block_end_;
  std::map<std::string, Snapshot> seen_;  ///< by state
  std::size_t remembered_ = 0;            ///< bytes of the states in `seen_`
  int settle_ = 0;
  std::int64_t skipped_ = 0;     ///< blocks jumped over
  std::int64_t period_ = 1;      ///< blocks of one period
  std::int64_t jump_block_ = 0;  ///< blocks done when jumping
  Duration period_time_, shift_, jump_time_;
  std::vector<ops::Counts> extra_counts_;
  std::vector<std::vector<Duration>> extra_busy_;
  std::vector<std::vector<ops::WaitTimes>> extra_waits_;
  std::vector<ops::StateTimes> extra_units_;
  sc_core::sc_event look_;
};

}  // namespace cimera::timing
