#include "study/timing_client.h"

#include <array>
#include <cstdlib>

#include <unistd.h>

#include "core/error.h"
#include "study/child_process.h"

namespace cimera::study {
namespace {

constexpr const char* kProgram = "cimera-timing-worker";
constexpr const char* kVariable = "CIMERA_TIMING_WORKER";
constexpr const char* kQuiet = "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1";  ///< standard error is for errors

bool runnable(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::filesystem::path timing_worker() {
  if (const char* named = std::getenv(kVariable); named != nullptr && *named != '\0') {
    if (!runnable(named)) fail_run(std::string(kVariable) + " = " + named + ": not a program that can be run");
    return named;
  }
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error)
    fail_run("cannot find " + std::string(kProgram) + ": /proc/self/exe: " + error.message() + "; name it in " +
             kVariable);
  const std::filesystem::path here = self.parent_path();
  std::string places;
  for (const auto& folder : std::array{here, here.parent_path(), here.parent_path() / "libexec" / "cimera"}) {
    if (runnable(folder / kProgram)) return folder / kProgram;
    places += (places.empty() ? "" : ", ") + folder.string();
  }
  fail_run("cannot find the program " + std::string(kProgram) + "; looked in " + places + "; name it in " + kVariable);
}

ops::TimingResult time_in_worker(const ops::TimingRequest& request) {
  const std::string what = "timing of " + request.program.machine + " failed: ";
  const ChildResult child = run_child(timing_worker(), kQuiet, ops::to_bytes(request));
  const std::string said = child.errors.empty() ? "" : "; it wrote: " + child.errors;
  if (child.death) fail_run(what + "the worker " + *child.death + said);
  if (child.output.empty()) fail_run(what + "the worker gave no answer" + said);
  try {
    return ops::timing_result(child.output);
  } catch (const Error& error) {
    fail_run(what + "the worker's answer is damaged: " + error.what() + said);
  }
}

}  // namespace cimera::study
