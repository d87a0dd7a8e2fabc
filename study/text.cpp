#include "study/text.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

namespace cimera::study {
namespace {

std::string padded(const std::string& text, std::size_t width, TextTable::Align align) {
  const std::string blanks(width - std::min(width, text_width(text)), ' ');
  return align == TextTable::Align::kLeft ? text + blanks : blanks + text;
}

constexpr char kJoin = '\x01';  ///< a blank at which no line ends

/// `text` with its percent signs tied to their numbers.
std::string joined(std::string text) {
  for (std::size_t at = text.find(" %"); at != std::string::npos; at = text.find(" %", at)) text[at] = kJoin;
  return text;
}

}  // namespace

std::size_t text_width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string wrapped(const std::string& text, std::size_t indent) { return wrapped(text, indent, 0); }

std::string wrapped(const std::string& text, std::size_t indent, std::size_t begun) {
  std::string result(std::min(text.find_first_not_of(' '), text.size()), ' ');
  std::istringstream words(joined(text));
  std::size_t column = begun + result.size();
  bool first = true;  // of its line
  for (std::string word; words >> word; first = false) {
    const std::size_t width = text_width(word);
    if (!first && column + 1 + width > kTextWidth) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
      first = true;
    }
    result += first ? word : " " + word;
    column += first ? width : width + 1;
  }
  std::ranges::replace(result, kJoin, ' ');
  return result + "\n";
}

std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [name, meaning] : rows) width = std::max(width, text_width(name));
  std::string text;
  for (const auto& [name, meaning] : rows)
    text += "  " + padded(name, width, TextTable::Align::kLeft) + wrapped("  " + meaning, width + 4, width + 2);
  return text;
}

void TextTable::column(std::string header, Align align) { columns_.push_back({std::move(header), align}); }

void TextTable::row(std::vector<std::string> entries) { rows_.push_back(std::move(entries)); }

std::string TextTable::str() const {
  std::vector<std::string> lines(rows_.size() + 1);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const auto has_entry = [&](const auto& row) { return !row[c].empty(); };
    if (std::ranges::none_of(rows_, has_entry)) continue;
    std::size_t width = text_width(columns_[c].header);
    for (const auto& row : rows_) width = std::max(width, text_width(row[c]));
    lines[0] += "  " + padded(columns_[c].header, width, columns_[c].align);
    for (std::size_t r = 0; r < rows_.size(); ++r) lines[r + 1] += "  " + padded(rows_[r][c], width, columns_[c].align);
  }
  std::string text;
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string si_text(double value, const std::string& unit) {
  if (value == 0.0) return unit.empty() ? "0" : "0 " + unit;
  static constexpr const char* kPrefixes[] = {"a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P"};
  // Rounded first, so that 999.96 becomes 1 k and not 1000.
  const double rounded = std::stod(fmt::format("{:.3e}", value));
  const int group = std::clamp(static_cast<int>(std::floor(std::log10(std::fabs(rounded)) / 3.0 + 1e-12)), -6, 5);
  const std::string number = fmt::format("{:.4g}", rounded / std::pow(10.0, 3 * group));
  const std::string suffix = kPrefixes[group + 6] + unit;
  return suffix.empty() ? number : number + " " + suffix;
}

std::string percent_text(double fraction) { return fmt::format("{:.2f} %", 100.0 * fraction); }

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string counted(std::int64_t count, const std::string& thing) {
  return grouped(count) + " " + thing + (count == 1 ? "" : "s");
}

}  // namespace cimera::study
