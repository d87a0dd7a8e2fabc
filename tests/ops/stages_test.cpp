// Which tasks of a Program may be walked through, with all their blocks, before others.

#include "models/ops/stages.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/error_text.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"

namespace cimera::ops {
namespace {

using Stages = std::vector<std::vector<std::size_t>>;

/// Tasks a to f of 3 blocks each on one unit.
struct Six : Sketch {
  std::vector<TaskId> ids;
  Six() {
    const UnitId u = unit("u", Duration::fs(10));
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) ids.push_back(task(name, {{u}}, 2, 3));
  }
  void link(std::size_t from, std::size_t to) { edge(ids[from], ids[to]); }
  void whole(std::size_t from, std::size_t to) { edge(ids[from], ids[to]).whole = true; }
};

TEST(Stages, AreOneWithoutWholeEdges) {
  Six s;
  s.link(0, 3), s.link(3, 5);
  EXPECT_FALSE(staged(s.program));
  EXPECT_EQ(stages(s.program), (Stages{{0, 1, 2, 3, 4, 5}}));
}

TEST(Stages, TasksThatPassOnBlocksAreInTheSame) {
  // c waits for all of a; b, which waits for nothing, gives its blocks to c; d waits for all of c.
  Six s;
  s.whole(0, 2), s.link(1, 2), s.whole(2, 3);
  EXPECT_TRUE(staged(s.program));
  EXPECT_EQ(stages(s.program), (Stages{{0, 4, 5}, {1, 2}, {3}}));
}

TEST(Stages, AProducerWithOneBlockMayBeInAnEarlierOne) {
  Six s;
  s.at(s.ids[1]).blocks = 1;
  s.whole(0, 2), s.link(1, 2), s.link(1, 3);
  EXPECT_EQ(stages(s.program), (Stages{{0, 1, 3, 4, 5}, {2}}));
}

TEST(Stages, EveryEdgeOfARandomProgramLeadsToALaterOneOrStays) {
  int more = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Program program = random_program(seed, {.wholes = true, .tasks = 12});
    const Stages all = stages(program);
    std::vector<std::size_t> of(program.tasks.size(), all.size());
    for (std::size_t s = 0; s < all.size(); ++s)
      for (const std::size_t t : all[s]) of[t] = s;
    for (const std::size_t s : of) ASSERT_LT(s, all.size()) << "a task is in no stage";
    for (const Edge& edge : program.edges) {
      const std::size_t from = of[edge.from.value()], to = of[edge.to.value()];
      if (edge.whole) ASSERT_LT(from, to) << seed;
      else if (program.task(edge.from).blocks > 1) ASSERT_EQ(from, to) << seed;
      else ASSERT_LE(from, to) << seed;
    }
    more += all.size() > 1;
  }
  EXPECT_GT(more, 200);
}

TEST(Stages, ATaskCannotFollowItself) {
  Six s;
  s.whole(0, 1), s.link(0, 1);
  EXPECT_EQ(error_text([&] { validate(s.program); }),
            "[run] program: 'b': it waits for all blocks of a task that waits for it");
}

}  // namespace
}  // namespace cimera::ops
