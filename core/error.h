// The one exception type: what was wrong, where it was written, and whether the input or the run is to blame.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cimera {

/// Where a piece of input was written. `file` may also name a command-line option ("--set") or an ONNX node.
struct Where {
  std::string file;
  int line = 0;  ///< 1-based; 0 when the place has no lines

  std::string str() const;  ///< "file:7", "file", or "" when unknown
};

/// Thrown for everything that stops a run. The message names the place, the value, the rule and the nearest valid
/// choice.
class Error : public std::runtime_error {
 public:
  enum class Kind { kInput, kRun };  ///< exit code 2 (the input was wrong) and 1 (the run failed)

  Error(Kind kind, const Where& where, std::string_view message);

  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// Throws an Error of kind kInput.
[[noreturn]] void fail_input(const Where& where, std::string_view message);
[[noreturn]] void fail_input(std::string_view message);
/// Throws an Error of kind kRun.
[[noreturn]] void fail_run(std::string_view message);

/// "; did you mean 'isaac'?" for the valid name closest to `wrong` by edit distance, or "" when none is near.
std::string did_you_mean(std::string_view wrong, std::span<const std::string> valid);

/// "unknown machine 'isac'; did you mean 'isaac'? Machines: cpu_ddr4, isaac." Reads as one message.
std::string unknown_name(std::string_view kind, std::string_view wrong, std::span<const std::string> valid);

}  // namespace cimera
