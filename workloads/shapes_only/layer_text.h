// One layer written as text: "conv:64,3x3,stride=2,pad=1". Used by catalog files and by `--layer`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace cimera::workloads {

/// Two numbers written as "3x3", height first.
struct Pair {
  std::int64_t first = 1, second = 1;
};

/// The parts of "KIND:VALUE,VALUE,KEY=VALUE". Every failure quotes the text, says what is wrong, and shows the form.
class LayerText {
 public:
  /// Splits the text. `values` is how many values there must be, `options` the keys that may follow; `form` is what the
  /// kind looks like. Throws Error(kInput).
  LayerText(std::string_view text, Where where, std::string form, std::size_t values,
            std::span<const std::string_view> options);

  /// The kind of a text: everything before the first colon.
  static std::string kind(std::string_view text);

  /// Value `i`, or an option (`otherwise` where it is not given); whole numbers of at least `lowest`, at most 2^30.
  std::int64_t number(std::size_t i) const { return read_number(values_.at(i), 1); }
  Pair pair(std::size_t i) const { return read_pair(values_.at(i), 1); }
  std::int64_t number(std::string_view option, std::int64_t otherwise, std::int64_t lowest = 1) const;
  /// An option that may be one number for both, or a pair.
  Pair pair(std::string_view option, std::int64_t otherwise, std::int64_t lowest) const;

  [[noreturn]] void fail(std::string_view message) const;
  const Where& where() const { return where_; }

 private:
  const std::string* option(std::string_view name) const;
  std::int64_t read_number(std::string_view text, std::int64_t lowest) const;
  Pair read_pair(std::string_view text, std::int64_t lowest) const;

  std::string text_, form_;
  Where where_;
  std::vector<std::string> values_;
  std::vector<std::pair<std::string, std::string>> options_;
};

}  // namespace cimera::workloads
