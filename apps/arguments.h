// The command line: options from one table, for parsing, help and `cimera describe option`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cimera::apps {

/// One option, whatever the subcommand.
struct Option {
  const char* name;      ///< without the dashes
  const char* value;     ///< what help calls its value; "" for a switch
  const char* fallback;  ///< the default as help prints it; "" for none
  const char* meaning;   ///< a line
  const char* more;      ///< what `describe option` adds
  bool repeats;          ///< may be given more than once
};

/// All options, in the order of help.
std::span<const Option> option_table();
/// Throws Error(kInput) with the nearest name.
const Option& option_named(const std::string& name);

/// What was given on the command line, after the subcommand.
class Arguments {
 public:
  /// `accepted` names the options of the subcommand; `operands` what its other arguments are ("NAME", "FILE"; those
  /// that may be missing come last, "[FILE]", or as often as wanted, "[NAME...]").
  /// Throws Error(kInput) for unknown options (with the nearest), missing or doubled values, and too many or too few
  /// operands.
  Arguments(const std::string& command, std::span<const char* const> accepted, std::span<const char* const> operands,
            const std::vector<std::string>& words);

  bool has(const std::string& option) const { return given_.contains(option); }
  /// The value of an option, or "".
  std::string text(const std::string& option) const;
  const std::vector<std::string>& all(const std::string& option) const;
  const std::string& operand(std::size_t i) const { return operands_.at(i); }
  const std::vector<std::string>& operands() const { return operands_; }

  /// Whole numbers and numbers; `otherwise` where the option is not given. Throws Error(kInput) naming option and text.
  std::int64_t integer(const std::string& option, std::int64_t otherwise, std::int64_t lowest) const;
  std::vector<std::int64_t> integers(const std::string& option, std::int64_t lowest) const;
  std::vector<double> numbers(const std::string& option) const;
  /// A comma-separated list without empty entries.
  std::vector<std::string> list(const std::string& option) const;

 private:
  void add(const Option& option, const std::vector<std::string>& values);

  std::map<std::string, std::vector<std::string>> given_;
  std::vector<std::string> operands_;
};

}  // namespace cimera::apps
