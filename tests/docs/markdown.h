// What the tests read of a Markdown file: fenced blocks, tables, links.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cimera::docs {

/// The text between two lines of three backticks.
struct Block {
  int line = 0;          ///< of the opening fence, from 1
  std::string info;      ///< behind the opening fence: "sh", "yaml devices/catalog/x.yaml", or ""
  std::string text;      ///< whole lines, each with its newline
  bool follows = false;  ///< only blank lines, or nothing, between it and the block before
};

/// All fenced blocks, in order. Throws Error(kInput) naming `document` when the last one is not closed.
std::vector<Block> fenced_blocks(const std::string& document, std::string_view markdown);

/// A row of a table whose cells stand between bars.
struct Row {
  int line = 0;
  std::vector<std::string> cells;  ///< without blanks at the ends
};

/// All rows of all tables outside fenced blocks, headers included, the rules below them not.
std::vector<Row> table_rows(std::string_view markdown);

/// Where a link leads: "add-a-device.md", "../README.md#cite", "https://example.org".
struct Link {
  int line = 0;
  std::string target;
};

/// All links [text](target) outside fenced blocks.
std::vector<Link> links(std::string_view markdown);

/// The lines of a text, without their newlines.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace cimera::docs
