// YAML text to a tree. The language is plain YAML (no anchors, no tags) with units in the values and sources behind
// them; docs: core/README.md.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/tree.h"

namespace cimera {

/// Reads one YAML document of at most 4 MiB and 64 levels. `power: 16 mW @ table1` gives the scalar "16 mW" the source
/// `table1`; `source: table1` in a mapping gives it to all scalars below that have none; such entries do not appear in
/// the tree. A quoted scalar is taken as it stands. Throws Error(kInput) naming file and line for a syntax error, a
/// duplicate key, an alias, and an entry of `sources` that nothing in this text uses.
Node parse_yaml(std::string_view text, const std::string& file);

/// Finds the file that `base: name` at `where` means; throws Error(kInput) when there is none.
using FindBase = std::function<std::filesystem::path(const std::string& name, const Where& where)>;

/// Reads a file with the chain of its bases (cycles are refused), and applies overrides ("key.path=value") in order.
Node read_document(const std::filesystem::path& file, const FindBase& find_base,
                   std::span<const std::string> overrides = {});

}  // namespace cimera
