// A task as a SystemC module: issues its iterations when tokens, buffer room and earlier iterations allow.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include <systemc>

#include "models/ops/program.h"
#include "models/timing/station.h"

namespace cimera::timing {

class Sequencer : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Sequencer);
  Sequencer(sc_core::sc_module_name name, std::uint32_t index, const ops::Task& task, Station& first);

  /// Declares an edge; both ends must outlive the sequencer.
  void add_input(const ops::Edge& edge, Sequencer& producer);
  /// The iteration issued first among those under way is done at `at`.
  void completes(Duration at);
  /// Takes `iterations` off the end of the loop; they must not have been issued.
  void shorten(std::int64_t iterations);

  const ops::Task& task() const { return task_; }
  std::int64_t total() const { return total_; }
  std::int64_t issued() const { return issued_; }
  std::int64_t done() const { return done_; }
  bool finished() const { return done_ == total_; }
  const std::deque<Duration>& completions() const { return completions_; }
  Duration last_done() const { return last_done_; }

  /// What the next iteration waited for when that was last looked at.
  ops::Wait waits_for() const { return held_now_; }

  /// Called with the number of blocks done, each time a block is.
  std::function<void(const Sequencer&)> on_block;

 private:
  struct Link {
    const ops::Edge* edge;
    Sequencer* other;
  };

  void advance();
  void collect();
  /// What keeps the next iteration from being issued; none when it may be.
  std::optional<ops::Wait> held() const;
  void wake() { wake_.notify(sc_core::SC_ZERO_TIME); }
  void wake_for_completion();

  const std::uint32_t index_;
  const ops::Task& task_;
  Station& first_;
  std::vector<Link> inputs_, outputs_;
  std::int64_t total_, issued_ = 0, done_ = 0;
  std::deque<Duration> completions_;
  Duration last_done_;
  /// What held the next iteration when the last instant ended in which that was looked at, and what holds it in this
  /// one so far: within an instant it depends on the order of processes.
  ops::Wait held_before_ = ops::Wait::kInputs, held_now_ = ops::Wait::kInputs;
  Duration looked_at_;
  sc_core::sc_event wake_;
};

}  // namespace cimera::timing
