#include "tests/ops/random_program.h"

#include <algorithm>
#include <string>

#include "core/stream.h"

namespace cimera::ops {
namespace {

constexpr std::int64_t kPs = 1000;  ///< fs

bool moves(UnitKind kind) {
  return kind == UnitKind::kBuffer || kind == UnitKind::kRouterLink || kind == UnitKind::kChipLink ||
         kind == UnitKind::kCache || kind == UnitKind::kMemory;
}

class Builder {
 public:
  Builder(std::uint64_t seed, const Shape& shape) : dice_(seed), shape_(shape) {}

  Program build() {
    program_.machine = "random";
    program_.layer_names = {"one", "two", "three"};
    coarse_ = dice_.chance(50);
    blocks_ = dice_.between(1, shape_.blocks);
    if (shape_.shared_units)
      for (std::int64_t i = dice_.between(1, 4); i > 0; --i) add_unit(random_kind());
    const std::int64_t tasks = dice_.between(1, shape_.tasks);
    for (std::int64_t t = 0; t < tasks; ++t) add_task();
    if (shape_.lags && tasks > 1 && dice_.chance(60)) add_feedback();
    return std::move(program_);
  }

 private:
  UnitKind random_kind() { return static_cast<UnitKind>(dice_.between(0, 7)); }

