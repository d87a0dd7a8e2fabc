#include "core/yaml.h"

#include <map>
#include <optional>
#include <sstream>
#include <unordered_set>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/files.h"

namespace cimera {
namespace {

constexpr std::size_t kMostBytes = 4 << 20;  // our choice: a hundred times the largest catalog file
constexpr std::size_t kMostLevels = 64;
constexpr std::string_view kSources = "sources";

/// Takes " @ key" off the end of a plain scalar.
void split_source(Node& scalar) {
  constexpr std::string_view kMark = " @ ";
  const std::size_t at = scalar.text.rfind(kMark);
  if (at == std::string::npos) return;
  std::string source = scalar.text.substr(at + kMark.size());
  if (source.find(' ') != std::string::npos) return;  // a sentence that holds an @, not a source
  scalar.source = std::move(source);
  scalar.text.resize(scalar.text.find_last_not_of(' ', at) + 1);
}

/// Builds the tree from the parser's events: no graph of yaml-cpp in between, so that nothing can be hidden in it.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(std::string file) : file_(std::move(file)) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) fail_input(where(mark), "a second YAML document; one file holds one");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { no_anchors(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { no_anchors(mark); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { scalar(mark, {}, true); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    const bool quoted = tag == "!";
    if (!quoted) no_tags(mark, tag);
    scalar(mark, value, !quoted);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A mapping or list that is not closed yet.
  struct Open {
    Node node;
    std::string key;  ///< of the mapping's next value
    Where key_where;
    bool has_key = false;
    std::unordered_set<std::string> seen;
  };

  Where where(const YAML::Mark& mark) const { return {file_, mark.line + 1}; }

  [[noreturn]] void no_anchors(const YAML::Mark& mark) const {
    fail_input(where(mark), "anchors and aliases (& and *) are not supported; quote the text if it is none");
  }
  void no_tags(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?") fail_input(where(mark), "YAML tags are not supported: " + tag);
  }
  bool wants_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::kMap && !open_.back().has_key;
  }

  void scalar(const YAML::Mark& mark, const std::string& text, bool plain) {
    if (wants_key()) return key(mark, text);
    Node node;
    // The parser places a missing value at the next thing it sees.
    node.where = text.empty() && !open_.empty() && open_.back().has_key ? open_.back().key_where : where(mark);
    node.text = text;
    const bool names_source = open_.size() == 2 && open_.front().key == kSources;
    if (plain && !names_source) split_source(node);
    add(std::move(node));
  }

  void key(const YAML::Mark& mark, const std::string& text) {
    Open& map = open_.back();
    if (text.empty()) fail_input(where(mark), "a key is empty");
    if (!map.seen.insert(text).second) fail_input(where(mark), "the key '" + text + "' appears twice");
    map.key = text;
    map.key_where = where(mark);
    map.has_key = true;
  }

  void open(const YAML::Mark& mark, const std::string& tag, Node::Kind kind) {
    no_tags(mark, tag);
    if (wants_key()) fail_input(where(mark), "a key must be a word, not a list or a mapping");
    if (open_.size() >= kMostLevels) {
      fail_input(where(mark), "nested deeper than " + std::to_string(kMostLevels) + " levels");
    }
    // A mapping is said to begin where its key stands: that is the line to look at when it lacks something.
    Open opened;
    opened.node.kind = kind;
    opened.node.where = !open_.empty() && open_.back().has_key ? open_.back().key_where : where(mark);
    open_.push_back(std::move(opened));
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::kMap) parent.node.keys.push_back(parent.key);
    parent.has_key = false;
    parent.node.children.push_back(std::move(node));
  }

  std::string file_;
  std::vector<Open> open_;
  Node root_;
  bool started_ = false;
};

/// Source keys, and where each is used first.
using Uses = std::map<std::string, Where>;

/// Hands the source of each mapping down to the scalars below it, and notes the sources in use.
void inherit(Node& node, std::string source, Uses& uses) {
  if (const Node* own = node.find("source")) {
    if (own->kind != Node::Kind::kScalar || own->text.empty()) {
      fail_input(own->where, "source: expected a key of 'sources'");
    }
    source = own->text;
    uses.emplace(source, own->where);
    node.erase("source");
  }
  if (node.kind == Node::Kind::kScalar) {
    if (node.source.empty()) node.source = source;
    if (!node.source.empty()) uses.emplace(node.source, node.where);
  }
  for (Node& child : node.children) inherit(child, source, uses);
}

void check_sources(const Node& sources, const Uses& uses, bool has_base) {
  if (sources.kind != Node::Kind::kMap) fail_input(sources.where, "sources: expected key: text");
  for (const auto& [key, where] : uses) {
    // A key that is not here may stand in the base; whoever loads the joined tree finds out.
    if (!has_base && sources.find(key) == nullptr) fail_input(where, unknown_name("source", key, sources.keys));
  }
  for (std::size_t i = 0; i < sources.keys.size(); ++i) {
    const Node& text = sources.children[i];
    const std::string name = "source '" + sources.keys[i] + "'";
    if (text.kind != Node::Kind::kScalar || text.text.empty()) fail_input(text.where, name + ": expected a text");
    if (!uses.contains(sources.keys[i])) fail_input(text.where, name + " is not used by any value");
  }
}

/// Resolves `source` and `@` in one text.
void cite(Node& root) {
  std::optional<Node> sources;
  if (Node* given = root.find(kSources)) sources = std::move(*given);
  root.erase(kSources);
  Uses uses;
  inherit(root, {}, uses);
  if (!sources) return;
  check_sources(*sources, uses, root.find("base") != nullptr);
  root.put(kSources, std::move(*sources));
}

Node read_chain(const std::filesystem::path& file, const FindBase& find_base,
                std::vector<std::filesystem::path>& chain) {
  chain.push_back(std::filesystem::weakly_canonical(file));
  Node tree = parse_yaml(read_whole(file, kMostBytes), file.string());
  const Node* named = tree.find("base");
  if (named == nullptr) return tree;
  if (named->kind != Node::Kind::kScalar || named->text.empty()) fail_input(named->where, "base: expected a name");
  const Where where = named->where;
  const std::string name = named->text;
  tree.erase("base");
  const std::filesystem::path base = find_base(name, where);
  for (const std::filesystem::path& seen : chain) {
    if (seen == std::filesystem::weakly_canonical(base)) fail_input(where, "base: '" + name + "' leads back to itself");
  }
  return merged(read_chain(base, find_base, chain), std::move(tree));
}

}  // namespace

Node parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kMostBytes) fail_input({file}, "larger than the allowed " + std::to_string(kMostBytes) + " bytes");
  Builder builder(file);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) fail_input({file}, "the file is empty");
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    fail_input({file, error.mark.line + 1}, "not valid YAML: " + error.msg);
  }
  Node root = builder.take();
  cite(root);
  return root;
}

Node read_document(const std::filesystem::path& file, const FindBase& find_base,
                   std::span<const std::string> overrides) {
  std::vector<std::filesystem::path> chain;
  Node tree = read_chain(file, find_base, chain);
  for (const std::string& text : overrides) apply_override(tree, text);
  return tree;
}

}  // namespace cimera
