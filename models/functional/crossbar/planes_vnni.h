// Dot-product kernels with the AVX-512 VNNI instructions, which Highway 1.0.3 does not have.
#pragma once

#include "models/functional/crossbar/planes.h"

namespace cimera::functional {

/// Whether this processor has them; false on other architectures.
bool has_vnni();

/// As PlaneKernels::dot8 and dot16. Call only when has_vnni().
void dot8_vnni(const DotOperands& operands, std::int32_t* sums);
void dot16_vnni(const DotOperands& operands, std::int32_t* sums);

}  // namespace cimera::functional
