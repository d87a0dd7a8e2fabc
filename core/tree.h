// A value read from an input file, before it is known what it should be: schemas, overrides and `base` work on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace cimera {

/// A scalar, a mapping or a list, with the place where it was written.
struct Node {
  enum class Kind { kScalar, kMap, kList };

  Kind kind = Kind::kScalar;
  Where where;
  std::string text;               ///< of a scalar, without its source
  std::string source;             ///< of a scalar: the key of its source in `sources`, or ""
  std::vector<std::string> keys;  ///< of a mapping, each once, in the order of the file
  std::vector<Node> children;     ///< of a list, or of a mapping beside `keys`

  /// The child of a mapping, or nullptr.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  /// Adds or replaces a child of a mapping.
  Node& put(std::string_view key, Node child);
  void erase(std::string_view key);
};

/// `over` on top of `base`: mappings are joined key by key, everything else is replaced. The two may define one source
/// key only with the same text.
Node merged(Node base, Node over);

/// Whether a source is that of an override: "--set key.path=value".
bool is_override(std::string_view source);
/// How the source of a value begins that apply_override() has put there.
inline constexpr std::string_view kSetByUser = "set by the user (";

/// Puts the value of "key.path=value" into the tree, in flow YAML: `cell.r_on=5 kOhm`, `levels=[1, 2]`, `parts.0.n=3`.
/// Its place becomes "--set" and its source "set by the user (--set ...)". Mappings that the file left out are made;
/// whether a key exists is for the schema to say.
void apply_override(Node& tree, const std::string& override_text);

}  // namespace cimera
