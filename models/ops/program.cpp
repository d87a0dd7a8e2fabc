#include "models/ops/program.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "core/error.h"
#include "core/integers.h"
#include "models/ops/stages.h"

namespace cimera::ops {
namespace {

/// Bits of a memory burst.
constexpr std::int64_t kLongestBurst = std::int64_t{8} << 20;

/// Iterations of a block: their square must fit in 64 bits.
constexpr std::int64_t kLongestLoop = std::int64_t{1} << 31;

void require(bool ok, const std::string& name, std::string_view rule) {
  if (!ok) fail_run("program: '" + name + "': " + std::string(rule));
}

/// The block of the producer that block b of the consumer reads; negative when there is none yet.
std::int64_t producer_block(const Edge& edge, const Task& producer, std::int64_t b) {
  return std::min(b - edge.lag, producer.blocks - 1);
}

/// Whether all blocks of the consumer read the one block of the producer.
bool stays(const Task& producer, const Task& consumer) { return producer.blocks == 1 && consumer.blocks > 1; }

std::int64_t last(const Rate& r, std::int64_t y, std::int64_t n) {
  return std::clamp<std::int64_t>(ceil_div(r.a * y + r.last, r.d), -1, n - 1);
}

std::int64_t first(const Rate& r, std::int64_t y, std::int64_t n) {
  return std::clamp<std::int64_t>(ceil_div(r.a * y + r.first, r.d), 0, n);
}

/// Iterations of one producer block that consumer iteration y of a block needs done.
std::int64_t needed_in_block(const Edge& e, std::int64_t n, std::int64_t y) {
  const std::int64_t row = last(e.row, y / e.to_columns, n / e.from_columns);
  return row < 0 ? 0 : row * e.from_columns + last(e.column, y % e.to_columns, e.from_columns) + 1;
}

/// The first iteration of a producer block that the window of consumer iteration (y, x) can hold; n when it lies behind
/// the block.
std::int64_t window_begin(const Edge& e, std::int64_t n, std::int64_t y, std::int64_t x) {
  const std::int64_t rows = n / e.from_columns;
  const std::int64_t row = first(e.row, y, rows);
  const std::int64_t column = first(e.column, x, e.from_columns);
  return row == rows || column == e.from_columns ? n : row * e.from_columns + column;
}

/// Iterations of one producer block that neither iteration i of a consumer block of m nor a later one needs: what lies
/// before its window, and before that of the next row, which may reach back to the same producer row.
std::int64_t unneeded_in_block(const Edge& e, std::int64_t n, std::int64_t i, std::int64_t m) {
  const std::int64_t y = i / e.to_columns;
  const std::int64_t here = window_begin(e, n, y, i % e.to_columns);
  return y + 1 == m / e.to_columns ? here : std::min(here, window_begin(e, n, y + 1, 0));
}

}  // namespace

std::string to_string(UnitKind kind) {
  switch (kind) {
    case UnitKind::kMvmUnit:
      return "mvm_unit";
    case UnitKind::kBuffer:
      return "buffer";
    case UnitKind::kRouterLink:
      return "router_link";
    case UnitKind::kChipLink:
      return "chip_link";
    case UnitKind::kDigital:
      return "digital";
    case UnitKind::kCores:
      return "cores";
    case UnitKind::kCache:
      return "cache";
    case UnitKind::kMemory:
      return "memory";
    case UnitKind::kDispatch:
      return "dispatch";
  }
  return "unknown";
}

std::string point_of(Place place) { return place == kHostMemory ? "host memory" : "tile " + std::to_string(place); }
std::string buffer_of(Place tile) { return "buffer of " + point_of(tile); }

std::int64_t Edge::needed(const Task& producer, const Task& consumer, std::int64_t i) const {
  if (whole) return producer.total();
  const std::int64_t n = producer.iterations;
  const std::int64_t block = producer_block(*this, producer, i / consumer.iterations);
  return block < 0 ? 0 : block * n + needed_in_block(*this, n, i % consumer.iterations);
}

std::int64_t Edge::freed(const Task& producer, const Task& consumer, std::int64_t i) const {
  const std::int64_t n = producer.iterations;
  const std::int64_t block = producer_block(*this, producer, i / consumer.iterations);
  if (block < 0 || stays(producer, consumer)) return 0;
  const std::int64_t next = i % consumer.iterations + 1;
  return block * n + (next == consumer.iterations ? n : unneeded_in_block(*this, n, next, consumer.iterations));
}

void validate(const Program& program) {
  std::set<std::string_view> names;
  for (const Unit& unit : program.units) {
    require(unit.beat > Duration(), unit.name, "the beat of a unit must be longer than zero");
    require(names.insert(unit.name).second, unit.name, "two units have this name");
    require(unit.kind != UnitKind::kMemory ||
                (unit.beat_bits > 0 && unit.beat_bits % 8 == 0 && unit.beat_bits <= kLongestBurst),
            unit.name, "a beat of a memory must move whole bytes, at least one and at most 2^20");
  }
  for (const Task& task : program.tasks) {
    require(task.blocks > 0 && task.iterations > 0 && task.op.items > 0 && task.op.items_last > 0, task.name,
            "blocks, iterations and items must be positive");
    require(task.iterations <= kLongestLoop, task.name, "a block may have 2^31 iterations at most");
    require(task.in_flight > 0, task.name, "at least one iteration must be allowed in flight");
    require(!task.op.path.empty(), task.name, "an operation needs a path of units");
    require(task.layer.value() < program.layer_names.size(), task.name, "its layer does not exist");
    for (const Hop& hop : task.op.path) {
      require(hop.unit.value() < program.units.size(), task.name, "a unit of its path does not exist");
      require(hop.beats > 0 && hop.head >= 0 && hop.head <= hop.beats, task.name,
              "every hop needs at least one beat an item, and a head within it");
      require(!hop.varies || (hop.head == 0 && task.op.items == 1 && task.op.items_last == 1), task.name,
              "where the beats of an item vary, it is passed on whole, and an iteration has one");
    }
  }
  for (const Edge& edge : program.edges) {
    require(edge.from.value() < program.tasks.size() && edge.to.value() < program.tasks.size(), "edge",
            "a task of the edge does not exist");
    const Task& from = program.task(edge.from);
    const Task& to = program.task(edge.to);
    const std::string name = from.name + " -> " + to.name;
    for (const Rate& rate : {edge.row, edge.column})
      require(rate.d > 0 && rate.a >= 0, name, "a rate must not be negative");
    require(edge.lag >= 0 && edge.capacity >= 0, name, "lag and capacity must not be negative");
    require(edge.from_columns > 0 && from.iterations % edge.from_columns == 0 && edge.to_columns > 0 &&
                to.iterations % edge.to_columns == 0,
            name, "columns must divide the loops");
    require(from.blocks == 1 || from.blocks == to.blocks || edge.whole, name,
            "both tasks must have the same blocks, or the producer one, or the edge must be whole");
    require(!edge.whole || (edge.lag == 0 && edge.capacity == 0), name, "a whole edge has neither lag nor capacity");
    require(edge.lag > 0 || edge.from < edge.to, name, "a producer must stand before its consumer");
    if (edge.capacity == 0) continue;
    for (std::int64_t y = 0; y < to.iterations; ++y) {
      const std::int64_t gone = y == 0 ? 0 : unneeded_in_block(edge, from.iterations, y, to.iterations);
      const std::int64_t window = stays(from, to) ? from.iterations : needed_in_block(edge, from.iterations, y) - gone;
      require(window <= edge.capacity, name,
              "its buffer holds " + std::to_string(edge.capacity) + " iterations but the consumer needs " +
                  std::to_string(window) + " at once");
    }
  }
  stages(program);  // refuses what can have none
}

}  // namespace cimera::ops
