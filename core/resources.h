// Where the data files of cimera lie: catalogs, networks, tables.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace cimera {

/// The file or folder that the repository calls `relative` ("models/catalog"). Looked for below the environment
/// variable CIMERA_SHARE when it is set, else in ../share/cimera beside the folder of the program, else in the source
/// tree that the program was built from. Throws Error(kRun) naming the places when it is nowhere.
std::filesystem::path resource(std::string_view relative);

/// The names in a catalog folder: the stems of its *.yaml files, sorted.
std::vector<std::string> catalog_names(std::string_view folder);

/// The file of one name in a catalog folder. Throws Error(kInput) at `where` listing the names, and the nearest, when
/// there is no such `kind` ("machine", "device").
std::filesystem::path catalog_file(std::string_view folder, std::string_view kind, std::string_view name,
                                   const Where& where = {});

}  // namespace cimera
