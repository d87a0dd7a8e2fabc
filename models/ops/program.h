// The Program: what a machine does to run a network, in its own operations; read three ways (values, time, closed
// form).
//
// A Program is a set of tasks. A task repeats one operation over a loop (blocks x iterations per block; a block is one
// image) on a fixed path of hardware units. Edges carry tokens between tasks: iteration i of a consumer starts when
// iteration f(i) of its producer is done, and a bounded buffer holds a producer back until the consumer has freed room.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/duration.h"
#include "core/id.h"
#include "models/ops/event.h"

namespace cimera::ops {

using UnitId = Id<struct UnitTag>;
using TaskId = Id<struct TaskTag>;
using LayerIndex = Id<struct ProgramLayerTag>;  ///< index of the network's layer that a task works for

/// Where values lie: host memory, or a tile, numbered over all chips (chip * tiles of a chip + tile).
using Place = std::int64_t;
inline constexpr Place kHostMemory = -1;

/// What a unit is; the timing reading has one module class per kind.
enum class UnitKind : std::uint8_t {
  kMvmUnit,
  kBuffer,
  kRouterLink,
  kChipLink,
  kDigital,
  kCores,
  kCache,
  kMemory,
  kDispatch
};
std::string to_string(UnitKind kind);

/// Names of points between which units move data: where values of a place lie ("tile 3", "host memory"); the buffer of
/// a tile, into which what comes for a layer is written; a host's caches.
std::string point_of(Place place);
std::string buffer_of(Place tile);
inline constexpr const char* kHostCaches = "host caches";

/// One piece of hardware that serves one operation at a time. A beat is its indivisible step.
struct Unit {
  std::string name;  ///< "tile3.fetch": unique in the Program
  UnitKind kind = UnitKind::kBuffer;
  std::string component;       ///< row of the machine's component table, for state power and reports
  Duration beat;               ///< time of one beat; > 0
  std::int64_t beat_bits = 0;  ///< bits that one beat moves; 0 where a beat moves none
  Duration latency;            ///< added once an item has had its last beat, before the next unit may start on it
  std::vector<std::string> enters = {}, leaves = {};  ///< points from which and to which it moves data; none: no move
};

/// One stage of an operation's path: every item takes `beats` beats of `unit`; its head may enter the next unit after
/// `head` of them (a flit of a packet), or after all (0).
struct Hop {
  UnitId unit;
  std::int64_t beats = 1;
  std::int64_t head = 0;
  bool varies = false;  ///< an item takes as many beats as its data need, `beats` at most (beats.h)

  std::int64_t head_beats() const { return head == 0 ? beats : head; }
};

/// Matrix-vector products on arrays of one tile; an item is one position. Counts are per position. Reads what the
/// tile's buffer holds for this layer; the sums stay in the tile.
struct Mvm {
  Place place = 0;                   ///< a tile
  std::int64_t first = 0, last = 0;  ///< arrays [first, last) of the layer: group slowest, then column, then row block
  std::int64_t steps = 0;            ///< input steps (input bits / DAC bits)
  std::int64_t reads = 0;            ///< sum over arrays of reads of a step: one for each group of rows driven together
  std::int64_t driven_rows = 0;      ///< sum over arrays of mapped rows
  std::int64_t used_columns = 0;     ///< sum over these reads of columns (differential: pairs) converted
  std::int64_t row_sums = 0;         ///< reads whose encoding needs the sum of the inputs (one more shift-add each)
  std::int64_t merges = 0;           ///< additions that join the results of row blocks inside the tile
  std::int64_t fetch_bits = 0;       ///< distinct input bits read from the tile buffer, one way over the bus
  std::int64_t register_bits = 0;    ///< bits streamed from input registers (driven rows x input bits)
  std::int64_t result_bits = 0;      ///< bits of results in output registers
  std::int64_t planes = 0;     ///< bits of an input that are integrated one after another; 0: reads are not serial
  std::int64_t decisions = 0;  ///< of one converter in all steps; 0: reads are not serial
};

/// Elements of a tensor, or partial sums or weight codes of a layer part, moved along the path: from host memory or
/// from what a tile has computed, into host memory or into what a tile's buffer keeps for the layer of the task.
struct Transfer {
  enum class What : std::uint8_t { kActivations, kPartialSums, kWeights } what = What::kActivations;
  std::uint32_t tensor = 0;  ///< tensor of the network (kActivations)
  /// Elements of one image of the tensor; of the layer's output (kPartialSums); weights of the layer, array by array
  /// (kWeights). They move in one block.
  std::int64_t begin = 0, end = 0;
  Place from = kHostMemory, to = kHostMemory;
  std::int64_t element_bits = 0;
  std::int64_t images = 1;  ///< images that move together in one block
};

/// Elementwise or pooling work of a digital unit; `begin`, `end` range over the output elements of the layer; an item
/// is one element. Pooling and additions read their operands from what the tile's buffer keeps for the layer.
struct Digital {
  enum class Function : std::uint8_t { kMerge, kActivate, kAdd, kPool } function = Function::kActivate;
  std::uint32_t layer = 0;          ///< network layer whose function it is
  Place place = 0;                  ///< a tile
  std::int64_t begin = 0, end = 0;  ///< range of elements of one image handled in one block
  std::int64_t element_bits = 0;
  std::int64_t fetch_bits = 0;  ///< bits read from the tile's buffer in one block
};

/// Floating-point work of the host's cores on a whole network layer; an item is one core clock.
struct HostCompute {
  std::uint32_t layer = 0;
  Place place = kHostMemory;  ///< where it reads and writes
  // Per block:
  std::int64_t flops = 0;
  std::int64_t cache_bits = 0;       ///< operands and results, each once
  std::int64_t core_clocks = 0;      ///< clocks that cores are awake, computing or waiting, summed over them
  std::int64_t l2_bits = 0;          ///< between L1 and L2
  std::int64_t l3_bits = 0;          ///< between L2 and L3
  std::int64_t fill_bits = 0;        ///< from memory into caches
  std::int64_t write_back_bits = 0;  ///< from caches to memory
};

/// Cells of some arrays of a layer written, with weights that have come to their tile.
struct WriteCells {
  Place place = 0;                   ///< a tile
  std::int64_t first = 0, last = 0;  ///< arrays [first, last) of the layer, as in Mvm
  std::int64_t cells = 0;
};

using Work = std::variant<Mvm, Transfer, Digital, HostCompute, WriteCells>;

/// One operation, done once per iteration: `items` stream through the hops in order, cut-through (an item goes on as
/// soon as a unit is done with it). The last iteration of a block has `items_last`.
struct Op {
  Work work;
  std::vector<Hop> path;
  std::int64_t items = 1;
  std::int64_t items_last = 1;
};

/// One operation repeated `blocks` x `iterations` times, in order. Iteration i + 1 enters the first unit as soon as
/// that is free; at most `in_flight` iterations are under way (double buffering is 2).
struct Task {
  std::string name;
  LayerIndex layer;
  Op op;
  std::int64_t blocks = 1;      ///< images
  std::int64_t iterations = 1;  ///< per block
  std::int64_t in_flight = 2;

