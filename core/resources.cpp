#include "core/resources.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace cimera {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> roots() {
  const char* chosen = std::getenv("CIMERA_SHARE");
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  std::error_code status;
  const fs::path program = fs::read_symlink("/proc/self/exe", status);
  std::vector<fs::path> roots;
  if (!status) roots.push_back(program.parent_path().parent_path() / "share" / "cimera");
  roots.emplace_back(CIMERA_SOURCE_DIR);
  return roots;
}

}  // namespace

fs::path resource(std::string_view relative) {
  std::string tried;
  for (const fs::path& root : roots()) {
    const fs::path candidate = root / relative;
    std::error_code status;
    if (fs::exists(candidate, status)) return candidate;
    tried += (tried.empty() ? "" : ", ") + root.string();
  }
  fail_run(
      fmt::format("the data file '{}' of cimera is in none of: {}. The environment variable CIMERA_SHARE can name "
                  "the folder that holds it.",
                  relative, tried));
}

std::vector<std::string> catalog_names(std::string_view folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(resource(folder)))
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

fs::path catalog_file(std::string_view folder, std::string_view kind, std::string_view name, const Where& where) {
  const std::vector<std::string> names = catalog_names(folder);
  if (!std::binary_search(names.begin(), names.end(), name)) fail_input(where, unknown_name(kind, name, names));
  return resource(folder) / fmt::format("{}.yaml", name);
}

}  // namespace cimera
