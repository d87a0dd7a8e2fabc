#include "study/overrides.h"

#include <algorithm>
#include <set>

#include "core/error.h"

namespace cimera::study {
namespace {

const Where kOption{"--set"};

struct Override {
  std::string machine;  ///< "" when there is no prefix
  std::string path;
  std::string text;  ///< "key.path=value"
};

Override split(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    fail_input(kOption, "'" + text + "': expected [MACHINE:]key.path=value, such as isaac:cell.sigma_program=0.1");
  const std::size_t colon = text.rfind(':', equals);
  const std::size_t start = colon == std::string::npos ? 0 : colon + 1;
  return {text.substr(0, start == 0 ? 0 : colon), text.substr(start, equals - start), text.substr(start)};
}

/// A path that is given, one that lies inside it, or one around it: lists and tables are set as a whole or in part.
bool has(const MachineKeys& machine, const std::string& path) {
  return std::ranges::any_of(machine.paths, [&](const std::string& known) {
    return known == path || known.starts_with(path + ".") || path.starts_with(known + ".");
  });
}

[[noreturn]] void fail_key(const Override& wanted, std::span<const MachineKeys> machines) {
  std::set<std::string> known;
  for (const MachineKeys& machine : machines) known.insert(machine.paths.begin(), machine.paths.end());
  const std::vector<std::string> paths(known.begin(), known.end());
  fail_input(kOption, wanted.text + ": no machine of this run has the key '" + wanted.path + "'" +
                          did_you_mean(wanted.path, paths) + " (`cimera describe machine " + machines.front().name +
                          "` lists the keys)");
}

}  // namespace

std::map<std::string, std::vector<std::string>> route_overrides(std::span<const std::string> overrides,
                                                                std::span<const MachineKeys> machines) {
  std::map<std::string, std::vector<std::string>> routed;
  for (const std::string& text : overrides) {
    const Override wanted = split(text);
    bool used = false;
    for (const MachineKeys& machine : machines) {
      if (wanted.machine.empty() ? !has(machine, wanted.path) : machine.name != wanted.machine) continue;
      routed[machine.name].push_back(wanted.text);
      used = true;
    }
    if (used) continue;
    if (wanted.machine.empty()) fail_key(wanted, machines);
    std::vector<std::string> names;
    for (const MachineKeys& machine : machines) names.push_back(machine.name);
    fail_input(kOption, text + ": " + unknown_name("machine", wanted.machine, names));
  }
  return routed;
}

}  // namespace cimera::study
