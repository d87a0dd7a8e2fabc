// What a linear crossbar array with resistive wires computes: one matrix.
#pragma once

#include <span>

#include "models/functional/circuit/network.h"

namespace cimera::functional {

/// effective[rows][columns], siemens: the current out of column c into its sense amplifiers is the sum over rows of
/// effective[r][c] * v_r. With ideal wires it is the conductances themselves, bit for bit.
///
/// Direct: inner nodes are eliminated block by block (nested dissection, George 1973, doi:10.1137/0710032) without any
/// subtraction (mesh.h), which takes about 30 n^3 operations for n x n cells. There is neither a tolerance nor a limit
/// of convergence: each element has a relative error of rounding, below 1e-12 for arrays up to 1024 x 1024 with any
/// wires. Runs on all threads; the bits depend neither on their number nor on the processor. Throws Error(kInput) when
/// check() does.
void effective_matrix(const CrossbarNetwork& network, std::span<double> effective);

}  // namespace cimera::functional
