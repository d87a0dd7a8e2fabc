// A machine as loaded from its file: validated parameters of one of the kinds, with the source of every figure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/schema.h"
#include "devices/table.h"
#include "models/ops/conditions.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/full_use.h"
#include "models/ops/host_machine.h"

namespace cimera::ops {

/// A validated machine. Adding one is a file in models/catalog/; adding a kind is one alternative here and one row in
/// machine.cpp.
struct MachineSpec {
  std::string name;
  std::variant<CrossbarMachine, HostMachine> params;
  std::vector<FieldInfo> fields;      ///< every parameter with unit, range, meaning and source
  std::optional<devices::Cell> cell;  ///< that a crossbar machine's arrays are made of
  std::vector<Withdrawn> withdrawn;   ///< components whose figures were published for other parameters

  const CrossbarMachine* crossbar() const { return std::get_if<CrossbarMachine>(&params); }
  const HostMachine* host() const { return std::get_if<HostMachine>(&params); }
  const ComponentTable& components() const;
  LevelCounts levels() const;
  const std::string& description() const;
  std::optional<SquareMetres> area() const;
  PowerTable full_use() const;
};

/// Names of models/catalog, sorted.
std::vector<std::string> machine_names();

/// What overrides of the cell's own file begin with: "cell.r_on=2 kOhm".
inline constexpr std::string_view kCellKey = "cell.";

/// Loads a catalog machine (or a path to a .yaml file) and the cell that it names, with overrides "key.path=value".
/// What the machine's file does not say of its cells it takes from the cell's file; figures that hold for other
/// parameters only become unknown (withdraw_figures()). Throws Error(kInput) for an unknown name (with the nearest),
/// and for everything that the schema refuses.
MachineSpec load_machine(const std::string& name_or_path, std::span<const std::string> overrides = {});

}  // namespace cimera::ops
