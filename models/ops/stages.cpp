#include "models/ops/stages.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "core/error.h"

namespace cimera::ops {
namespace {

/// Sets of tasks that exchange blocks; each is called after one of its tasks.
class Groups {
 public:
  explicit Groups(std::size_t tasks) : parent_(tasks) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

  std::size_t of(std::size_t task) {
    while (parent_[task] != task) task = parent_[task] = parent_[parent_[task]];
    return task;
  }
  void join(std::size_t a, std::size_t b) { parent_[of(b)] = of(a); }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

bool staged(const Program& program) { return std::ranges::any_of(program.edges, &Edge::whole); }

std::vector<std::vector<std::size_t>> stages(const Program& program) {
  const std::size_t tasks = program.tasks.size();
  std::vector<std::int64_t> stage(tasks);  // of a group, by the task that it is called after
  Groups groups(tasks);
  for (const Edge& edge : program.edges)
    if (!edge.whole && program.task(edge.from).blocks > 1) groups.join(edge.from.value(), edge.to.value());
  // The longest way over whole edges. There are no more stages than tasks.
  for (bool moved = staged(program); moved;) {
    moved = false;
    for (const Edge& edge : program.edges) {
      const std::int64_t earliest = stage[groups.of(edge.from.value())] + (edge.whole ? 1 : 0);
      std::int64_t& own = stage[groups.of(edge.to.value())];
      if (earliest <= own) continue;
      if (earliest >= static_cast<std::int64_t>(tasks))
        fail_run("program: '" + program.task(edge.to).name + "': it waits for all blocks of a task that waits for it");
      own = earliest;
      moved = true;
    }
  }
  std::vector<std::vector<std::size_t>> by_stage(1);
  for (std::size_t t = 0; t < tasks; ++t) {
    const auto at = static_cast<std::size_t>(stage[groups.of(t)]);
    if (at >= by_stage.size()) by_stage.resize(at + 1);
    by_stage[at].push_back(t);
  }
  return by_stage;
}

}  // namespace cimera::ops
