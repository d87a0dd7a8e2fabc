#include "workloads/shapes_only/catalog.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/schema.h"
#include "core/yaml.h"
#include "workloads/shapes_only/draft.h"
#include "workloads/shapes_only/layer_kinds.h"
#include "workloads/shapes_only/layer_text.h"

namespace cimera::workloads {
namespace {

/// What the source of a network says about its size, for one sample.
struct Totals {
  std::int64_t macs = 0, weights = 0;
  std::int64_t parameters = 0;
  Phase phase = Phase::kPrefill;
  std::int64_t context = 0;
};
Schema<Totals> schema(const Totals*) {
  return Schema<Totals>("totals", "what the network must add up to")
      .need("macs", &Totals::macs, "multiply-accumulates of one sample")
      .at_least(1)
      .need("weights", &Totals::weights, "entries of the matrices of convolutions and dense layers")
      .at_least(1)
      .opt("parameters", &Totals::parameters, "everything that is learnt, in a transformer", "not stated")
      .opt("phase", &Totals::phase, "of a transformer: what the other totals are for", "prefill")
      .opt("context", &Totals::context, "of a transformer: tokens that the other totals are for", "no transformer");
}

/// Everything in a file but its layers.
struct Head {
  std::string description, input;
  Totals totals;
  std::optional<TransformerParameters> transformer;
};
Schema<Head> schema(const Head*) {
  return Schema<Head>("network", "a network of which only shapes are known")
      .need("description", &Head::description, "what it is, and where it was published")
      .opt("input", &Head::input, "channels x height x width of a sample", "a transformer reads tokens")
      .group("transformer", &Head::transformer, "parameters of a transformer, in place of layers")
      .group("totals", &Head::totals, "what the network must add up to");
}

/// A named part of a network with parameters: "bottleneck:64,256,1".
struct Block {
  std::vector<std::string> parameters;
  const Node* layers = nullptr;
};

void require_kind(const Node& node, Node::Kind kind, const std::string& what) {
  if (node.kind != kind) fail_input(node.where, what);
}

/// Appends the layers of a file to a draft.
class Layers {
 public:
  Layers(Draft& draft, const Node* blocks) : draft_(draft) {
    if (blocks == nullptr) return;
    require_kind(*blocks, Node::Kind::kMap, "blocks: expected blocks by name");
    for (std::size_t i = 0; i < blocks->keys.size(); ++i) blocks_.emplace(blocks->keys[i], read(blocks->children[i]));
  }

  using Values = std::map<std::string, std::string>;

  void list(const Node& node, const Values& values, int depth) {
    constexpr int kDeepest = 16;
    require_kind(node, Node::Kind::kList, "expected a list of layers");
    if (depth > kDeepest) fail_input(node.where, fmt::format("blocks contain each other more than {} times", kDeepest));
    for (const Node& item : node.children) {
      if (item.kind == Node::Kind::kScalar) {
        text(item, values, depth);
      } else {
        residual(item, values, depth);
      }
    }
  }

 private:
  static Block read(const Node& node) {
    const Node* layers = node.find("layers");
    if (node.kind != Node::Kind::kMap || layers == nullptr || node.keys.size() != 1 + (node.find("parameters") ? 1 : 0))
      fail_input(node.where, "a block has layers, and parameters where it needs them, and nothing else");
    Block block{.parameters = {}, .layers = layers};
    if (const Node* parameters = node.find("parameters")) {
      require_kind(*parameters, Node::Kind::kList, "parameters: expected a list of names");
      for (const Node& name : parameters->children) block.parameters.push_back(name.text);
    }
    return block;
  }

  /// "kind:values" or "block:values", and "x3" behind it to have it three times.
  void text(const Node& item, const Values& values, int depth) {
    std::string words = replaced(item, values);
    std::int64_t times = 1;
    if (const std::size_t blank = words.rfind(" x"); blank != std::string::npos) {
      constexpr std::int64_t kMost = 1000;
      const std::string number = words.substr(blank + 2);
      if (number.empty() || number.size() > 4 || number.find_first_not_of("0123456789") != std::string::npos ||
          std::stoll(number) < 1 || std::stoll(number) > kMost)
        fail_input(item.where, fmt::format("'{}': expected how often, x1 to x{}", words, kMost));
      times = std::stoll(number);
      words.resize(blank);
    }
    const auto block = blocks_.find(LayerText::kind(words));
    for (std::int64_t i = 0; i < times; ++i) {
      if (++layers_ > kMostLayers) fail_input(item.where, fmt::format("more than {} layers", kMostLayers));
      if (block == blocks_.end()) {
        add_layer(draft_, words, item.where);
      } else {
        call(block->first, block->second, words, item.where, depth);
      }
    }
  }

