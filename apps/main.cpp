// cimera: the command.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <malloc.h>

#include "apps/command.h"
#include "core/error.h"
#include "core/version.h"

namespace {

using cimera::Error;
using cimera::apps::Arguments;
using cimera::apps::Command;

constexpr int kDone = 0, kRunFailed = 1, kInputWrong = 2;

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void execute(const std::vector<std::string>& words) {
  if (words.empty() || words[0] == "--help" || words[0] == "help") return print(cimera::apps::help());
  if (words[0] == "--version") return print("cimera " + std::string(cimera::kVersion) + "\n");
  if (words[0].starts_with('-'))
    cimera::fail_input("the first argument must be a command or --help or --version, not '" + words[0] + "'");
  const Command& command = cimera::apps::command_named(words[0]);
  for (const std::string& word : words)
    if (word == "--help") return print(cimera::apps::help(command));
  command.run(Arguments(command.name, command.options, command.operands, {words.begin() + 1, words.end()}));
}

/// One line on standard error, whatever the message holds.
int complain(std::string message, int code) {
  for (char& c : message)
    if (c == '\n' || c == '\r') c = ' ';
  std::fprintf(stderr, "cimera: %s\n", message.c_str());
  return code;
}

/// Layers use and free working memory of many megabytes: it stays with the process instead of going back to the system
/// and coming again page by page (a tenth of a second for ResNet-50).
void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the largest that glibc takes
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory();
  try {
    execute({argv + 1, argv + argc});
    if (std::fflush(stdout) != 0) return complain("standard output cannot be written", kRunFailed);
    return kDone;
  } catch (const Error& error) {
    return complain(error.what(), error.kind() == Error::Kind::kInput ? kInputWrong : kRunFailed);
  } catch (const std::bad_alloc&) {
    return complain("out of memory", kRunFailed);
  } catch (const std::exception& error) {
    return complain(std::string("fault in cimera: ") + error.what(), kRunFailed);
  }
}
