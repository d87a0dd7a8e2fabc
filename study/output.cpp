#include "study/output.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"
#include "study/json.h"

namespace cimera::study {
namespace {

namespace fs = std::filesystem;

void write_files(const Files& files, const fs::path& folder) {
  for (const auto& [name, text] : files) write_whole(folder / name, text);
}

/// The folder itself, or the nearest one around it that exists. What exists but is a file is also returned.
fs::path nearest_folder(fs::path folder) {
  std::error_code missing;
  while (!fs::exists(folder, missing) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

/// Makes a folder in `folder` and removes it again; 0, or the errno of what failed. Rights alone do not tell.
int try_to_write(const fs::path& folder) {
  const fs::path probe = folder / (".cimera." + std::to_string(::getpid()) + ".part");
  if (::mkdir(probe.c_str(), 0777) != 0) return errno;
  return ::rmdir(probe.c_str()) != 0 ? errno : 0;
}

}  // namespace

void check_output(const fs::path& folder) {
  std::error_code missing;
  if (folder.empty()) fail_input({"--out"}, "it names no folder");
  if (fs::exists(folder, missing) && !fs::is_directory(folder, missing))
    fail_input({"--out"}, folder.string() + ": this is a file; a folder is needed");
  const fs::path nearest = nearest_folder(fs::absolute(folder));
  if (const int failed = try_to_write(nearest); failed != 0)
    fail_input({"--out"}, folder.string() + ": nothing can be written in " + nearest.string() + ": " +
                              std::generic_category().message(failed));
}

void write_folder(const Files& files, const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error)) return write_files(files, folder);
  fs::path whole = folder;
  if (!whole.has_filename()) whole = whole.parent_path();  // "out/" means "out"
  fs::path part = whole;
  part += "." + std::to_string(::getpid()) + ".part";
  try {
    write_files(files, part);
    fs::rename(part, whole);
  } catch (const fs::filesystem_error& failure) {
    fs::remove_all(part, error);
    fail_run(whole.string() + ": cannot be written: " + failure.code().message());
  } catch (...) {
    fs::remove_all(part, error);
    throw;
  }
}

void write_output(const Report& report, const fs::path& folder) {
  write_folder({{"inputs.resolved.json", resolved_json(report)},
                {"layers.csv", layers_csv(report)},
                {"results.json", to_json(report)}},
               folder);
}

}  // namespace cimera::study
