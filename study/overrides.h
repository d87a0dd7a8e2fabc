// Which machine a "--set [MACHINE:]key.path=value" is meant for.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

namespace cimera::study {

/// The parameters that one machine has, by key path.
struct MachineKeys {
  std::string name;                ///< as in --machines: "isaac"
  std::vector<std::string> paths;  ///< "pipeline.array_read", "cell.r_on"
};

/// Overrides by machine, in the order in which they are to be applied.
///
/// With a prefix an override goes to that machine, also where it serves another one as host. Without, it goes to every
/// machine that has the key; one with a prefix is applied later and so wins. Throws Error(kInput) when the prefix names
/// no machine of the run, when no machine has the key (with the nearest one), and when one override would replace
/// another of the same prefix.
std::map<std::string, std::vector<std::string>> route_overrides(std::span<const std::string> overrides,
                                                                std::span<const MachineKeys> machines);

}  // namespace cimera::study