  /// Coarse times make many things happen in one instant.
  Duration random_time(std::int64_t least) {
    return Duration::fs(coarse_ ? kPs * dice_.between(least, 4) : dice_.between(least, 20'000));
  }

  UnitId add_unit(UnitKind kind) {
    Unit unit;
    unit.name = "unit" + std::to_string(program_.units.size());
    unit.kind = kind;
    unit.component = unit.name;
    unit.beat = random_time(1);
    unit.beat_bits = 8 * dice_.between(1, 600);
    if (dice_.chance(50)) unit.latency = random_time(0);
    if (program_.units.size() % 2 == 1)
      unit.enters = {unit.name + " in"}, unit.leaves = {unit.name + " out", "elsewhere"};
    program_.units.push_back(unit);
    return UnitId(program_.units.size() - 1);
  }

  Hop random_hop() {
    Hop hop;
    hop.unit =
        shape_.shared_units
            ? UnitId(static_cast<std::size_t>(dice_.between(0, static_cast<std::int64_t>(program_.units.size()) - 1)))
            : add_unit(random_kind());
    hop.beats = dice_.between(1, 5);
    hop.head = dice_.chance(50) ? dice_.between(0, hop.beats) : 0;
    return hop;
  }

  /// Work that the units of the path can do.
  Work random_work(const std::vector<Hop>& path) {
    const auto all = [&](auto fits) {
      return std::all_of(path.begin(), path.end(), [&](const Hop& hop) { return fits(program_.unit(hop.unit).kind); });
    };
    const std::int64_t end = dice_.between(1, 1000);
    if (all(moves))
      return Transfer{.what = dice_.one_of<Transfer::What>(
                          {Transfer::What::kActivations, Transfer::What::kPartialSums, Transfer::What::kWeights}),
                      .tensor = dice_.word(),
                      .begin = dice_.between(0, end),
                      .end = end,
                      .from = dice_.between(kHostMemory, 9),
                      .to = dice_.between(kHostMemory, 9),
                      .element_bits = dice_.between(1, 32),
                      .images = dice_.between(1, 3)};
    if (all([](UnitKind kind) { return kind == UnitKind::kBuffer || kind == UnitKind::kMvmUnit; }))
      return Mvm{.place = dice_.between(0, 9),
                 .first = 0,
                 .last = dice_.between(1, 9),
                 .steps = dice_.between(1, 16),
                 .reads = dice_.between(1, 30),
                 .driven_rows = dice_.between(1, 500),
                 .used_columns = dice_.between(1, 500),
                 .row_sums = dice_.between(0, 9),
                 .merges = dice_.between(0, 99),
                 .fetch_bits = dice_.between(0, 9999),
                 .register_bits = dice_.between(0, 9999),
                 .result_bits = dice_.between(0, 9999)};
    if (dice_.chance(30)) return HostCompute{.flops = dice_.between(0, 99999), .cache_bits = dice_.between(0, 9999)};
    if (dice_.chance(30))
      return WriteCells{.place = dice_.between(0, 9), .first = 0, .last = 3, .cells = dice_.between(0, 9999)};
    return Digital{.function = static_cast<Digital::Function>(dice_.between(0, 3)),
                   .layer = dice_.word(),
                   .place = dice_.between(0, 9),
                   .begin = dice_.between(0, end),
                   .end = end,
                   .element_bits = dice_.between(1, 32),
                   .fetch_bits = dice_.between(0, 9999)};
  }

  void add_task() {
    const std::size_t index = program_.tasks.size();
    Task task;
    task.name = "task" + std::to_string(index);
    task.layer = LayerIndex(static_cast<std::size_t>(dice_.between(0, 2)));
    for (std::int64_t hops = dice_.between(1, 4); hops > 0; --hops) task.op.path.push_back(random_hop());
    task.op.work = random_work(task.op.path);
    task.op.items = dice_.between(1, 4);
    task.op.items_last = dice_.between(1, 4);
    if (shape_.varies && dice_.chance(60)) {
      task.op.items = task.op.items_last = 1;
      for (Hop& hop : task.op.path)
        if (dice_.chance(50)) hop.head = 0, hop.varies = true;
    }
    rows_.push_back(dice_.between(1, 4));
    task.iterations = rows_.back() * dice_.between(1, 4);
    task.in_flight = dice_.between(1, 4);
    const std::int64_t from =
        index == 0 || dice_.chance(15) ? -1 : dice_.between(0, static_cast<std::int64_t>(index) - 1);
    const bool whole = shape_.wholes && from >= 0 && dice_.chance(40);
    const bool may_be_once = from < 0 || whole || program_.tasks[static_cast<std::size_t>(from)].blocks == 1;
    task.blocks = shape_.once && may_be_once && dice_.chance(25) ? 1 : blocks_;
    program_.tasks.push_back(task);
    if (from < 0) return;
    if (whole)
      program_.edges.push_back({.from = TaskId(static_cast<std::size_t>(from)),
                                .to = TaskId(index),
                                .row = {},
                                .column = {},
                                .whole = true});
    else add_edge(static_cast<std::size_t>(from), index);
  }

  /// Windows, barriers, one to one and anything between.
  Rate random_rate(std::int64_t n) {
    if (dice_.chance(25)) return {.a = 0, .d = 1, .last = n - 1, .first = 0};
    if (dice_.chance(25)) return {.a = 1};
    const std::int64_t last = dice_.between(-2, n);
    return {.a = dice_.between(0, 3), .d = dice_.between(1, 2), .last = last, .first = dice_.between(-3, last)};
  }

  void add_edge(std::size_t from, std::size_t to) {
    Edge edge;
    edge.from = TaskId(from), edge.to = TaskId(to);
    const Task& producer = program_.tasks[from];
    const Task& consumer = program_.tasks[to];
    edge.from_columns = producer.iterations / rows_[from];
    edge.to_columns = consumer.iterations / rows_[to];
    edge.row = random_rate(rows_[from]);
    edge.column = random_rate(edge.from_columns);
    if (shape_.lags && dice_.chance(25)) edge.lag = dice_.between(1, 2);
    if (shape_.bounded && dice_.chance(80)) {
      // A producer with one block must be held whole by consumers with several.
      std::int64_t window = producer.blocks < consumer.blocks ? producer.iterations : 1;
      for (std::int64_t i = 0; i < consumer.total(); ++i) {
        const std::int64_t freed = i == 0 ? 0 : edge.freed(producer, consumer, i - 1);
        window = std::max(window, edge.needed(producer, consumer, i) - freed);
      }
      edge.capacity = window + dice_.between(0, 3);
      edge.capacity += edge.lag * producer.iterations;
    }
    program_.edges.push_back(edge);
  }

  /// A task with blocks waits for an earlier block of a later one.
  void add_feedback() {
    const std::size_t from = program_.tasks.size() - 1;
    const auto to = static_cast<std::size_t>(dice_.between(0, static_cast<std::int64_t>(from) - 1));
    if (program_.tasks[from].blocks != program_.tasks[to].blocks) return;
    Edge edge;
    edge.from = TaskId(from), edge.to = TaskId(to);
    edge.row = {.a = 0, .last = program_.tasks[from].iterations - 1};
    edge.lag = dice_.between(1, 3);
    program_.edges.push_back(edge);
  }

  Dice dice_;
  const Shape shape_;
  Program program_;
  std::vector<std::int64_t> rows_;  // by task
  std::int64_t blocks_ = 1;
  bool coarse_ = false;
};

}  // namespace

std::uint32_t Dice::word() {
  if (used_ == words_.size()) {
    words_.resize(64);
    Stream({.seed = seed_, .purpose = "random program"}).bits({.line = line_++}, words_);
    used_ = 0;
  }
  return words_[used_++];
}

std::int64_t Dice::between(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(word() % static_cast<std::uint64_t>(high - low + 1));
}

BeatTables random_beats(std::uint64_t seed, const Program& program) {
  Dice dice(seed);
  BeatTables tables{seed, {}};
  for (const Task& task : program.tasks) {
    Histogram& table = tables.tasks.emplace_back();
    std::int64_t most = -1;
    for (const Hop& hop : task.op.path)
      if (hop.varies) most = most < 0 ? hop.beats : std::min(most, hop.beats);
    for (std::int64_t v = 0; v <= most; ++v) table.add(v, dice.between(0, 1) * dice.between(1, 50));
  }
  return tables;
}

Program random_program(std::uint64_t seed, const Shape& shape) { return Builder(seed, shape).build(); }

}  // namespace cimera::ops
