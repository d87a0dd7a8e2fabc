#include "study/overrides.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace cimera::study {
namespace {

const Where kOption{"--set"};

struct Override {
  std::string machine;  ///< "" when there is no prefix
  std::string path;
  std::string text;   ///< "key.path=value"
  std::string whole;  ///< as the user gave it
};

Override split(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    fail_input(kOption, "'" + text + "': expected [MACHINE:]key.path=value, such as isaac:cell.sigma_program=0.1");
  const std::size_t colon = text.rfind(':', equals);
  const std::size_t start = colon == std::string::npos ? 0 : colon + 1;
  // "isaac/reram_prime" is isaac with another cell.
  return {text.substr(0, start == 0 ? 0 : std::min(colon, text.find('/'))), text.substr(start, equals - start),
          text.substr(start), text};
}

/// Whether `path` is `outer` or lies inside it.
bool inside(const std::string& path, const std::string& outer) {
  return path == outer || path.starts_with(outer + ".");
}

/// A path that is given, one that lies inside it, or one around it: lists and tables are set as a whole or in part.
bool has(const MachineKeys& machine, const std::string& path) {
  return std::ranges::any_of(machine.paths,
                             [&](const std::string& known) { return inside(known, path) || inside(path, known); });
}

std::string first_step(const std::string& path) { return path.substr(0, path.find('.')); }

/// Whether anything of the machine lies below the first step of the path. What is wrong further below, or is a new
/// entry of a table, the schema of the machine knows best.
bool has_first_step(const MachineKeys& machine, const std::string& path) {
  return std::ranges::any_of(machine.paths,
                             [&](const std::string& known) { return first_step(known) == first_step(path); });
}

/// "; did you mean 'isaac:pipeline.array_read'?" for a key without what stands before it, or misspelt.
std::string key_hint(const std::string& wrong, std::span<const MachineKeys> machines) {
  std::vector<std::string> paths;
  for (const MachineKeys& machine : machines) {
    for (const std::string& known : machine.paths) {
      if (known.ends_with("." + wrong)) return "; did you mean '" + machine.name + ":" + known + "'?";
      paths.push_back(known);
    }
  }
  const std::string whole = did_you_mean(wrong, paths);
  if (!whole.empty()) return whole;
  std::vector<std::string> words;
  for (const std::string& path : paths) words.push_back(path.substr(path.rfind('.') + 1));
  for (std::size_t i = 0; i < words.size(); ++i)
    if (!did_you_mean(wrong, std::vector{words[i]}).empty()) return "; did you mean '" + paths[i] + "'?";
  return "";
}

[[noreturn]] void fail_key(const Override& wanted, std::span<const MachineKeys> machines) {
  const std::string owner = wanted.machine.empty() ? "no machine of this run has" : wanted.machine + " does not have";
  fail_input(kOption, wanted.whole + ": " + owner + " the key '" + wanted.path + "'" + key_hint(wanted.path, machines) +
                          " (`cimera describe machine " + machines.front().name + "` lists the keys)");
}

[[noreturn]] void fail_machine(const Override& wanted, std::span<const MachineKeys> machines) {
  std::vector<std::string> names;
  for (const MachineKeys& machine : machines) names.push_back(machine.name);
  fail_input(kOption, wanted.whole + ": " + unknown_name("machine", wanted.machine, names));
}

/// Whether the value is a mapping or a list, and not the name of a file with keys of its own (cell=NAME).
bool is_whole(const Override& override) {
  const std::size_t value = override.text.find_first_not_of(' ', override.text.find('=') + 1);
  return value != std::string::npos && (override.text[value] == '{' || override.text[value] == '[');
}

bool replaces(const Override& later, const Override& earlier) {
  if (later.machine != earlier.machine) return false;
  return later.path == earlier.path || (is_whole(later) && inside(earlier.path, later.path));
}

void refuse_doubled(std::span<const Override> overrides) {
  for (std::size_t later = 1; later < overrides.size(); ++later)
    for (std::size_t i = 0; i < later; ++i)
      if (replaces(overrides[later], overrides[i]))
        fail_input(kOption, "'" + overrides[i].whole + "' would be replaced by '" + overrides[later].whole +
                                "'; give one of the two");
}

std::vector<Override> split_all(std::span<const std::string> texts) {
  std::vector<Override> overrides;
  for (const std::string& text : texts) overrides.push_back(split(text));
  refuse_doubled(overrides);
  return overrides;
}

}  // namespace

std::map<std::string, std::vector<std::string>> route_overrides(std::span<const std::string> overrides,
                                                                std::span<const MachineKeys> machines) {
  std::map<std::string, std::vector<std::string>> routed;
  std::vector<Override> named;
  for (Override& wanted : split_all(overrides)) {
    if (!wanted.machine.empty()) {
      named.push_back(std::move(wanted));
      continue;
    }
    if (std::ranges::none_of(machines, [&](const MachineKeys& machine) { return has(machine, wanted.path); }))
      fail_key(wanted, machines);
    for (const MachineKeys& machine : machines)
      if (has(machine, wanted.path)) routed[machine.name].push_back(wanted.text);
  }
  // Last, so that what names a machine wins.
  for (const Override& wanted : named) {
    const auto machine = std::ranges::find(machines, wanted.machine, &MachineKeys::name);
    if (machine == machines.end()) fail_machine(wanted, machines);
    if (!has_first_step(*machine, wanted.path)) fail_key(wanted, std::span(&*machine, 1));
    routed[wanted.machine].push_back(wanted.text);
  }
  return routed;
}

}  // namespace cimera::study
