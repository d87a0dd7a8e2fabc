#include "core/tree.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/yaml.h"

namespace cimera {
namespace {

constexpr std::string_view kSources = "sources";
constexpr std::string_view kOverride = "--set ";

/// A second text under one source key would silently change what the base's figures cite.
void check_same_sources(const Node& base, const Node& over) {
  for (std::size_t i = 0; i < over.keys.size(); ++i) {
    const Node* before = base.find(over.keys[i]);
    if (before == nullptr || before->text == over.children[i].text) continue;
    fail_input(over.children[i].where,
               "source '" + over.keys[i] + "' already stands in " + before->where.str() + " with another text");
  }
}

Node join(Node base, Node over, bool top) {
  if (base.kind != Node::Kind::kMap || over.kind != Node::Kind::kMap) return over;
  base.where = over.where;
  for (std::size_t i = 0; i < over.keys.size(); ++i) {
    const std::string& key = over.keys[i];
    Node* before = base.find(key);
    if (before != nullptr && top && key == kSources) check_same_sources(*before, over.children[i]);
    Node child =
        before != nullptr ? join(std::move(*before), std::move(over.children[i]), false) : std::move(over.children[i]);
    base.put(key, std::move(child));
  }
  return base;
}

/// The value of an override, read as flow YAML.
Node override_value(const std::string& text, const std::string& override_text, const Where& where) {
  const auto refuse = [&](const std::string& reason) { fail_input(where, "'" + override_text + "': " + reason); };
  if (text.find('\n') != std::string::npos) refuse("expected key.path=value on one line");
  Node value;
  try {
    value = parse_yaml("value: " + text, where.file).children.front();
  } catch (const Error&) {
    refuse("'" + text + "' is no YAML value");
  }
  if (!value.source.empty()) refuse("a value set by the user takes no source");
  return value;
}

void give_source(Node& node, const std::string& source, const Where& where) {
  node.source = source;
  node.where = where;
  for (Node& child : node.children) give_source(child, source, where);
}

/// The child that one step of an override's path means; made where a mapping lacks it.
Node& step_into(Node& node, std::string_view step, const std::string& path, const Where& where) {
  if (node.kind == Node::Kind::kScalar && node.text.empty()) node.kind = Node::Kind::kMap;  // "cell:" with nothing
  if (node.kind == Node::Kind::kMap) {
    if (Node* child = node.find(step)) return *child;
    Node made;
    made.where = where;
    return node.put(step, std::move(made));
  }
  if (node.kind == Node::Kind::kScalar) fail_input(where, path + ": '" + node.text + "' has no parts");
  std::size_t index = 0;
  const auto [end, status] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (status != std::errc{} || end != step.data() + step.size() || index >= node.children.size()) {
    fail_input(where, path + ": '" + std::string(step) + "' is no place in a list of " +
                          std::to_string(node.children.size()) + " (counted from 0)");
  }
  return node.children[index];
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &children[static_cast<std::size_t>(found - keys.begin())];
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

Node& Node::put(std::string_view key, Node child) {
  if (Node* present = find(key)) return *present = std::move(child);
  keys.emplace_back(key);
  return children.emplace_back(std::move(child));
}

void Node::erase(std::string_view key) {
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found == keys.end()) return;
  children.erase(children.begin() + (found - keys.begin()));
  keys.erase(found);
}

bool is_override(std::string_view source) { return source.starts_with(kOverride); }

Node merged(Node base, Node over) { return join(std::move(base), std::move(over), true); }

void apply_override(Node& tree, const std::string& override_text) {
  const Where where{"--set"};
  const std::size_t equals = override_text.find('=');
  const std::string path = override_text.substr(0, equals);
  if (equals == std::string::npos || path.empty() || path.front() == '.' || path.back() == '.' ||
      path.find("..") != std::string::npos) {
    fail_input(where, "'" + override_text + "': expected key.path=value");
  }
  Node value = override_value(override_text.substr(equals + 1), override_text, where);
  const std::string source = std::string(kOverride) + override_text;
  give_source(value, source, where);

  Node* at = &tree;
  for (std::size_t begin = 0; begin <= path.size();) {
    const bool dotted = at->find(std::string_view(path).substr(begin)) != nullptr;  // a key with dots in its name
    const std::size_t end = dotted ? path.size() : std::min(path.find('.', begin), path.size());
    at = &step_into(*at, std::string_view(path).substr(begin, end - begin), path, where);
    begin = end + 1;
  }
  *at = std::move(value);

  Node text;
  text.where = where;
  text.text = std::string(kSetByUser) + source + ")";
  step_into(tree, kSources, path, where).kind = Node::Kind::kMap;
  step_into(tree, kSources, path, where).put(source, std::move(text));
}

}  // namespace cimera
