// Runs another program once, from a process with any number of threads: bytes in, bytes out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cimera::study {

/// What a program left behind.
struct ChildResult {
  std::vector<std::uint8_t> output;  ///< its standard output, all of it
  std::string errors;                ///< the last 4096 bytes of its standard error, without blanks at the ends
  std::optional<std::string> death;  ///< "was killed by signal 6 (Aborted)", "ended with exit code 3"; none for code 0
};

/// Starts `program` without arguments, gives it `input` on standard input, and waits until it has ended. `setting` is
/// "NAME=value", put in front of this process's environment. Reading and writing go on together, so neither side can
/// block the other, whatever the sizes; a program that stops reading is no error by itself. The child gets no other
/// descriptor of this process that closes on exec, and no blocked signal. No process and no descriptor is left behind,
/// also when this throws. Throws Error(kRun) when the program cannot be started.
ChildResult run_child(const std::filesystem::path& program, std::string setting, std::span<const std::uint8_t> input);

}  // namespace cimera::study
