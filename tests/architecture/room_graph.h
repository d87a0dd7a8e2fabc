// The rules that keep the rooms apart (docs/architecture.md), as functions of the files' texts. Each function returns
// one line per violation, and nothing if there is none.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cimera::architecture {

// A directory with a purpose of its own, and the rooms it may include besides itself and what those may include.
struct Room {
  std::string_view directory;
  std::vector<std::string_view> uses;
};

// The one table of rooms and allowed edges.
const std::vector<Room>& rooms();

// A file: its path from the root of the repository, with '/' between directories, and its contents.
struct SourceFile {
  std::string path;
  std::string text;
};

// Every .h, .cpp and .py file below `root`, sorted by path; build*, hidden and __pycache__ directories are left out.
std::vector<SourceFile> read_sources(const std::filesystem::path& root);

// Each row of `table` names only rooms of the table, and no room reaches itself.
std::vector<std::string> check_table(const std::vector<Room>& table);

// Each C++ file lies in a room of `table`, and each #include "..." names a file of `files` (or a generated header) in
// a room that its own room may include.
std::vector<std::string> check_edges(const std::vector<SourceFile>& files, const std::vector<Room>& table);

// No header includes itself through others.
std::vector<std::string> check_cycles(const std::vector<SourceFile>& files);

// SystemC is included in models/timing and its tests only.
std::vector<std::string> check_systemc(const std::vector<SourceFile>& files);

// At most 500 lines per file, 300 per header.
std::vector<std::string> check_sizes(const std::vector<SourceFile>& files);

}  // namespace cimera::architecture
