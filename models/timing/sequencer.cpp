#include "models/timing/sequencer.h"

#include "models/timing/sc_duration.h"

namespace cimera::timing {

Sequencer::Sequencer(sc_core::sc_module_name name, std::uint32_t index, const ops::Task& task, Station& first)
    : sc_module(name), index_(index), task_(task), first_(first), total_(task.total()) {
  SC_METHOD(advance);
  sensitive << wake_;
}

void Sequencer::add_input(const ops::Edge& edge, Sequencer& producer) {
  inputs_.push_back({&edge, &producer});
  producer.outputs_.push_back({&edge, this});
}

void Sequencer::completes(Duration at) {
  completions_.push_back(at);
  if (completions_.size() == 1) wake_for_completion();
}

/// An event has one pending notification, and the earlier one wins.
void Sequencer::wake_for_completion() { wake_.notify(to_sc(completions_.front() - now())); }

void Sequencer::shorten(std::int64_t iterations) { total_ -= iterations; }

std::optional<ops::Wait> Sequencer::held() const {
  if (issued_ - done_ >= task_.in_flight) return ops::Wait::kPath;
  for (const Link& in : inputs_)
    if (in.other->done_ < in.edge->needed(in.other->task_, task_, issued_)) return ops::Wait::kInputs;
  for (const Link& out : outputs_) {
    if (out.edge->capacity == 0 || out.other->finished()) continue;
    const std::int64_t seen = out.other->done_;
    const std::int64_t freed = seen == 0 ? 0 : out.edge->freed(task_, out.other->task_, seen - 1);
    if (issued_ >= freed + out.edge->capacity) return ops::Wait::kRoom;
  }
  return std::nullopt;
}

void Sequencer::collect() {
  const std::int64_t before = done_;
  while (!completions_.empty() && completions_.front() <= now()) {
    last_done_ = completions_.front();
    completions_.pop_front();
    ++done_;
    if (done_ % task_.iterations == 0 && on_block) on_block(*this);
  }
  if (done_ == before) return;
  for (const Link& out : outputs_) out.other->wake();
  for (const Link& in : inputs_)
    if (in.edge->capacity > 0) in.other->wake();
}

void Sequencer::advance() {
  collect();
  if (looked_at_ != now()) held_before_ = held_now_;
  looked_at_ = now();
  for (; issued_ < total_; ++issued_) {
    if (const std::optional<ops::Wait> held = this->held()) {
      held_now_ = *held;
      break;
    }
    FlightState flight;
    flight.task = index_;
    flight.iteration = issued_;
    flight.path.arrive = flight.issued = now();
    flight.held_by = held_before_;
    first_.request(flight);
  }
  if (!completions_.empty()) wake_for_completion();
}

}  // namespace cimera::timing
