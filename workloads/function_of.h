// From functions of the network IR to those of kernels/.
#pragma once

#include "kernels/elementwise.h"
#include "workloads/operator.h"

namespace cimera::workloads {

kernels::Function function_of(UnaryKind kind);

}  // namespace cimera::workloads
