#include "models/functional/placed_array.h"

#include <fmt/format.h>

#include "core/error.h"
#include "models/functional/crossbar/array_part.h"
#include "models/functional/crossbar/programmed_levels.h"
#include "models/functional/evaluate.h"

namespace cimera::functional {

WeightBlock weights_of(const workloads::QuantizedLayer& layer, const workloads::MvmShape& shape, std::int64_t group) {
  return {layer.weights.data() + group * shape.rows * shape.columns, shape.columns, static_cast<int>(shape.rows),
          static_cast<int>(shape.columns)};
}

Stream programming_stream(const workloads::QuantizedLayer& layer, std::int64_t group, const Draw& draw) {
  const std::uint64_t address = layer.layer.value() | static_cast<std::uint64_t>(group) << 32;
  return Stream({draw.seed, draw.trial, address, "program"});
}

ArrayCircuit array_circuit(const ops::CrossbarMachine& machine, const workloads::Network& network,
                           const workloads::QuantizedLayer& layer, const devices::CellModel& cell, const Draw& draw,
                           std::int64_t array) {
  const workloads::MvmShape shape = mvm_shape(network, network.layer(layer.layer));
  const ops::CrossbarConfig config = machine.config(layer.weight_bits, layer.activation_bits, layer.input_signed);
  const std::int64_t rows = row_blocks(config, static_cast<int>(shape.rows));
  const std::int64_t columns = column_blocks(config, static_cast<int>(shape.columns));
  const std::int64_t arrays = shape.groups * rows * columns;
  if (array < 0 || array >= arrays)
    fail_input({"--array"},
               fmt::format("{}: layer '{}' has arrays 0 to {}", array, network.layer(layer.layer).name, arrays - 1));
  const ArrayPlace place = place_of(array, rows, columns);
  const ArrayPart part = array_part(config, weights_of(layer, shape, place.group), place.row_block, place.column_block);
  const CellBlock cells = encode(config, part.weights, part.slices);
  const std::vector<float> levels =
      programmed_levels(&cell, config.levels(), cells, programming_stream(layer, place.group, draw), part.unit);
  return {place,
          arrays,
          part.first_row,
          part.first_column,
          part.weights.rows,
          part.weights.columns,
          part.slices,
          WiredCells(config, cell, cells, levels)};
}

}  // namespace cimera::functional
