// What validate() refuses: each rule by one broken Program, and its message.

#include <functional>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "models/ops/program.h"
#include "tests/core/error_text.h"
#include "tests/ops/sketch.h"

namespace cimera::ops {
namespace {

/// Two units, two tasks of six iterations and two blocks, one edge; valid.
Sketch sound() {
  Sketch s;
  const UnitId a = s.unit("a", Duration::fs(10)), b = s.unit("b", Duration::fs(20));
  const TaskId first = s.task("first", {{a}}, 6, 2), second = s.task("second", {{a}, {b, 2, 1}}, 6, 2);
  s.edge(first, second, 3);
  return s;
}

std::string refusal(const std::function<void(Program&)>& damage) {
  Program program = sound().program;
  damage(program);
  return error_text([&] { validate(program); });
}

TEST(Validate, AcceptsASoundProgram) {
  EXPECT_EQ(refusal([](Program&) {}), "no error");
}

TEST(Validate, RefusesBrokenUnits) {
  EXPECT_EQ(refusal([](Program& p) { p.units[0].beat = {}; }),
            "[run] program: 'a': the beat of a unit must be longer than zero");
  EXPECT_EQ(refusal([](Program& p) { p.units[1].name = "a"; }), "[run] program: 'a': two units have this name");
  const std::string bytes =
      "[run] program: 'a': a beat of a memory must move whole bytes, at least one and at most 2^20";
  for (const std::int64_t bits : {std::int64_t{0}, std::int64_t{12}, (std::int64_t{8} << 20) + 8}) {
    EXPECT_EQ(refusal([bits](Program& p) {
                p.units[0].kind = UnitKind::kMemory;
                p.units[0].beat_bits = bits;
              }),
              bytes);
  }
}

TEST(Validate, RefusesBrokenTasks) {
  const std::string positive = "[run] program: 'first': blocks, iterations and items must be positive";
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].blocks = 0; }), positive);
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].iterations = -1; }), positive);
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].op.items = 0; }), positive);
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].op.items_last = 0; }), positive);
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].iterations = (std::int64_t{1} << 31) + 1; }),
            "[run] program: 'first': a block may have 2^31 iterations at most");
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].in_flight = 0; }),
            "[run] program: 'first': at least one iteration must be allowed in flight");
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].op.path.clear(); }),
            "[run] program: 'first': an operation needs a path of units");
  EXPECT_EQ(refusal([](Program& p) { p.tasks[1].layer = LayerIndex(1); }),
            "[run] program: 'second': its layer does not exist");
  EXPECT_EQ(refusal([](Program& p) { p.tasks[1].op.path[1].unit = UnitId(2); }),
            "[run] program: 'second': a unit of its path does not exist");
  const std::string head = "[run] program: 'second': every hop needs at least one beat an item, and a head within it";
  EXPECT_EQ(refusal([](Program& p) { p.tasks[1].op.path[1].head = 3; }), head);
  EXPECT_EQ(refusal([](Program& p) { p.tasks[1].op.path[1].head = -1; }), head);
  EXPECT_EQ(refusal([](Program& p) { p.tasks[1].op.path[0].beats = 0; }), head);
}

TEST(Validate, RefusesBrokenEdges) {
  const std::string name = "[run] program: 'first -> second': ";
  EXPECT_EQ(refusal([](Program& p) { p.edges[0].to = TaskId(7); }),
            "[run] program: 'edge': a task of the edge does not exist");
  EXPECT_EQ(refusal([](Program& p) { p.edges[0].row.a = -1; }), name + "a rate must not be negative");
  EXPECT_EQ(refusal([](Program& p) { p.edges[0].column.d = 0; }), name + "a rate must not be negative");
  EXPECT_EQ(refusal([](Program& p) { p.edges[0].lag = -1; }), name + "lag and capacity must not be negative");
  EXPECT_EQ(refusal([](Program& p) { p.edges[0].from_columns = 4; }), name + "columns must divide the loops");
  EXPECT_EQ(refusal([](Program& p) { p.tasks[0].blocks = 3; }),
            name + "both tasks must have the same blocks, or the producer one, or the edge must be whole");
  const std::string whole = name + "a whole edge has neither lag nor capacity";
  EXPECT_EQ(refusal([](Program& p) { p.edges[0].whole = true; }), whole);
  EXPECT_EQ(refusal([](Program& p) { p.edges[0].whole = true, p.edges[0].capacity = 0, p.edges[0].lag = 1; }), whole);
  EXPECT_EQ(refusal([](Program& p) {
              p.edges[0].whole = true, p.edges[0].capacity = 0;
              p.tasks[1].blocks = 1;
            }),
            "no error");
  EXPECT_EQ(refusal([](Program& p) { std::swap(p.edges[0].from, p.edges[0].to); }),
            "[run] program: 'second -> first': a producer must stand before its consumer");
  EXPECT_EQ(refusal([](Program& p) {
              std::swap(p.edges[0].from, p.edges[0].to);
              p.edges[0].lag = 1;
            }),
            "no error");
}

TEST(Validate, RefusesABufferBelowTheWindow) {
  // 3 x 3, padding 1 on 4 x 4: output (1, x) needs rows 0 to 2 up to column x + 1 while row 0 from column x - 1 is
  // held: 2 x 4 + 3 inputs.
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10));
  const TaskId from = s.task("from", {{u}}, 16), to = s.task("to", {{u}}, 16);
  Edge& edge = s.edge(from, to);
  edge.row = edge.column = {.a = 1, .last = 1, .first = -1};
  edge.from_columns = edge.to_columns = 4;
  edge.capacity = 11;
  EXPECT_EQ(error_text([&] { validate(s.program); }), "no error");
  edge.capacity = 10;
  EXPECT_EQ(error_text([&] { validate(s.program); }),
            "[run] program: 'from -> to': its buffer holds 10 iterations but the consumer needs 11 at once");
}

TEST(Validate, ABufferForAllBlocksHoldsTheWholeOfAProducerWithOne) {
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10));
  const TaskId once = s.task("once", {{u}}, 6), to = s.task("to", {{u}}, 6, 2);
  s.edge(once, to, 6);
  EXPECT_EQ(error_text([&] { validate(s.program); }), "no error");
  s.program.edges[0].capacity = 5;
  EXPECT_EQ(error_text([&] { validate(s.program); }),
            "[run] program: 'once -> to': its buffer holds 5 iterations but the consumer needs 6 at once");
}

}  // namespace
}  // namespace cimera::ops
