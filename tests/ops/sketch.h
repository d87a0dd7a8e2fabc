// Small Programs written down in a few lines, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/ops/program.h"

namespace cimera::ops {

/// A Program under construction, with one layer. Units are digital and tasks elementwise unless said otherwise, because
/// such a pair always fits.
struct Sketch {
  Program program;

  Sketch() { program.machine = "sketch", program.layer_names = {"layer"}; }

  UnitId unit(const std::string& name, Duration beat, Duration latency = {}, UnitKind kind = UnitKind::kDigital) {
    program.units.push_back({name, kind, name, beat, 64, latency});
    return UnitId(program.units.size() - 1);
  }

  TaskId task(const std::string& name, std::vector<Hop> path, std::int64_t iterations, std::int64_t blocks = 1,
              Work work = Digital{.end = 1000, .element_bits = 16}) {
    Task& task = program.tasks.emplace_back();
    task.name = name;
    task.op.work = std::move(work);
    task.op.path = std::move(path);
    task.iterations = iterations;
    task.blocks = blocks;
    return TaskId(program.tasks.size() - 1);
  }

  Task& at(TaskId id) { return program.tasks[id.value()]; }

  /// Iteration i of `to` needs iteration i of `from`; a starting point for other edges.
  Edge& edge(TaskId from, TaskId to, std::int64_t capacity = 0) {
    Edge& edge = program.edges.emplace_back();
    edge.from = from, edge.to = to, edge.row.a = 1, edge.capacity = capacity;
    return edge;
  }

  /// Every iteration of `to` needs all of a block of `from`.
  Edge& barrier(TaskId from, TaskId to) {
    Edge& made = edge(from, to);
    made.row = {.a = 0, .last = at(from).iterations - 1};
    return made;
  }
};

}  // namespace cimera::ops
