// A document as a reader follows it, step by step: files that it tells to write, commands that it tells to run, and
// the output that it shows.
//
//   ```sh                commands, run by `sh -eu` in the reader's folder
//   ```text              right after them: their output, standard error included. A line "..." stands for any lines
//   ```yaml FILE         a file that is written there
//   ```console           not run: commands that install or build, and what they print (a ```text right after it)
//   ```mermaid           a drawing
//
// Every other block is refused, so that nobody takes for checked what is not.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cimera::docs {

struct Step {
  int line = 0;                       ///< of the block in the document
  std::string file;                   ///< to be written; "" for commands to be run
  std::string text;                   ///< of the file, or the commands
  std::optional<std::string> output;  ///< that the document shows
  int output_line = 0;                ///< of the block that shows it
};

/// Throws Error(kInput) naming document and line when a block is none of the above, when the name of a file leaves
/// the folder, or when an output follows nothing.
std::vector<Step> steps_of(const std::string& document, std::string_view markdown);

/// Whether `output` has the lines of `expected`, in which each line "..." stands for any number of lines.
bool matches(std::string_view expected, std::string_view output);

/// What commands printed, and whether they failed.
struct Outcome {
  std::string output;
  std::optional<std::string> death;  ///< as in study::ChildResult
};

/// A folder of its own with the data folders of the repository and an empty build folder, as a reader has them; gone
/// with this object.
/// Commands find `cimera` in the build directory.
class ReaderFolder {
 public:
  ReaderFolder();
  ReaderFolder(const ReaderFolder&) = delete;
  ReaderFolder& operator=(const ReaderFolder&) = delete;
  ~ReaderFolder();

  /// Writes the file (no output), or runs the commands; the folder is called ~/cimera in what they print.
  Outcome take(const Step& step) const;

 private:
  std::filesystem::path root_;
};

/// What came of following a document.
struct Report {
  std::vector<std::string> problems;  ///< one per step that went wrong: document, line, commands and both outputs
  std::string renewed;  ///< the document with what the commands print now, but for outputs that have a line "..."
};

/// Takes the steps in order, in a folder of its own. Stops at the first that fails, since later ones build on it.
Report follow(const std::string& document, const std::string& markdown, const std::vector<Step>& steps);

}  // namespace cimera::docs
