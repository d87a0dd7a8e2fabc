#include "mapping/reprogramming.h"

#include <variant>

namespace cimera::mapping {
namespace {

using ops::Place;
using ops::TaskId;

Loop loop_of(const ops::Task& task) { return {task.iterations, 1}; }

}  // namespace

void Reprogramming::begin(const std::vector<Part>& parts) {
  run_.next_load();
  written_.clear(), rewritten_.clear();
  for (const Part& part : parts) {
    const Loading loading = loading_.load(part);
    written_.emplace(std::pair(part.tile, part.layer), loading.write);
    const auto before = workers_.find(part.tile);
    if (before == workers_.end()) continue;
    for (const TaskId worker : before->second)
      run_.barrier(worker, loop_of(run_.so_far().task(worker)), loading.move, {});
    rewritten_.emplace(part.tile, loading.write);
  }
  for (const Part& part : parts) workers_.erase(part.tile);
  first_ = run_.so_far().tasks.size();
}

void Reprogramming::end() {
  for (std::size_t t = first_; t < run_.so_far().tasks.size(); ++t) {
    const TaskId id(t);
    const ops::Work& work = run_.so_far().tasks[t].op.work;
    if (const auto* mvm = std::get_if<ops::Mvm>(&work)) {
      wait_for_cells(id, *mvm);
      workers_[mvm->place].push_back(id);
    } else if (const auto* digital = std::get_if<ops::Digital>(&work)) {
      workers_[digital->place].push_back(id);
    } else if (const auto* move = std::get_if<ops::Transfer>(&work)) {
      wait_for_tile(id, move->to);
    }
  }
}

void Reprogramming::wait_for_cells(TaskId task, const ops::Mvm& work) {
  const ops::Task& reader = run_.so_far().task(task);
  run_.barrier(written_.at({work.place, reader.layer}), {}, task, loop_of(reader));
}

void Reprogramming::wait_for_tile(TaskId task, Place tile) {
  const auto write = rewritten_.find(tile);
  if (write != rewritten_.end()) run_.barrier(write->second, {}, task, loop_of(run_.so_far().task(task)));
}

}  // namespace cimera::mapping
