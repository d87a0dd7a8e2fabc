#include "workloads/shapes_only/transformer.h"

#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/shapes_only/draft.h"

namespace cimera::workloads {
namespace {

using Parameters = NetworkBuilder::Parameters;

/// Writes the layers of one network.
class Writer {
 public:
  Writer(const TransformerParameters& p, Draft& draft, std::int64_t tokens, std::int64_t context)
      : p_(p), draft_(draft), tokens_(tokens), context_(context) {}

  void write() {
    const TensorId table = draft_.constant("embedding.table", {p_.vocabulary, p_.width});
    draft_.at = draft_.add("embedding", Embedding{p_.vocabulary, p_.width}, {draft_.at}, {.weights = table});
    if (p_.positions == Positions::kLearned) add_rows("positions", tokens_);
    if (p_.token_types > 0) add_rows("token_types", 1);
    if (p_.norm_place == NormPlace::kAfter) draft_.at = norm("embedding.norm", draft_.at);
    for (std::int64_t i = 0; i < p_.layers; ++i) block(fmt::format("block{}.", i));
    if (p_.norm_place == NormPlace::kBefore) draft_.at = norm("norm", draft_.at);
    if (p_.pooler) {
      draft_.at = draft_.dense("pooler", take_token("pooler.token", 0), p_.width, true);
      draft_.at = draft_.add("pooler.tanh", Unary{UnaryKind::kTanh}, {draft_.at});
    }
    if (p_.head) draft_.at = draft_.dense("head", take_token("head.token", tokens_ - 1), p_.vocabulary, false);
  }

 private:
  /// Adds `rows` rows of a table of `width` values to the embeddings; only these rows are read.
  void add_rows(const std::string& name, std::int64_t rows) {
    const TensorId table = draft_.constant(name + ".rows", {1, rows, p_.width});
    draft_.at = draft_.add(name, Binary{BinaryKind::kAdd}, {draft_.at, table});
  }

  TensorId norm(const std::string& name, TensorId from) {
    Parameters parameters{.weights = draft_.constant(name + ".factor", {p_.width})};
    if (p_.norm == NormKind::kLayer) parameters.bias = draft_.constant(name + ".addend", {p_.width});
    const auto kind = p_.norm == NormKind::kLayer ? Normalize::Kind::kLayer : Normalize::Kind::kRms;
    return draft_.add(name, Normalize{.kind = kind}, {from}, std::move(parameters));
  }

  TensorId take_token(const std::string& name, std::int64_t index) {
    if (tokens_ == 1) return draft_.at;
    return draft_.add(name, Slice{.start = {0, index, 0}, .step = {1, 1, 1}}, {draft_.at},
                      {.shape = Shape{1, 1, p_.width}});
  }

  void block(const std::string& name) {
    const bool before = p_.norm_place == NormPlace::kBefore;
    const TensorId x = draft_.at;
    const TensorId attended = attention(name, before ? norm(name + "norm1", x) : x);
    TensorId y = draft_.add(name + "add1", Binary{BinaryKind::kAdd}, {x, attended});
    if (!before) y = norm(name + "norm1", y);
    const TensorId fed = feed_forward(name, before ? norm(name + "norm2", y) : y);
    TensorId z = draft_.add(name + "add2", Binary{BinaryKind::kAdd}, {y, fed});
    draft_.at = before ? z : norm(name + "norm2", z);
  }

  /// [1, tokens, heads * head_width] as [1, heads, tokens, head_width].
  TensorId heads(const std::string& name, TensorId from, std::int64_t count) {
    const TensorId split =
        draft_.add(name + ".split", Reshape{}, {from}, {.shape = Shape{1, tokens_, count, p_.head_width}});
    return draft_.add(name + ".heads", Transpose{.perm = {0, 2, 1, 3}}, {split});
  }

  /// x cos + (its halves swapped, one negated) sin (Su et al., RoFormer, arXiv 2104.09864, eq. 34).
  TensorId rotate(const std::string& name, TensorId from, std::int64_t count) {
    const Shape half{1, count, tokens_, p_.head_width / 2}, angles{1, 1, tokens_, p_.head_width};
    const auto part = [&](const char* what, std::int64_t start) {
      return draft_.add(name + what, Slice{.start = {0, 0, 0, start}, .step = {1, 1, 1, 1}}, {from}, {.shape = half});
    };
    const TensorId first = part(".first", 0), second = part(".second", p_.head_width / 2);
    const TensorId negated = draft_.add(name + ".negate", Unary{UnaryKind::kNegate}, {second});
    const TensorId swapped = draft_.add(name + ".swapped", Concat{.axis = 3}, {negated, first});
    if (!cosine_) cosine_ = draft_.constant("rotary.cos", angles), sine_ = draft_.constant("rotary.sin", angles);
    const TensorId a = draft_.add(name + ".cos", Binary{BinaryKind::kMul}, {from, *cosine_});
    const TensorId b = draft_.add(name + ".sin", Binary{BinaryKind::kMul}, {swapped, *sine_});
    return draft_.add(name + ".rotated", Binary{BinaryKind::kAdd}, {a, b});
  }

