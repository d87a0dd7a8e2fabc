// Plain text for a terminal of 100 columns: paragraphs, definition lists, tables.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cimera::study {

inline constexpr std::size_t kTextWidth = 100;

/// Characters of UTF-8 text.
std::size_t text_width(const std::string& text);

/// `text` in lines of at most kTextWidth, each ending with a newline. The first starts with the blanks that the text
/// starts with, the others with `indent` blanks. Words that are longer stay whole.
std::string wrapped(const std::string& text, std::size_t indent);
/// The same as the rest of a line on which `begun` characters stand already.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t begun);

/// "  name  meaning" lines, meanings aligned and wrapped.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows);

/// A table whose columns are as wide as their widest entry, two blanks apart.
class TextTable {
 public:
  enum class Align { kLeft, kRight };

  void column(std::string header, Align align = Align::kRight);
  /// As many entries as there are columns.
  void row(std::vector<std::string> entries);
  /// Columns that have no entry in any row are left out. Every line starts with two blanks.
  std::string str() const;

 private:
  struct Column {
    std::string header;
    Align align;
  };
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// "12.34 k", "3 M", "0.5": four significant digits with an SI prefix, and `unit` behind it.
std::string si_text(double value, const std::string& unit);
/// "98.91 %" of a fraction, two decimals.
std::string percent_text(double fraction);
/// "9,891": a whole number in groups of three.
std::string grouped(std::int64_t value);
/// "1 tile", "1,200 tiles".
std::string counted(std::int64_t count, const std::string& thing);

}  // namespace cimera::study
