// Where the tensors of a network lie in the memory of the host that runs it.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/network.h"

namespace cimera::mapping {

inline constexpr std::int64_t kHostElementBits = 32;  ///< a host computes in FP32

/// A part of memory, in elements.
struct Region {
  std::int64_t begin = 0, size = 0;
};

struct HostMemory {
  std::vector<Region> regions;  ///< by tensor; those of a chain of Reshapes are one
  std::int64_t end = 0;         ///< behind the last of them

  /// A further region behind all others, from a multiple of `page` elements on.
  Region append(std::int64_t size, std::int64_t page);
};

/// As runtimes for inference plan it: constants, the input, the output, and keys and values that are kept have regions
/// of their own; any other tensor takes the smallest free region that is large enough, which is free again behind the
/// last layer that reads the tensor. An elementwise layer that is the last to read an operand of the size of its result
/// writes over it. Regions begin at multiples of `page` elements; the images of a batch lie in one tensor, one behind
/// the other.
HostMemory plan_memory(const workloads::Network& network, std::int64_t batch, std::int64_t page);

}  // namespace cimera::mapping