  /// Keys or values of all tokens of the context.
  TensorId with_kept(const std::string& name, TensorId fresh) {
    if (tokens_ == context_) return fresh;
    const TensorId kept = draft_.constant(name + ".kept", {1, p_.kv_heads, context_ - tokens_, p_.head_width});
    return draft_.add(name + ".cache", KvCache{.axis = 2}, {kept, fresh});
  }

  TensorId attention(const std::string& block, TensorId x) {
    const auto project = [&](const char* what, std::int64_t count) {
      return heads(block + what, draft_.dense(block + what, x, count * p_.head_width, p_.bias), count);
    };
    TensorId q = project("q", p_.heads), k = project("k", p_.kv_heads);
    const TensorId fresh_v = project("v", p_.kv_heads);
    if (p_.positions == Positions::kRotary) {
      q = rotate(block + "q", q, p_.heads);
      k = rotate(block + "k", k, p_.kv_heads);
    }
    k = with_kept(block + "k", k);
    TensorId v = with_kept(block + "v", fresh_v);
    const std::int64_t group = p_.heads / p_.kv_heads;
    if (group > 1) {  // several heads read the same keys and values
      const auto grouped = [&](const char* what, TensorId from, std::int64_t size, std::int64_t tokens) {
        return draft_.add(block + what, Reshape{}, {from},
                          {.shape = Shape{1, p_.kv_heads, size, tokens, p_.head_width}});
      };
      q = grouped("q.group", q, group, tokens_);
      k = grouped("k.group", k, 1, context_);
      v = grouped("v.group", v, 1, context_);
    }
    TensorId scores = draft_.add(block + "scores", MatMul{.transpose_b = true}, {q, k});
    if (!scale_) scale_ = draft_.constant("attention.scale", {1});
    scores = draft_.add(block + "scale", Binary{BinaryKind::kMul}, {scores, *scale_});
    if (p_.causal && tokens_ > 1) {
      if (!mask_) mask_ = draft_.constant("attention.mask", {tokens_, context_});
      scores = draft_.add(block + "mask", Binary{BinaryKind::kAdd}, {scores, *mask_});
    }
    const TensorId shares = draft_.add(block + "softmax", Softmax{}, {scores});
    TensorId y = draft_.add(block + "mix", MatMul{}, {shares, v});
    if (group > 1)
      y = draft_.add(block + "mix.heads", Reshape{}, {y}, {.shape = Shape{1, p_.heads, tokens_, p_.head_width}});
    y = draft_.add(block + "mix.tokens", Transpose{.perm = {0, 2, 1, 3}}, {y});
    y = draft_.add(block + "mix.join", Reshape{}, {y}, {.shape = Shape{1, tokens_, p_.heads * p_.head_width}});
    return draft_.dense(block + "out", y, p_.width, p_.bias);
  }

  TensorId feed_forward(const std::string& block, TensorId x) {
    TensorId y;
    if (p_.feed_forward == FeedForward::kSiluGated) {
      const TensorId gate = draft_.dense(block + "gate", x, p_.hidden, p_.bias);
      const TensorId open = draft_.add(block + "silu", Unary{UnaryKind::kSilu}, {gate});
      const TensorId up = draft_.dense(block + "up", x, p_.hidden, p_.bias);
      y = draft_.add(block + "gated", Binary{BinaryKind::kMul}, {open, up});
    } else {
      const UnaryKind kind = p_.feed_forward == FeedForward::kGelu ? UnaryKind::kGelu : UnaryKind::kRelu;
      y = draft_.dense(block + "up", x, p_.hidden, p_.bias);
      y = draft_.add(block + op_name(Unary{kind}), Unary{kind}, {y});
    }
    return draft_.dense(block + "down", y, p_.width, p_.bias);
  }