  void call(const std::string& name, const Block& block, const std::string& words, const Where& where, int depth) {
    std::vector<std::string> given;
    if (const std::size_t colon = words.find(':'); colon != std::string::npos) {
      std::string rest = words.substr(colon + 1);
      for (std::size_t comma = rest.find(','); comma != std::string::npos; comma = rest.find(',')) {
        given.push_back(rest.substr(0, comma));
        rest.erase(0, comma + 1);
      }
      given.push_back(rest);
    }
    if (given.size() != block.parameters.size())
      fail_input(where, fmt::format("'{}': block '{}' has {} parameters ({}), not {}", words, name,
                                    block.parameters.size(), fmt::join(block.parameters, ", "), given.size()));
    Values values;
    for (std::size_t i = 0; i < given.size(); ++i) values[block.parameters[i]] = given[i];
    list(*block.layers, values, depth + 1);
  }

  /// The text with "$name" replaced by the value of that parameter.
  static std::string replaced(const Node& item, const Values& values) {
    std::string text = item.text;
    for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
      std::size_t end = at + 1;
      while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) ++end;
      const auto value = values.find(text.substr(at + 1, end - at - 1));
      if (value == values.end())
        fail_input(item.where, fmt::format("'{}': '{}' is no parameter here", item.text, text.substr(at, end - at)));
      text.replace(at, end - at, value->second);
      at += value->second.size();
    }
    return text;
  }

  /// residual: {body: [...], shortcut: [...]}: the sum of both on the same input; no shortcut is the input itself.
  void residual(const Node& item, const Values& values, int depth) {
    const Node* both = item.kind == Node::Kind::kMap && item.keys == std::vector<std::string>{"residual"}
                           ? item.find("residual")
                           : nullptr;
    const Node* body = both == nullptr ? nullptr : both->find("body");
    const Node* shortcut = both == nullptr ? nullptr : both->find("shortcut");
    if (body == nullptr || both->keys.size() != (shortcut == nullptr ? 1U : 2U))
      fail_input(item.where,
                 "expected a layer as text, or residual: with body: and, where it is not the input itself, "
                 "shortcut:");
    const TensorId input = draft_.at;
    list(*body, values, depth + 1);
    const TensorId sum = std::exchange(draft_.at, input);
    if (shortcut != nullptr) list(*shortcut, values, depth + 1);
    const TensorId other = draft_.at;
    draft_.at = draft_.add(draft_.numbered("add"), Binary{BinaryKind::kAdd}, {sum, other}, {.where = item.where});
  }

  static constexpr int kMostLayers = 100000;
  Draft& draft_;
  std::map<std::string, Block> blocks_;
  int layers_ = 0;
};

Network layered(const Node& tree, const Node& layers, const Head& head, const std::string& name) {
  Shape input{1};
  std::string rest = head.input + "x";
  for (std::size_t x = rest.find('x'); x != std::string::npos; x = rest.find('x')) {
    const std::string number = rest.substr(0, x);
    if (number.empty() || number.size() > 7 || number.find_first_not_of("0123456789") != std::string::npos)
      fail_input(tree.where, fmt::format("input: '{}' is no shape such as 3x224x224", head.input));
    input.push_back(std::stoll(number));
    rest.erase(0, x + 1);
  }
  Draft draft(name, tree.where.file, std::move(input));
  Layers(draft, tree.find("blocks")).list(layers, {}, 0);
  return std::move(draft).finish();
}

void check(const char* what, std::int64_t ours, std::int64_t stated, const Where& where) {
  if (ours != stated)
    fail_input(where, fmt::format("totals: the layers have {} {}, but the file states {}", ours, what, stated));
}

void check(const Network& network, const Totals& totals, const Where& where) {
  check("macs", macs(network), totals.macs, where);
  check("weights", weight_count(network), totals.weights, where);
}

}  // namespace

CatalogEntry load_catalog(const std::filesystem::path& file, const TransformerUse& use) {
  Node tree = read_document(file, [](const std::string&, const Where& where) -> std::filesystem::path {
    fail_input(where, "a network has no base");
  });
  const Where where = tree.where;
  const std::string name = file.stem().string();
  const Node* layers = tree.find("layers");
  Node rest = tree;
  for (const char* key : {"layers", "blocks"}) rest.erase(key);
  const Head head = load<Head>(rest).value;
  const bool transformer = head.transformer.has_value();
  if (transformer == (layers != nullptr))
    fail_input(where, "a network has either layers or the parameters of a transformer");
  if (!transformer) {
    if (use.asked())
      fail_input({use.phase ? "--phase" : "--context"}, fmt::format("network '{}' is no transformer", name));
    Network network = layered(tree, *layers, head, name);
    check(network, head.totals, where);
    return {std::move(network), head.description, false};
  }
  const auto with = [&](Phase phase, std::int64_t context) {
    return transformer_network(*head.transformer, name, where.file, phase, context);
  };
  Network network = with(head.totals.phase, head.totals.context);
  check(network, head.totals, where);
  if (head.totals.parameters != 0)
    check("parameters", parameter_count(*head.transformer), head.totals.parameters, where);
  if (use.asked()) network = with(use.phase.value_or(head.totals.phase), use.context.value_or(head.totals.context));
  return {std::move(network), head.description, true};
}

}  // namespace cimera::workloads
