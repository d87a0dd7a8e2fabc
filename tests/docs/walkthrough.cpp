#include "tests/docs/walkthrough.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

#include "core/error.h"
#include "core/files.h"
#include "study/child_process.h"
#include "tests/docs/markdown.h"
#include "tests/paths.h"

namespace cimera::docs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kYaml = "yaml ";
constexpr std::string_view kAnything = "...";
constexpr std::array kData{"devices/catalog",   "devices/converters", "models/catalog",
                           "models/validation", "workloads/catalog",  "examples"};

bool stays_inside(const fs::path& file) {
  if (file.empty() || file.is_absolute()) return false;
  const fs::path normal = file.lexically_normal();
  return *normal.begin() != "..";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// What the reader's shell does first. The commands are in a file, so that they cannot read each other as input. FP32
/// products differ in their last bits between instruction sets, and accuracies with them in their last digits: here
/// they are computed with what every x86-64 processor has.
std::string preamble(const fs::path& folder, const fs::path& commands) {
  return fmt::format(
      "cd '{}'\n"
      "export PATH='{}':$PATH LC_ALL=C DNNL_MAX_CPU_ISA=SSE41\n"
      "unset CIMERA_DATA CIMERA_TIMING_WORKER\n"
      "exec sh -eu '{}' </dev/null 2>&1\n",
      folder.string(), CIMERA_BINARY_DIR, commands.string());
}

std::string indented(std::string_view text) {
  std::string result;
  for (const std::string& line : lines_of(text)) result += "    " + line + "\n";
  return result;
}

std::string problem(const std::string& document, const Step& step, const Outcome& outcome) {
  std::string text = document + ":" + std::to_string(step.line) + ": these commands " +
                     (outcome.death ? "fail, the shell " + *outcome.death : "print something else than is shown") +
                     "\n" + indented(step.text) + "  they print\n" + indented(outcome.output);
  if (step.output) text += "  the document shows\n" + indented(*step.output);
  return text;
}

int line_count(const std::string& text) { return static_cast<int>(std::ranges::count(text, '\n')); }

/// `markdown` with another output in the block whose fence is on `line`.
std::string with_output(std::string markdown, int line, const std::string& old, const std::string& output) {
  std::size_t at = 0;
  for (int i = 0; i < line; ++i) at = markdown.find('\n', at) + 1;
  return markdown.replace(at, old.size(), output);
}

}  // namespace

std::vector<Step> steps_of(const std::string& document, std::string_view markdown) {
  std::vector<Step> steps;
  std::string before;  // kind of the block before
  for (const Block& block : fenced_blocks(document, markdown)) {
    const Where where{document, block.line};
    if (block.info == "sh") {
      steps.push_back({block.line, "", block.text, std::nullopt});
    } else if (block.info.starts_with(kYaml)) {
      const std::string file = block.info.substr(kYaml.size());
      if (!stays_inside(file)) fail_input(where, "the file '" + file + "' is not below the repository");
      steps.push_back({block.line, file, block.text, std::nullopt});
    } else if (block.info == "text") {
      const bool shown = block.follows && (before == "sh" || before == "console");
      if (!shown) fail_input(where, "this output stands right after no commands");
      if (before == "sh") steps.back().output = block.text, steps.back().output_line = block.line;
    } else if (block.info != "console" && block.info != "mermaid") {
      fail_input(where, "a block of kind '" + block.info + "'; use sh, text, yaml FILE, console or mermaid");
    }
    before = block.info;
  }
  return steps;
}

bool matches(std::string_view expected, std::string_view output) {
  const std::vector<std::string> wanted = lines_of(expected), got = lines_of(output);
  // reach[j]: the lines of `wanted` so far can stand for the first j lines of `got`.
  std::vector<char> reach(got.size() + 1, 0);
  reach[0] = 1;
  for (const std::string& line : wanted) {
    std::vector<char> next(got.size() + 1, 0);
    for (std::size_t j = 0; j <= got.size(); ++j) {
      if (line == kAnything) next[j] = reach[j] != 0 || (j > 0 && next[j - 1] != 0);
      else next[j] = j > 0 && reach[j - 1] != 0 && got[j - 1] == line;
    }
    reach = next;
  }
  return reach[got.size()] != 0;
}

ReaderFolder::ReaderFolder() {
  std::string name = (fs::temp_directory_path() / "cimera-reader-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail_run("cannot make a temporary folder at " + name);
  root_ = name;
  fs::create_directories(root_ / "cimera" / "build");
  for (const char* data : kData) {
    fs::create_directories(root_ / "cimera" / data);
    fs::copy(fs::path(CIMERA_SOURCE_DIR) / data, root_ / "cimera" / data, fs::copy_options::recursive);
  }
}

ReaderFolder::~ReaderFolder() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

Outcome ReaderFolder::take(const Step& step) const {
  const fs::path folder = root_ / "cimera";
  if (!step.file.empty()) {
    write_whole(folder / step.file, step.text);
    return {};
  }
  const fs::path commands = root_ / "commands";
  write_whole(commands, step.text);
  const std::string shell = preamble(folder, commands);
  const study::ChildResult child =
      study::run_child("/bin/sh", "CIMERA_SHARE=" + folder.string(),
                       {reinterpret_cast<const std::uint8_t*>(shell.data()), shell.size()});
  const std::string output(child.output.begin(), child.output.end());
  return {replaced(output + child.errors, folder.string(), "~/cimera"), child.death};
}

Report follow(const std::string& document, const std::string& markdown, const std::vector<Step>& steps) {
  const ReaderFolder folder;
  Report report{{}, markdown};
  int moved = 0;  // lines that the renewed document has more, so far
  for (const Step& step : steps) {
    const Outcome outcome = folder.take(step);
    if (outcome.death || (step.output && !matches(*step.output, outcome.output)))
      report.problems.push_back(problem(document, step, outcome));
    if (outcome.death) break;
    if (!step.output || ("\n" + *step.output).find("\n...\n") != std::string::npos) continue;
    report.renewed = with_output(report.renewed, step.output_line + moved, *step.output, outcome.output);
    moved += line_count(outcome.output) - line_count(*step.output);
  }
  return report;
}

}  // namespace cimera::docs
