// The work of a host: layers on its cores, and its memory as one end of transfers. Used by the host's own mapping and
// by machines that it serves.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mapping/builder.h"
#include "mapping/host_loops.h"
#include "models/ops/host_machine.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// The point where a host's memory meets its caches and the links of the chips that it serves.
inline constexpr const char* kHostBus = "host bus";

class HostTasks {
 public:
  /// `prefix` stands before component and unit names ("host." when the host serves another machine).
  HostTasks(ProgramBuilder& builder, const ops::HostMachine& host, std::string prefix);

  ops::Hop memory(std::int64_t bits);
  /// The last-level cache, as a way of data from or to memory.
  ops::Hop cache(std::int64_t bits);

  /// How many cores a layer of `images` images is given: 1, 2, 4, .. or all, whichever is done first by the closed form
  /// of its work and of starting them.
  std::int64_t cores_for(const workloads::Network& network, std::size_t layer, std::int64_t images) const;
  /// A task that runs `layer` for `images` images a block on the cores of `traffic`.
  ops::Task compute(const workloads::Network& network, std::size_t layer, std::int64_t blocks, std::int64_t images,
                    const HostTraffic& traffic);
  /// The same of one image a block for a machine that this host serves: operands come from outside, through memory;
  /// constants may have stayed in the caches.
  ops::Task serve(const workloads::Network& network, std::size_t layer, std::int64_t blocks);

 private:
  /// Clocks of a core for `share` of the arithmetic of a layer.
  std::int64_t clocks(const workloads::Network& network, const workloads::Layer& layer, std::int64_t images,
                      double share) const;
  Duration dispatch(std::int64_t cores) const;
  ops::Hop level(const std::string& name, const ops::HostCache& cache, std::int64_t lines_of_a_core);
  /// Lines of one core at the last level, or as many as pass while it waits for memory.
  std::int64_t l3_lines(const HostTraffic& traffic) const;

  ProgramBuilder& builder_;
  const ops::HostMachine& host_;
  std::string prefix_;
  std::map<std::vector<std::int64_t>, HostTraffic> served_;  ///< by signature of the layer
};

/// Whether a layer on the host's own is computed in one pass with the layer before it: an elementwise function of what
/// a product or an operation on two operands has just made, and nobody else reads.
bool fused(const workloads::Network& network, const workloads::Layer& layer);

/// The tensor whose values `tensor` shows under another shape: itself, or what a chain of Reshapes began with.
workloads::TensorId reshaped_from(const workloads::Network& network, workloads::TensorId tensor);

/// Bits of a tensor of one image in fp32.
std::int64_t tensor_bits(const workloads::Network& network, workloads::TensorId id);

}  // namespace cimera::mapping
