// The kinds of cells that exist: an explicit table, one line per kind.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/schema.h"
#include "core/tree.h"
#include "devices/cell_model.h"

namespace cimera::devices {

/// A cell of the catalog, read and checked.
struct Cell {
  std::string kind;
  std::shared_ptr<const CellModel> model;
  std::vector<FieldInfo> fields;  ///< every parameter with value, unit, meaning and source
  Where where;
};

/// One kind of cell: what a file may say and what it makes.
struct CellKind {
  const char* name;
  std::vector<FieldInfo> (*table)();  ///< parameters without values, for the docs
  Cell (*make)(const Node& tree);     ///< tree without `kind`; throws Error(kInput)
};

std::span<const CellKind> cell_kinds();

/// Makes the cell that `tree` describes: `kind: reram` and the parameters of that kind. Throws Error(kInput).
Cell make_cell(Node tree);

}  // namespace cimera::devices
