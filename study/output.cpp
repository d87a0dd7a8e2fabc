#include "study/output.h"

#include <string>

#include <unistd.h>

#include "core/error.h"
#include "core/files.h"
#include "study/json.h"

namespace cimera::study {
namespace {

namespace fs = std::filesystem;

void write_files(const Report& report, const fs::path& folder) {
  write_whole(folder / "inputs.resolved.json", resolved_json(report));
  write_whole(folder / "layers.csv", layers_csv(report));
  write_whole(folder / "results.json", to_json(report));
}

}  // namespace

void check_output(const fs::path& folder) {
  std::error_code missing;
  if (fs::exists(folder, missing) && !fs::is_directory(folder, missing))
    fail_input({"--out"}, folder.string() + ": this is a file; a folder is needed");
}

void write_output(const Report& report, const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error)) return write_files(report, folder);
  fs::path whole = folder;
  if (!whole.has_filename()) whole = whole.parent_path();  // "out/" means "out"
  fs::path part = whole;
  part += "." + std::to_string(::getpid()) + ".part";
  try {
    write_files(report, part);
    fs::rename(part, whole);
  } catch (const fs::filesystem_error& failure) {
    fs::remove_all(part, error);
    fail_run(whole.string() + ": cannot be written: " + failure.code().message());
  } catch (...) {
    fs::remove_all(part, error);
    throw;
  }
}

}  // namespace cimera::study