  std::int64_t total() const { return blocks * iterations; }
  std::int64_t items(std::int64_t iteration) const {
    return (iteration + 1) % iterations == 0 ? op.items_last : op.items;
  }
  std::int64_t block_items() const { return (iterations - 1) * op.items + op.items_last; }
};

/// Which indices of a producer's loop an index of a consumer's loop needs, both along one axis: up to
/// ceil((a y + last) / d), and none before ceil((a y + first) / d). A convolution of stride s, kernel k, padding p has
/// a = s, last = k - 1 - p, first = -p; a whole-loop barrier over n has a = 0, last = n - 1, first = 0.
struct Rate {
  std::int64_t a = 0, d = 1, last = 0, first = 0;
};

/// Tokens from a producer to a consumer. Both loops are rows x columns (row-major) within a block; `columns` are given
/// here, rows follow. Iteration (y, x) of block b of the consumer starts when the producer has done block b - lag up to
/// (row.last(y), column.last(x)); when it is done, what lies before (row.first, column.first) of all later iterations
/// is free (the whole block after the last one, everything after the last block). A producer with one block serves
/// every block b >= lag of its consumers; where these have several, all of it stays until they are done. Over a `whole`
/// edge the consumer starts nothing before the producer has done all its blocks; lag and capacity are 0.
struct Edge {
  TaskId from, to;
  Rate row, column;
  std::int64_t from_columns = 1, to_columns = 1;
  std::int64_t lag = 0;
  std::int64_t capacity = 0;  ///< producer iterations that the buffer holds; 0: unbounded
  bool whole = false;         ///< all blocks of the producer are waited for; the rates say nothing then

  /// Producer iterations (flat, all blocks) that must be done before flat consumer iteration i starts.
  std::int64_t needed(const Task& producer, const Task& consumer, std::int64_t i) const;
  /// Producer iterations (flat) that are free for reuse once flat consumer iteration i is done; never falls with i.
  std::int64_t freed(const Task& producer, const Task& consumer, std::int64_t i) const;
};

/// Tasks, units and edges; tasks in an order in which every producer stands before its consumers (lag 0).
struct Program {
  std::string machine;
  std::vector<Unit> units;
  std::vector<Task> tasks;
  std::vector<Edge> edges;
  std::vector<std::string> layer_names;  ///< by LayerIndex

  const Unit& unit(UnitId id) const { return units.at(id.value()); }
  const Task& task(TaskId id) const { return tasks.at(id.value()); }
};

/// Checks ids, positive counts, order, and that no buffer is smaller than the window its consumer needs (which would
/// never finish). Throws Error(kRun) naming the task or edge.
void validate(const Program& program);

}  // namespace cimera::ops
