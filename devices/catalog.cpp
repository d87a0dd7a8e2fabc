#include "devices/catalog.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/resources.h"
#include "core/yaml.h"

namespace cimera::devices {
namespace fs = std::filesystem;

std::vector<std::string> cell_names(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".yaml") names.push_back(entry->path().stem().string());
  if (error) fail_input({folder.string(), 0}, fmt::format("cannot read the folder of cells: {}", error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

Cell load_cell(const fs::path& folder, const std::string& name, std::span<const std::string> overrides) {
  const std::vector<std::string> names = cell_names(folder);
  const auto find = [&](const std::string& wanted, const Where& where) {
    if (std::find(names.begin(), names.end(), wanted) == names.end())
      fail_input(where, unknown_name("device", wanted, names));
    return folder / (wanted + ".yaml");
  };
  return make_cell(read_document(find(name, {}), find, overrides));
}

Cell load_cell(const std::string& name_or_path, std::span<const std::string> overrides) {
  const auto find = [](const std::string& name, const Where& where) -> fs::path {
    const bool is_path = name.ends_with(".yaml") || name.find('/') != std::string::npos;
    return is_path ? fs::path(name) : catalog_file("devices/catalog", "device", name, where);
  };
  return make_cell(read_document(find(name_or_path, {}), find, overrides));
}

}  // namespace cimera::devices
