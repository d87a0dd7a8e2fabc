// Files in a folder, all or none; for a run: results.json, inputs.resolved.json, layers.csv.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "study/result.h"

namespace cimera::study {

/// Throws Error(kInput) when `folder` cannot become such a folder: it is a file, or nothing can be written where it
/// would be. Called before any work.
void check_output(const std::filesystem::path& folder);

/// Writes files by name, each whole. A new folder appears with all of them or not at all; in one that exists each file
/// is replaced whole. Throws Error(kRun) when that fails.
using Files = std::map<std::string, std::string>;  ///< texts by name
void write_folder(const Files& files, const std::filesystem::path& folder);

/// Writes the three files of a run so.
void write_output(const Report& report, const std::filesystem::path& folder);

}  // namespace cimera::study
