// Programs with tasks or edges left out, repeated or in another order; for tests.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "core/error.h"
#include "models/ops/program.h"

namespace cimera::test {

/// The indices of all tasks, in order.
inline std::vector<std::size_t> order(const ops::Program& program) {
  std::vector<std::size_t> indices(program.tasks.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

/// The Program whose task i is task order[i] of `program`: tasks left out lose their edges, those that come twice have
/// them twice.
inline ops::Program reordered(const ops::Program& program, const std::vector<std::size_t>& order) {
  ops::Program changed = program;
  changed.tasks.clear();
  changed.edges.clear();
  std::vector<std::vector<std::size_t>> now(program.tasks.size());
  for (const std::size_t t : order) {
    now[t].push_back(changed.tasks.size());
    changed.tasks.push_back(program.tasks[t]);
  }
  for (const ops::Edge& edge : program.edges)
    for (const std::size_t from : now[edge.from.value()])
      for (const std::size_t to : now[edge.to.value()]) {
        ops::Edge& copy = changed.edges.emplace_back(edge);
        copy.from = ops::TaskId(from), copy.to = ops::TaskId(to);
      }
  return changed;
}

inline ops::Program without_task(const ops::Program& program, std::size_t t) {
  std::vector<std::size_t> kept = order(program);
  kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(t));
  return reordered(program, kept);
}

/// Without the edges between tasks of these names; throws where there are none.
inline ops::Program without_edge(ops::Program program, const std::string& from, const std::string& to) {
  const auto erased = std::erase_if(program.edges, [&](const ops::Edge& edge) {
    return program.task(edge.from).name == from && program.task(edge.to).name == to;
  });
  if (erased == 0) fail_run("no edge leads from '" + from + "' to '" + to + "'");
  return program;
}

/// Whether edges of lag 0 lead from one task to another.
inline bool reaches(const ops::Program& program, ops::TaskId from, ops::TaskId to) {
  std::vector<bool> reached(program.tasks.size());
  reached[from.value()] = true;
  for (std::size_t t = from.value() + 1; t <= to.value(); ++t)  // producers stand before their consumers
    for (const ops::Edge& edge : program.edges)
      if (edge.lag == 0 && edge.to.value() == t && reached[edge.from.value()]) reached[t] = true;
  return reached[to.value()];
}

}  // namespace cimera::test
