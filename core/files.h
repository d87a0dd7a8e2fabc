// Whole files in and out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

namespace cimera {

/// The bytes of a file of at most `limit` bytes. Throws Error(kInput) naming the file and the reason.
std::string read_whole(const std::filesystem::path& file,
                       std::uintmax_t limit = std::numeric_limits<std::uintmax_t>::max());

/// Writes a file whole or not at all: under a temporary name beside it, then renamed. Folders that are missing are
/// made. Throws Error(kRun) naming the file and the reason; the old file, if any, is then as it was.
void write_whole(const std::filesystem::path& file, std::string_view bytes);

}  // namespace cimera
