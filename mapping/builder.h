// Puts a Program together: units on demand by name, tasks, and the usual kinds of edges.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>

#include "models/ops/program.h"

namespace cimera::mapping {

/// The loop of a task within a block.
struct Loop {
  std::int64_t rows = 1, columns = 1;
  std::int64_t size() const { return rows * columns; }
};

class ProgramBuilder {
 public:
  ProgramBuilder(std::string machine, std::vector<std::string> layer_names);

  const std::string& machine() const { return program_.machine; }  ///< name of the machine

  /// The unit of this name; made the first time.
  ops::UnitId unit(const ops::Unit& unit) {
    return this->unit(unit.name, [&] { return unit; });
  }
  /// The same; `make` is called the first time only, and gives a unit without a name.
  template <class Make>
  ops::UnitId unit(std::string name, const Make& make) {
    const auto [found, fresh] = units_.try_emplace(std::move(name), program_.units.size());
    if (fresh) program_.units.emplace_back(make()).name = found->first;
    return found->second;
  }
  const ops::Unit& at(ops::UnitId id) const { return program_.unit(id); }
  ops::TaskId task(ops::Task task);

  /// Tasks so far, and their edges.
  const ops::Program& so_far() const { return program_; }

  /// Begins another load of weights: what it needs of tasks of earlier ones is there when these have done all blocks,
  /// so the edges below, when they lead from one of those to a later one, are whole.
  void next_load() { load_ = program_.tasks.size(); }
  /// Whether a task belongs to an earlier load.
  bool earlier(ops::TaskId task) const { return task.value() < load_; }

  /// The consumer's iteration (y, x) needs the producer's iteration (y, x).
  void same(ops::TaskId from, ops::TaskId to, const Loop& loop);
  /// Every iteration of the consumer needs the producer's whole block. `lag` blocks earlier.
  void barrier(ops::TaskId from, const Loop& from_loop, ops::TaskId to, const Loop& to_loop, std::int64_t capacity = 0,
               std::int64_t lag = 0);
  /// Sliding windows.
  void window(ops::TaskId from, const Loop& from_loop, ops::TaskId to, const Loop& to_loop, const ops::Rate& row,
              const ops::Rate& column, std::int64_t capacity);

  /// The finished Program, validated.
  ops::Program finish();

 private:
  ops::Program program_;
  std::unordered_map<std::string, ops::UnitId> units_;
  std::size_t load_ = 0;  ///< its first task
};

}  // namespace cimera::mapping
