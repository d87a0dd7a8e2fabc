// Layers that the host executes for a crossbar machine, and tensors on their way to its memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mapping/lowering.h"

namespace cimera::mapping {

class HostExchange {
 public:
  explicit HostExchange(Lowering& lowering) : l_(lowering) {}

  /// Adds the task of a layer that the host executes, and the transfers of its operands.
  void lower(std::size_t index);
  /// Brings to host memory what layers from `next` on read, the first that is not lowered yet; behind the last one the
  /// network's output.
  void finish(std::size_t next);

 private:
  /// The slice in host memory; brought there for layer `index` when it is not yet.
  Slice bring(std::size_t index, workloads::TensorId tensor, const Slice& slice);
  /// Brings all of a tensor whose slices these are; adds the tasks after which it is there.
  void bring(std::size_t index, workloads::TensorId tensor, std::vector<Slice>& slices,
             std::map<ops::TaskId, Loop>& arrivals);
  bool leaves(workloads::TensorId tensor, std::size_t next) const;

  Lowering& l_;
  std::map<ops::TaskId, Slice> there_;  ///< what came to host memory, by the task that made it in a tile
};

}  // namespace cimera::mapping
