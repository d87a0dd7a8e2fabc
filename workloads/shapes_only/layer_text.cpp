#include "workloads/shapes_only/layer_text.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "workloads/data/sources.h"

namespace cimera::workloads {

std::string LayerText::kind(std::string_view text) { return std::string(text.substr(0, text.find(':'))); }

LayerText::LayerText(std::string_view text, Where where, std::string form, std::size_t values,
                     std::span<const std::string_view> options)
    : text_(text), form_(std::move(form)), where_(std::move(where)) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    for (const std::string& part : split_commas(std::string(text.substr(colon + 1)))) {
      const std::size_t equals = part.find('=');
      if (equals == std::string::npos) {
        if (!options_.empty()) fail(fmt::format("'{}' stands behind an option", part));
        values_.push_back(part);
        continue;
      }
      const std::string key = part.substr(0, equals);
      if (std::ranges::find(options, key) == options.end()) {
        const std::vector<std::string> known(options.begin(), options.end());
        fail(fmt::format("no option '{}'{}", key, did_you_mean(key, known)));
      }
      if (option(key) != nullptr) fail(fmt::format("'{}' is given twice", key));
      options_.emplace_back(key, part.substr(equals + 1));
    }
  }
  if (values_.size() != values) fail(fmt::format("has {} values, not {}", values_.size(), values));
}

void LayerText::fail(std::string_view message) const {
  fail_input(where_, fmt::format("layer '{}': {}; the form is {}", text_, message, form_));
}

const std::string* LayerText::option(std::string_view name) const {
  const auto found = std::ranges::find(options_, name, &std::pair<std::string, std::string>::first);
  return found == options_.end() ? nullptr : &found->second;
}

std::int64_t LayerText::read_number(std::string_view text, std::int64_t lowest) const {
  constexpr std::int64_t kHighest = std::int64_t{1} << 30;
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || text.empty())
    fail(fmt::format("'{}' is no whole number", text));
  if (value < lowest || value > kHighest) fail(fmt::format("{} is outside {}..2^30", value, lowest));
  return value;
}

Pair LayerText::read_pair(std::string_view text, std::int64_t lowest) const {
  const std::size_t x = text.find('x');
  if (x == std::string_view::npos || x == 0 || x + 1 == text.size())
    fail(fmt::format("'{}' is no pair such as 3x3", text));
  return {read_number(text.substr(0, x), lowest), read_number(text.substr(x + 1), lowest)};
}

std::int64_t LayerText::number(std::string_view name, std::int64_t otherwise, std::int64_t lowest) const {
  const std::string* text = option(name);
  return text == nullptr ? otherwise : read_number(*text, lowest);
}

Pair LayerText::pair(std::string_view name, std::int64_t otherwise, std::int64_t lowest) const {
  const std::string* text = option(name);
  if (text == nullptr) return {otherwise, otherwise};
  if (text->empty()) fail(fmt::format("{}= has no value", name));
  if (text->find('x') != std::string::npos) return read_pair(*text, lowest);
  const std::int64_t both = read_number(*text, lowest);
  return {both, both};
}

}  // namespace cimera::workloads
