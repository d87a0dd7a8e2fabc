#include "tests/docs/markdown.h"

#include <algorithm>
#include <regex>

#include "core/error.h"

namespace cimera::docs {
namespace {

constexpr std::string_view kFence = "```";

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

/// The lines outside fenced blocks, the others blank: line numbers stay.
std::vector<std::string> prose(std::string_view markdown) {
  std::vector<std::string> lines = lines_of(markdown);
  bool fenced = false;
  for (std::string& line : lines) {
    const bool fence = line.starts_with(kFence);
    if (fence || fenced) line.clear();
    if (fence) fenced = !fenced;
  }
  return lines;
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<Block> fenced_blocks(const std::string& document, std::string_view markdown) {
  std::vector<Block> blocks;
  bool inside = false, only_blank = false;
  int number = 0;
  for (const std::string& line : lines_of(markdown)) {
    ++number;
    if (line.starts_with(kFence)) {
      inside = !inside;
      if (inside) blocks.push_back({number, trimmed(line.substr(kFence.size())), "", only_blank});
      only_blank = !inside;
    } else if (inside) {
      blocks.back().text += line + "\n";
    } else if (!trimmed(line).empty()) {
      only_blank = false;
    }
  }
  if (inside) fail_input({document, blocks.back().line}, "this block is not closed");
  return blocks;
}

std::vector<Row> table_rows(std::string_view markdown) {
  std::vector<Row> rows;
  int number = 0;
  for (const std::string& line : prose(markdown)) {
    ++number;
    if (!line.starts_with('|') || line.find_first_not_of("|-: ") == std::string::npos) continue;
    Row row{number, {}};
    for (std::size_t begin = 1; begin < line.size();) {
      const std::size_t end = std::min(line.find('|', begin), line.size());
      row.cells.push_back(trimmed(line.substr(begin, end - begin)));
      begin = end + 1;
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<Link> links(std::string_view markdown) {
  static const std::regex kLink(R"(\[[^\]]*\]\(([^)\s]+)\))");
  std::vector<Link> found;
  int number = 0;
  for (const std::string& line : prose(markdown)) {
    ++number;
    for (std::sregex_iterator match(line.begin(), line.end(), kLink), end; match != end; ++match) {
      found.push_back({number, (*match)[1]});
    }
  }
  return found;
}

}  // namespace cimera::docs
