// The wires of a crossbar array, and how its cells lie between them. models/functional/circuit/README.md has a drawing
// of the four arrays.
#pragma once

#include <optional>

#include "core/quantity.h"
#include "core/schema.h"

namespace cimera::ops {

/// What an input does.
enum class ArrayInputs {
  kRows,  ///< it drives the wire of a row, from which the cells take their current
  kGates  ///< it opens the transistors of the cells of a row; they take current from a supply line beside each column
};

struct ArrayWires {
  Ohms row_per_cell, column_per_cell;       ///< of the wire from cell to cell; of rows, or of the supply lines
  Ohms row_driver, column_sense;            ///< of what drives a row (or supply line), and senses a column
  std::optional<Ohms> row_far, column_far;  ///< of what also drives and senses the other ends; none: they are open
  ArrayInputs inputs = ArrayInputs::kRows;
  bool interleaved = false;  ///< the two cells of a pair lie on one column, the negative one at a negative voltage

  /// Every cell gets the whole voltage: wires change nothing.
  bool ideal() const {
    const auto zero = [](const std::optional<Ohms>& ohm) { return ohm && *ohm == Ohms(); };
    return zero(row_per_cell) && zero(column_per_cell) && (zero(row_driver) || zero(row_far)) &&
           (zero(column_sense) || zero(column_far));
  }
};

EnumNames<ArrayInputs> enum_names(const ArrayInputs*);
Schema<ArrayWires> schema(const ArrayWires*);

}  // namespace cimera::ops
