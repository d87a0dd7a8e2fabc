// The work of a host: layers on its cores, and its memory as one end of transfers. Used by the host's own mapping and
// by machines that it serves.
#pragma once

#include <cstdint>
#include <string>

#include "mapping/builder.h"
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
  ops::Hop cache(std::int64_t bits);
  /// A task that runs `layer` for `images` images a block in `tiles` equal parts.
  ops::Task compute(const workloads::Network& network, std::size_t layer, std::int64_t blocks, std::int64_t images,
                    std::int64_t tiles);

 private:
  ops::Hop cores(std::int64_t flops_per_tile, bool product, Seconds dispatch);

  ProgramBuilder& builder_;
  const ops::HostMachine& host_;
  std::string prefix_;
};

/// The tensor whose values `tensor` shows under another shape: itself, or what a chain of Reshapes began with.
workloads::TensorId reshaped_from(const workloads::Network& network, workloads::TensorId tensor);

/// Bits of a tensor of one image in fp32.
std::int64_t tensor_bits(const workloads::Network& network, workloads::TensorId id);

}  // namespace cimera::mapping
