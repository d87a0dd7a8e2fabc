// Fills structs from trees: the part of schemas that checks.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/schema.h"

namespace cimera::detail {
namespace {

constexpr std::string_view kUnknown = "unknown";
constexpr std::string_view kSources = "sources";

std::string joined(const std::vector<std::string>& names, const std::string& by = ", ") {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : by) + name;
  return text;
}

std::string below(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

std::string shape_name(const Node& node) {
  if (node.kind == Node::Kind::kMap) return "a mapping";
  return node.kind == Node::Kind::kList ? "a list" : "a single value";
}

bool must_be_given(const Field& field) {
  if (field.group == nullptr) return field.needed;
  if (field.holder.kind != Holder::Kind::kOne) return false;
  return std::any_of(field.group->fields.begin(), field.group->fields.end(), must_be_given);
}

class Loader {
 public:
  Loader(const Node& root, bool sourced) : known_(root.find(kSources)), sourced_(sourced) {}

  void group(const Structure& structure, void* object, const Node& node, const std::string& path) {
    const bool empty = node.kind == Node::Kind::kScalar && node.text.empty();  // "cell:" with nothing behind it
    if (node.kind != Node::Kind::kMap && !empty) {
      fail_input(node.where, subject(node, path) + "expected a mapping with keys, got " + shape_name(node) +
                                 keys_of(structure, path));
    }
    refuse_unknown(structure, node, path);
    refuse_missing(structure, node, path);
    for (const Field& field : structure.fields) {
      const Node* child = node.find(field.key);
      const std::string here = below(path, field.key);
      if (child != nullptr) {
        read(field, object, *child, here);
      } else {
        leave(field, object, node.where, here);
      }
    }
    for (const Rule& rule : structure.rules)
      if (!rule.holds(object)) refuse_broken(rule, fmt::format("'{}'", title(structure, path)), node);
  }

  SourceByPath take() { return std::move(sources_); }

 private:
  /// Overrides in a tree: "--set key=value", each once.
  static void collect_overrides(const Node& node, std::vector<std::string>& found) {
    const bool fresh = std::find(found.begin(), found.end(), node.source) == found.end();
    if (is_override(node.source) && fresh) found.push_back(node.source);
    for (const Node& child : node.children) collect_overrides(child, found);
  }

  /// Files that ship keep their rules: what the user has set below the mapping is to blame.
  [[noreturn]] static void refuse_broken(const Rule& rule, const std::string& subject, const Node& node) {
    std::vector<std::string> overrides;
    collect_overrides(node, overrides);
    if (overrides.empty()) fail_input(node.where, subject + ": " + rule.text);
    const std::string rest = node.where.line == 0 ? "" : " (" + node.where.str() + " has the other values)";
    fail_input(fmt::format("{}: {}: {}{}", joined(overrides), subject, rule.text, rest));
  }

  static std::string title(const Structure& structure, const std::string& path) {
    return path.empty() ? structure.name : path;
  }

  static std::string keys_of(const Structure& structure, const std::string& path) {
    std::vector<std::string> keys;
    for (const Field& field : structure.fields) keys.push_back(field.key);
    return fmt::format(". Keys of '{}': {}.", title(structure, path), joined(keys));
  }

  static std::string subject(const Node& node, const std::string& path) {
    if (path.empty()) return "";
    return node.kind == Node::Kind::kScalar ? fmt::format("{} = {}: ", path, node.text) : path + ": ";
  }

  static void refuse_unknown(const Structure& structure, const Node& node, const std::string& path) {
    std::vector<std::string> keys;
    for (const Field& field : structure.fields) keys.push_back(field.key);
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const std::string& key = node.keys[i];
      if (path.empty() && key == kSources) continue;
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      const std::string hint = did_you_mean(key, keys);
      const std::string rest = keys_of(structure, path);
      fail_input(node.children[i].where, fmt::format("unknown key '{}' in '{}'{}{}", key, title(structure, path), hint,
                                                     hint.empty() ? rest : rest.substr(1)));
    }
  }

  static void refuse_missing(const Structure& structure, const Node& node, const std::string& path) {
    std::vector<std::string> missing;
    for (const Field& field : structure.fields)
      if (must_be_given(field) && node.find(field.key) == nullptr) missing.push_back(field.key);
    for (const std::vector<std::string>& keys : structure.any_of)
      if (std::all_of(keys.begin(), keys.end(), [&](const std::string& key) { return node.find(key) == nullptr; }))
        missing.push_back(joined(keys, " or "));
    if (missing.empty()) return;
    fail_input(node.where,
               fmt::format("'{}' lacks {}{}", title(structure, path), joined(missing), keys_of(structure, path)));
  }

  void read(const Field& field, void* owner, const Node& node, const std::string& path) {
    const Holder& holder = field.holder;
    switch (holder.kind) {
      case Holder::Kind::kOne:
        return element(field, holder.add(owner, {}), node, path);
      case Holder::Kind::kMaybe:
        holder.clear(owner);
        if (node.kind == Node::Kind::kScalar && node.text == kUnknown && field.group == nullptr) return;
        return element(field, holder.add(owner, {}), node, path);
      case Holder::Kind::kList:
        if (node.kind != Node::Kind::kList) {
          fail_input(node.where, subject(node, path) + "expected a list, got " + shape_name(node));
        }
        holder.clear(owner);
        for (std::size_t i = 0; i < node.children.size(); ++i) {
          const std::string name = std::to_string(i);
          element(field, holder.add(owner, name), node.children[i], below(path, name));
        }
        return;
      case Holder::Kind::kTable:
        if (node.kind != Node::Kind::kMap) {
          fail_input(node.where, subject(node, path) + "expected a mapping from names, got " + shape_name(node));
        }
        holder.clear(owner);
        for (std::size_t i = 0; i < node.children.size(); ++i) {
          element(field, holder.add(owner, node.keys[i]), node.children[i], below(path, node.keys[i]));
        }
        return;
    }
  }

  void element(const Field& field, void* to, const Node& node, const std::string& path) {
    if (field.group != nullptr) return group(*field.group, to, node, path);
    const Scalar& scalar = field.scalar;
    if (node.kind != Node::Kind::kScalar) {
      fail_input(node.where,
                 fmt::format("{}: expected a single value, {}, got {}", path, scalar.kind, shape_name(node)));
    }
    if (scalar.figure && node.text == kUnknown) {
      fail_input(node.where, fmt::format("{} = unknown: this figure must be known: {}", path, scalar.kind));
    }
    scalar.read({node.text, path, node.where}, to);
    if (!scalar.figure) return;
    const double value = scalar.number(to);
    const Range& range = field.range;
    if (value < range.lowest || value > range.highest || (range.open && value == range.lowest)) {
      fail_input(node.where, fmt::format("{} = {}: out of range; allowed: {}{}", path, node.text,
                                         range_text(range, scalar.dim), percent_hint(node.text, value, field)));
    }
    note_source(node, path);
  }

  /// A share that was given in percent, but without the sign.
  static std::string percent_hint(const std::string& text, double value, const Field& field) {
    const bool share = field.scalar.dim == Dim{} && field.range.highest <= 1.0 && field.range.lowest >= 0.0;
    const bool percent = share && value > field.range.highest && value <= 100.0 * field.range.highest;
    return percent && text.find('%') == std::string::npos ? fmt::format("; did you mean '{} %'?", text) : "";
  }

  void note_source(const Node& node, const std::string& path) {
    if (node.source.empty()) {
      if (!sourced_) return;
      fail_input(node.where,
                 fmt::format("{0} = {1}: this figure has no source; write '{1} @ key' with a key of 'sources', "
                             "or 'source: key' in its mapping",
                             path, node.text));
    }
    const Node* text = known_ == nullptr ? nullptr : known_->find(node.source);
    if (text == nullptr) {
      fail_input(node.where,
                 fmt::format("{} = {}: {}", path, node.text,
                             unknown_name("source", node.source, known_ == nullptr ? kNoKeys : known_->keys)));
    }
    sources_[path] = text->text;
  }

  /// What a file left out keeps its default.
  void leave(const Field& field, void* owner, const Where& where, const std::string& path) {
    if (field.group == nullptr) {
      sources_[path] = std::string(kDefaultSource) + field.fallback_meaning;
    } else if (field.holder.kind == Holder::Kind::kOne) {
      Node nothing;
      nothing.where = where;
      group(*field.group, field.holder.add(owner, {}), nothing, path);
    }
  }

  inline static const std::vector<std::string> kNoKeys;

  const Node* known_;
  bool sourced_;
  SourceByPath sources_;
};

}  // namespace

SourceByPath load(const Structure& structure, void* object, const Node& tree, bool sourced) {
  Loader loader(tree, sourced);
  loader.group(structure, object, tree, {});
  return loader.take();
}

}  // namespace cimera::detail
