#include "core/error.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>
#include <vector>

namespace cimera {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Edits between two words: insert, delete, replace, and swap of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

/// The nearest valid name, or nullptr. "Near" is one edit per three letters, and a name that only grew or lost an end
/// ("isaac_chip" for "isaac").
const std::string* nearest(std::string_view wrong, std::span<const std::string> valid) {
  constexpr std::size_t kLongestName = 64;  // a longer word is no misspelt name
  if (wrong.empty() || wrong.size() > kLongestName) return nullptr;
  const std::string word = lower(wrong);
  const std::string* best = nullptr;
  std::pair<std::size_t, std::size_t> best_distance;  // without case, then with it
  for (const std::string& name : valid) {
    const std::string candidate = lower(name);
    const std::size_t shorter = std::min(word.size(), candidate.size());
    const bool same_start = shorter >= 3 && word.compare(0, shorter, candidate, 0, shorter) == 0;
    const std::size_t limit = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    const std::pair distance(edit_distance(word, candidate), edit_distance(wrong, name));
    if (shorter < 2 && distance.first > 0) continue;
    if (distance.first > limit && !same_start) continue;
    if (best == nullptr || distance < best_distance) best = &name, best_distance = distance;
  }
  return best;
}

std::string plural(std::string_view noun) {
  if (noun.ends_with('y')) return std::string(noun.substr(0, noun.size() - 1)) + "ies";
  return std::string(noun) + "s";
}

std::string placed(const Where& where, std::string_view message) {
  const std::string place = where.str();
  return place.empty() ? std::string(message) : place + ": " + std::string(message);
}

}  // namespace

std::string Where::str() const { return line > 0 ? file + ":" + std::to_string(line) : file; }

Error::Error(Kind kind, const Where& where, std::string_view message)
    : std::runtime_error(placed(where, message)), kind_(kind) {}

void fail_input(const Where& where, std::string_view message) { throw Error(Error::Kind::kInput, where, message); }

void fail_input(std::string_view message) { throw Error(Error::Kind::kInput, {}, message); }

void fail_run(std::string_view message) { throw Error(Error::Kind::kRun, {}, message); }

std::string did_you_mean(std::string_view wrong, std::span<const std::string> valid) {
  const std::string* name = nearest(wrong, valid);
  return name == nullptr ? "" : "; did you mean '" + *name + "'?";
}

std::string unknown_name(std::string_view kind, std::string_view wrong, std::span<const std::string> valid) {
  std::string message = "unknown " + std::string(kind) + " '" + std::string(wrong) + "'";
  const std::string hint = did_you_mean(wrong, valid);
  message += hint.empty() ? "." : hint;
  if (valid.empty()) return message + " There are no " + plural(kind) + ".";
  std::string names = plural(kind);
  names[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(names[0])));
  for (std::size_t i = 0; i < valid.size(); ++i) names += (i == 0 ? ": " : ", ") + valid[i];
  return message + " " + names + ".";
}

}  // namespace cimera
