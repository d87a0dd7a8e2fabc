// Which published figures of a component still hold for the machine at hand.
#pragma once

#include <string>
#include <vector>

#include "core/schema.h"
#include "models/ops/component.h"

namespace cimera::ops {

/// A component that lost figures, and why, with what to set.
struct Withdrawn {
  std::string component, why;
};

/// Makes power, energy and area of every component unknown whose `holds_for` names another value than the machine's
/// parameter has; a figure that the user has set (--set) stays. `fields` are the parameters of the machine called
/// `machine`; those of withdrawn figures are rewritten. Throws Error(kInput) at `where` when `holds_for` names no
/// parameter, or several.
std::vector<Withdrawn> withdraw_figures(const std::string& machine, ComponentTable& table,
                                        std::vector<FieldInfo>& fields, const Where& where);

/// Writes another value and source into the parameter `path`; it must be there.
void restate(std::vector<FieldInfo>& fields, const std::string& path, std::string value, std::string source);

}  // namespace cimera::ops
