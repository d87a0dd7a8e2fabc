// One array of a layer on a crossbar machine: where it lies, and what its cells hold.
#pragma once

#include <cstdint>

#include "core/stream.h"
#include "devices/cell_model.h"
#include "models/functional/crossbar/encode.h"
#include "models/functional/crossbar/wired_cells.h"
#include "models/ops/crossbar_machine.h"
#include "workloads/network.h"
#include "workloads/quantize.h"

namespace cimera::functional {

struct Draw;

/// Array i of a layer (index as in ops::Mvm): groups one after the other, in each the column blocks, in each the row
/// blocks.
struct ArrayPlace {
  std::int64_t group;
  int column_block, row_block;
};
inline ArrayPlace place_of(std::int64_t array, std::int64_t row_blocks, std::int64_t column_blocks) {
  return {array / (row_blocks * column_blocks), static_cast<int>(array / row_blocks % column_blocks),
          static_cast<int>(array % row_blocks)};
}

/// The weight codes of a group, and the stream that its cells draw from when they are programmed.
WeightBlock weights_of(const workloads::QuantizedLayer& layer, const workloads::MvmShape& shape, std::int64_t group);
Stream programming_stream(const workloads::QuantizedLayer& layer, std::int64_t group, const Draw& draw);

/// The network of an array and what lies in it.
struct ArrayCircuit {
  ArrayPlace place;
  std::int64_t arrays;          ///< of the layer
  int first_row, first_column;  ///< of the layer's weight matrix
  int rows, weights;            ///< of that matrix, in this array
  SliceRange slices;            ///< of each weight
  WiredCells cells;             ///< with the conductances that a run with the same draw has
};

/// Throws Error(kInput) when the layer has no such array, or the cell no conductance.
ArrayCircuit array_circuit(const ops::CrossbarMachine& machine, const workloads::Network& network,
                           const workloads::QuantizedLayer& layer, const devices::CellModel& cell, const Draw& draw,
                           std::int64_t array);

}  // namespace cimera::functional