  const TransformerParameters& p_;
  Draft& draft_;
  std::int64_t tokens_, context_;
  std::optional<TensorId> cosine_, sine_, scale_, mask_;
};

}  // namespace

EnumNames<Phase> enum_names(const Phase*) { return {{"prefill", Phase::kPrefill}, {"decode", Phase::kDecode}}; }
EnumNames<NormPlace> enum_names(const NormPlace*) {
  return {{"before", NormPlace::kBefore}, {"after", NormPlace::kAfter}};
}
EnumNames<NormKind> enum_names(const NormKind*) { return {{"layer", NormKind::kLayer}, {"rms", NormKind::kRms}}; }
EnumNames<FeedForward> enum_names(const FeedForward*) {
  return {{"gelu", FeedForward::kGelu}, {"relu", FeedForward::kRelu}, {"silu_gated", FeedForward::kSiluGated}};
}
EnumNames<Positions> enum_names(const Positions*) {
  return {{"learned", Positions::kLearned}, {"rotary", Positions::kRotary}};
}

Schema<TransformerParameters> schema(const TransformerParameters*) {
  using P = TransformerParameters;
  constexpr double kMost = 1 << 20;
  return Schema<P>("transformer", "a stack of equal blocks of attention and a feed-forward part")
      .need("layers", &P::layers, "blocks")
      .range(1, 1024)
      .need("width", &P::width, "values of a token between blocks")
      .range(1, kMost)
      .need("heads", &P::heads, "heads of attention")
      .range(1, 1024)
      .need("kv_heads", &P::kv_heads, "heads that have keys and values of their own")
      .range(1, 1024)
      .need("head_width", &P::head_width, "values of a head")
      .range(1, kMost)
      .need("hidden", &P::hidden, "values inside the feed-forward part")
      .range(1, kMost)
      .need("vocabulary", &P::vocabulary, "tokens that are known")
      .range(1, 1 << 24)
      .need("max_context", &P::max_context, "tokens that it can look at")
      .range(1, 1 << 24)
      .opt("token_types", &P::token_types, "kinds of tokens with an embedding of their own", "tokens have no types")
      .range(0, 1024)
      .need("causal", &P::causal, "whether a token sees those before it only")
      .need("bias", &P::bias, "whether the dense layers of a block add a bias")
      .need("head", &P::head, "whether it gives logits over the vocabulary")
      .opt("tied", &P::tied, "whether the head uses the table of the embedding", "the head has its own weights")
      .opt("pooler", &P::pooler, "whether a dense layer and a tanh follow on the first token", "none follows")
      .need("norm_place", &P::norm_place, "before each part of a block, or after its sum")
      .need("norm", &P::norm, "normalisation with or without centring")
      .need("feed_forward", &P::feed_forward, "function between the two dense layers")
      .need("positions", &P::positions, "how tokens know their place")
      .check("heads must be a multiple of kv_heads", [](const P& p) { return p.heads % p.kv_heads == 0; })
      .check("head_width must be even for rotary positions",
             [](const P& p) { return p.positions != Positions::kRotary || p.head_width % 2 == 0; });
}

std::int64_t parameter_count(const TransformerParameters& p) {
  const std::int64_t bias = p.bias ? 1 : 0, norm = (p.norm == NormKind::kLayer ? 2 : 1) * p.width;
  const auto dense = [&](std::int64_t in, std::int64_t out) { return (in + bias) * out; };
  const std::int64_t q = p.heads * p.head_width, kv = p.kv_heads * p.head_width;
  const std::int64_t up = p.feed_forward == FeedForward::kSiluGated ? 2 : 1;
  const std::int64_t block = dense(p.width, q) + 2 * dense(p.width, kv) + dense(q, p.width) +
                             up * dense(p.width, p.hidden) + dense(p.hidden, p.width) + 2 * norm;
  const std::int64_t tables = p.vocabulary + (p.positions == Positions::kLearned ? p.max_context : 0) + p.token_types +
                              (p.head && !p.tied ? p.vocabulary : 0);
  return p.layers * block + norm + tables * p.width + (p.pooler ? (p.width + 1) * p.width : 0);
}

Network transformer_network(const TransformerParameters& parameters, const std::string& name, const std::string& source,
                            Phase phase, std::int64_t context) {
  if (context < 1 || context > parameters.max_context)
    fail_input({"--context"},
               fmt::format("{}: network '{}' has contexts of 1 to {} tokens", context, name, parameters.max_context));
  if (phase == Phase::kDecode && !parameters.causal)
    fail_input({"--phase"}, fmt::format("network '{}' has no decode phase: its tokens see those behind them; use "
                                        "--phase prefill",
                                        name));
  const std::int64_t tokens = phase == Phase::kPrefill ? context : 1;
  Draft draft(name, source, {1, tokens});
  Writer(parameters, draft, tokens, context).write();
  return std::move(draft).finish();
}

}  // namespace cimera::workloads
