// Some images on their way through a Program: its tasks executed one after another.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/functional/dependencies.h"
#include "models/functional/evaluate.h"
#include "models/functional/input_codes.h"
#include "models/functional/resident.h"
#include "models/functional/store.h"
#include "models/ops/op_stats.h"
#include "models/ops/program.h"
#include "workloads/inference.h"
#include "workloads/quantize.h"

namespace cimera::functional {

/// What a Walk goes through; the same for all of them. References must outlive them.
struct Course {
  const ops::Program& program;
  const workloads::Network& network;
  const workloads::QuantizedNetwork& quantized;
  const Resident* resident;                 ///< null for a host machine
  std::vector<std::vector<Slot>> last_use;  ///< by task: what no later one reads or writes
  std::vector<workloads::TensorId> origin;  ///< by tensor: the one whose values it shows, see store.h
  std::vector<std::int64_t> order;          ///< by tensor: how its values lie, see workloads/position_order.h
  Dependencies dependencies;
};

class Walk {
 public:
  /// Images [first, first + count) of a data set: `input` [count][elements of the network input] lies in host memory.
  /// `ordered`: whether the order of the tasks is checked against the Program's edges; it is the same for all images,
  /// so one Walk of many has to.
  Walk(const Course& course, std::int64_t first, std::int64_t count, workloads::Values input, bool ordered);

  /// Executes all tasks; returns the output that lies in host memory. Throws Error(kRun) when an operation reads what
  /// has not come to its place, naming task, elements and place, when something is made or delivered twice, and
  /// (`ordered`) when no chain of edges makes a task wait for the one that makes or brings what it reads.
  workloads::Values run();

  const ops::OpStats& stats() const { return stats_; }
  /// Has `seen` called, which must live as long, with what arrays give.
  void observe(const ProductObserver& seen) { seen_ = &seen; }

 private:
  using Values = workloads::Values;

  void execute(const ops::Task& task);
  void transfer(const ops::Transfer& work);
  void transfer_sums(const ops::Transfer& work);
  void multiply(const ops::Mvm& work);
  void compute(const ops::Digital& work);
  void merge(const ops::Digital& work);
  Values activate(const ops::Digital& work);
  Values scaled_sums(const ops::Digital& work);
  Values pool(const ops::Digital& work);
  Values add(const ops::Digital& work);
  void on_host(const ops::HostCompute& work);

  /// Rounds what is written of a tensor to its codes, where it is kept in codes.
  void snap(workloads::TensorId tensor, std::span<float> values) const;
  Values unary(const workloads::Layer& layer, std::span<const float> x) const;

  /// Elements `range` of a tensor from a slot, [count][range.size()]; fails when any is missing there. In `scratch`
  /// where they are not stored as one.
  std::span<const float> read(const Slot& slot, const Range& range, Values& scratch);
  /// The same of a whole tensor.
  const Values& whole(const Slot& slot, const Range& range, Values& scratch);
  void require(const Slot& slot, const Range& range);
  /// Fails unless edges make the task wait for all `makers` of what it reads: `what` says of what and where.
  void wait_for(const std::vector<std::uint32_t>& makers, const std::function<std::string()>& what) const;
  template <class T>
  void wait_for(const Pieces<T>& pieces, const Range& range, const std::function<std::string()>& what) const {
    for (const Piece<T>& piece : pieces.all())
      if (intersect(piece.range, range).size() > 0) wait_for(piece.makers, what);
  }
  std::string sums_in(const Range& range, ops::Place place) const;
  void move_in_host(const ops::Transfer& work, const Range& range);
  void put(const Slot& slot, const Range& range, Values values);
  /// Bits out of a tile's buffer, over its bus.
  void count_fetch(std::int64_t bits);

  Slot values_slot(ops::Place place, workloads::TensorId tensor) const;
  Slot inputs_slot(ops::Place place, workloads::TensorId tensor) const;
  Slot sums_slot(Slot::Kind kind, ops::Place place) const;
  std::uint32_t task_index() const { return static_cast<std::uint32_t>(task_ - course_.program.tasks.data()); }
  std::string name(workloads::TensorId tensor) const { return "'" + course_.network.tensor(tensor).name + "'"; }
  std::int64_t elements(workloads::TensorId tensor) const;
  /// What is counted of the task's items, whose beats vary.
  ops::Histogram& beats();
  ops::Counts& counts() { return stats_.layer_counts[task_->layer.value()]; }

  const Course& course_;
  std::int64_t first_, count_;
  const ProductObserver* seen_ = nullptr;
  bool ordered_;
  const ops::Task* task_ = nullptr;  ///< the one that is executed
  Stores stores_;
  ops::OpStats stats_;
  struct Arrays {
    InputCodes codes;
    std::vector<bool> read;  ///< by array
  };
  std::map<std::uint32_t, Arrays> arrays_;                      ///< by layer, until all its arrays are read
  std::map<std::uint32_t, std::vector<std::uint32_t>> cached_;  ///< by layer: tasks that bring a host's caches its data
};

}  // namespace cimera::functional
