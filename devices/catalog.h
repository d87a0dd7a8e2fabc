// Cells by name: one YAML file per published cell.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "devices/table.h"

namespace cimera::devices {

/// Names of the cells in a folder (files NAME.yaml), sorted. Throws Error(kInput) when it cannot be read.
std::vector<std::string> cell_names(const std::filesystem::path& folder);

/// Reads cell `name` of a folder; `base: other` in the file means other.yaml beside it; overrides are "key=value". An
/// unknown name throws Error(kInput) with the nearest one.
Cell load_cell(const std::filesystem::path& folder, const std::string& name,
               std::span<const std::string> overrides = {});

/// The same for a name of cimera's own catalog, or a path to a .yaml file.
Cell load_cell(const std::string& name_or_path, std::span<const std::string> overrides = {});

}  // namespace cimera::devices
