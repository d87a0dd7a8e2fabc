#include "mapping/builder.h"

#include <utility>

namespace cimera::mapping {

ProgramBuilder::ProgramBuilder(std::string machine, std::vector<std::string> layer_names) {
  program_.machine = std::move(machine);
  program_.layer_names = std::move(layer_names);
}

ops::TaskId ProgramBuilder::task(ops::Task task) {
  program_.tasks.push_back(std::move(task));
  return ops::TaskId(program_.tasks.size() - 1);
}

void ProgramBuilder::same(ops::TaskId from, ops::TaskId to, const Loop& loop) {
  const ops::Rate one{.a = 1};
  window(from, loop, to, loop, one, one, 0);
}

void ProgramBuilder::barrier(ops::TaskId from, const Loop& from_loop, ops::TaskId to, const Loop& to_loop,
                             std::int64_t capacity, std::int64_t lag) {
  window(from, from_loop, to, to_loop, {.last = from_loop.rows - 1}, {.last = from_loop.columns - 1}, capacity);
  program_.edges.back().lag = lag;
}

void ProgramBuilder::window(ops::TaskId from, const Loop& from_loop, ops::TaskId to, const Loop& to_loop,
                            const ops::Rate& row, const ops::Rate& column, std::int64_t capacity) {
  if (earlier(from)) {
    program_.edges.push_back({.from = from, .to = to, .row = {}, .column = {}, .whole = true});
    return;
  }
  program_.edges.push_back({.from = from,
                            .to = to,
                            .row = row,
                            .column = column,
                            .from_columns = from_loop.columns,
                            .to_columns = to_loop.columns,
                            .lag = 0,
                            .capacity = capacity});
}

ops::Program ProgramBuilder::finish() {
  ops::validate(program_);
  return std::move(program_);
}

}  // namespace cimera::mapping
