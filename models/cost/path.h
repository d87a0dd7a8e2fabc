// How one operation streams through its path of units; shared by the cost and the timing reading.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/duration.h"
#include "models/ops/program.h"

namespace cimera::cost {

/// A hop with its times: all that a passage needs to know of the unit.
struct Stage {
  Duration item;     ///< time that the unit works on one item
  Duration head;     ///< time after which an item's head may enter the next unit
  Duration last;     ///< time that the unit works on what arrives last
  Duration latency;  ///< time from leaving this unit to arriving at the next
  bool held;         ///< nothing else may enter before the last part has passed, even where parts come in slowly
};

/// Whether an operation keeps a unit of this kind to itself while its parts come in. Caches and memories serve others
/// between them: they are busy for what they serve, not for how long it takes to come.
constexpr bool held(ops::UnitKind kind) { return kind != ops::UnitKind::kCache && kind != ops::UnitKind::kMemory; }

/// The stage of one hop of an operation. What arrives last is the share of an item that the unit before passes on at
/// once: a flit, or a whole item; it takes that share of the beats here, in whole beats. `beats`: of an item, where
/// they vary.
inline Stage stage(const ops::Program& program, const ops::Op& op, std::size_t hop, std::int64_t beats) {
  const ops::Hop& here = op.path[hop];
  const ops::Unit& unit = program.unit(here.unit);
  const ops::Hop& before = op.path[hop == 0 ? 0 : hop - 1];
  const std::int64_t last = (beats * before.head_beats() + before.beats - 1) / before.beats;
  return {unit.beat * beats, unit.beat * (here.head == 0 ? beats : here.head), unit.beat * last, unit.latency,
          held(unit.kind)};
}
inline Stage stage(const ops::Program& program, const ops::Op& op, std::size_t hop) {
  return stage(program, op, hop, op.path[hop].beats);
}

/// Progress of one iteration of a task through its path.
struct Flight {
  Duration arrive;  ///< when its head may enter the next unit
  Duration tail;    ///< when its last part arrives there
  bool entered = false;

  /// Enters a unit that is free at `free` and works `service` on all items; returns when the unit is free again. It
  /// cannot finish before it has worked on the last part that arrives.
  Duration enter(Duration free, Duration service, const Stage& stage) {
    const Duration start = std::max(arrive, free);
    const Duration served = start + service;
    const Duration finish = entered ? std::max(served, tail + stage.last) : served;
    entered = true;
    arrive = start + stage.head + stage.latency;
    tail = finish + stage.latency;
    return stage.held ? finish : served;
  }
};

}  // namespace cimera::cost
