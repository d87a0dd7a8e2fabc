#include "models/ops/array_wires.h"

namespace cimera::ops {

EnumNames<ArrayInputs> enum_names(const ArrayInputs*) {
  return {{"rows", ArrayInputs::kRows}, {"gates", ArrayInputs::kGates}};
}

Schema<ArrayWires> schema(const ArrayWires*) {
  using T = ArrayWires;
  return Schema<T>("wires", "resistances inside an array")
      .opt("row_per_cell", &T::row_per_cell, "of a row wire from cell to cell (inputs gates: of a supply line)",
           "ideal wires")
      .range(Ohms(), Ohms::si(1e9))
      .opt("column_per_cell", &T::column_per_cell, "of a column wire from cell to cell", "ideal wires")
      .range(Ohms(), Ohms::si(1e9))
      .opt("row_driver", &T::row_driver, "of what drives a row (inputs gates: a supply line) in front of column 0",
           "ideal drivers")
      .range(Ohms(), Ohms::si(1e9))
      .opt("column_sense", &T::column_sense, "of what senses a column behind the last row", "ideal sense amplifiers")
      .range(Ohms(), Ohms::si(1e9))
      .opt("row_far", &T::row_far, "of what also drives the other end of a row", "none: rows end there")
      .range(Ohms(), Ohms::si(1e9))
      .opt("column_far", &T::column_far, "of what also senses the other end of a column", "none: columns end there")
      .range(Ohms(), Ohms::si(1e9))
      .opt("inputs", &T::inputs,
           "what inputs do: rows, drive the wires that feed the cells; gates, open the transistors of cells that are "
           "fed "
           "from a supply line beside each column",
           "rows")
      .opt(
          "interleaved", &T::interleaved,
          "both cells of a differential pair on one column, the negative one at a negative voltage: a row of the array "
          "is then two wires, and a column holds whole pairs",
          "each cell of a pair on a column of its own");
}

}  // namespace cimera::ops
