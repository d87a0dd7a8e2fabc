// Which published figures of a component still hold for the machine at hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/schema.h"
#include "models/ops/component.h"

namespace cimera::ops {

/// A component that lost figures, and why, with what to set.
struct Withdrawn {
  std::string component, why;
};

/// How the source of a figure begins that was computed from the cell for the machine at hand.
inline constexpr std::string_view kFromCell = "the cell, ";

/// Makes power, energy and area of every component unknown whose `holds_for` names another value than the machine's
/// parameter has; a figure that the user has set (--set), or that comes from the cell, stays. `fields` are the
/// parameters of the machine called `machine`; those of withdrawn figures are rewritten. Numbers are compared as
/// numbers. Throws Error(kInput) at `where` when a path of `holds_for` is no parameter, or its value is not of the
/// parameter's kind.
std::vector<Withdrawn> withdraw_figures(const std::string& machine, ComponentTable& table,
                                        std::vector<FieldInfo>& fields, const Where& where);

/// Components whose figures hold for one value of the parameter `path`, "a and b"; empty when there are none.
std::string priced_for(const ComponentTable& table, const std::string& path);

/// Writes another value and source into the parameter `path`; it must be there.
void restate(std::vector<FieldInfo>& fields, const std::string& path, std::string value, std::string source);

}  // namespace cimera::ops
