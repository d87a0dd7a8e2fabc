// Files that may be compressed with gzip.
#pragma once

#include <filesystem>
#include <string>

namespace cimera::workloads {

/// The bytes of a file, uncompressed if it starts as a gzip stream does (RFC 1952; several members are joined). Throws
/// Error(kInput) naming the file when it cannot be read, is damaged or truncated, or holds more than 4 GB.
std::string read_maybe_gzip(const std::filesystem::path& file);

}  // namespace cimera::workloads
