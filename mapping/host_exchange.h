// Layers that the host executes for a crossbar machine, and tensors on their way to its memory.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mapping/lowering.h"

namespace cimera::mapping {

class HostExchange {
 public:
  explicit HostExchange(Lowering& lowering) : l_(lowering) {}

  /// Adds the task of a layer that the host executes, and the transfers of its operands.
  void lower(std::size_t index);
  /// Brings the network's output to host memory.
  void finish();

 private:
  using Tasks = std::vector<std::pair<ops::TaskId, Loop>>;
  /// Brings a tensor to host memory, once; returns the tasks after which it is there.
  const Tasks& bring(std::size_t index, workloads::TensorId tensor);

  Lowering& l_;
  std::map<workloads::TensorId, Tasks> there_;  ///< what came to host memory, and when
};

}  // namespace cimera::mapping
