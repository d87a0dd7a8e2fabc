// What the parts of a crossbar mapping share while they make the tasks of a Program.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mapping/builder.h"
#include "mapping/fabric.h"
#include "mapping/host_tasks.h"
#include "mapping/map.h"
#include "mapping/tensor_places.h"
#include "mapping/tile_work.h"

namespace cimera::mapping {

class Lowering {
 public:
  Lowering(const workloads::Network& network, const ops::CrossbarMachine& machine, const ops::HostMachine& host,
           const MapOptions& options, ProgramBuilder& run);

  const workloads::Network& network;
  const ops::CrossbarMachine& machine;
  const MapOptions& options;
  ProgramBuilder& run;
  Fabric fabric;
  HostTasks host;
  TileWork work;                             ///< of the load that is lowered
  std::vector<ops::CrossbarConfig> configs;  ///< by layer
  TensorPlaces places;                       ///< where tensors are computed
  /// Tasks with which an image enters: they read what lies in host memory before the load that is lowered.
  std::vector<std::pair<ops::TaskId, Loop>> entries;

  const workloads::Layer& layer(std::size_t index) const { return network.layers[index]; }
  Loop output_loop(std::size_t index) const { return pixels(network.tensor(layer(index).output).shape); }
  Arrival arrival(workloads::TensorId tensor) const { return work.arrival[tensor.value()]; }
  std::int64_t result_bits() const { return machine.precision.result_bits; }

  ops::Task task(std::size_t layer, std::string name, ops::Work work, std::vector<ops::Hop> path,
                 const Loop& loop) const;

  /// Moves `range` of a tensor from where a slice has it into what a tile's buffer keeps for layer `index`; returns the
  /// slice's copy there. The host sends an image row by row, of an earlier load pixel by pixel.
  Slice send(std::size_t index, workloads::TensorId tensor, const Slice& from, const Range& range, ops::Place tile);

  /// A transfer follows its producer pixel by pixel, or layer by layer when the machine is scheduled so.
  void depend(ops::TaskId from, ops::TaskId to, const Loop& loop);
};

}  // namespace cimera::mapping
