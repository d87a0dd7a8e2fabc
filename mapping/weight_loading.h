// The Program that brings weights from host memory to the tiles and writes them into cells.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mapping/builder.h"
#include "mapping/fabric.h"
#include "mapping/host_tasks.h"
#include "mapping/map.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/host_machine.h"

namespace cimera::mapping {

/// The tasks that bring the weights of a part and write its cells.
struct Loading {
  ops::TaskId move, write;
};

class WeightLoading {
 public:
  /// Adds tasks to `builder`. `configs` by layer. References must outlive it.
  WeightLoading(const workloads::Network& network, const ops::CrossbarMachine& machine, const ops::HostMachine& host,
                const std::vector<ops::CrossbarConfig>& configs, ProgramBuilder& builder);

  /// The weights of a part on their way, and its cells written. Parts of a layer must come in order.
  Loading load(const Part& part);

 private:
  const workloads::Network& network_;
  const ops::CrossbarMachine& machine_;
  const std::vector<ops::CrossbarConfig>& configs_;
  ProgramBuilder& builder_;
  Fabric fabric_;
  HostTasks host_;
  std::map<ops::LayerIndex, std::int64_t> before_;  ///< weights of earlier parts of a layer
};

}  // namespace cimera::mapping
