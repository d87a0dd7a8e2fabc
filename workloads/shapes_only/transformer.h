// From the parameters of a transformer to its layers, for one phase of its use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// What a transformer does with its context of N tokens.
enum class Phase {
  kPrefill,  ///< reads all N at once
  kDecode,   ///< reads one, and finds keys and values of the N - 1 before it in memory
};
EnumNames<Phase> enum_names(const Phase*);

/// How a transformer is used; what is left out is the network's own choice.
struct TransformerUse {
  std::optional<Phase> phase;
  std::optional<std::int64_t> context;

  bool asked() const { return phase.has_value() || context.has_value(); }
};

enum class NormPlace {
  kBefore,  ///< of attention and of the feed-forward part, and once at the end (GPT-2)
  kAfter,   ///< each of the two sums, and the embeddings (BERT)
};
EnumNames<NormPlace> enum_names(const NormPlace*);
enum class NormKind { kLayer, kRms };
EnumNames<NormKind> enum_names(const NormKind*);
enum class FeedForward { kGelu, kRelu, kSiluGated };
EnumNames<FeedForward> enum_names(const FeedForward*);
enum class Positions { kLearned, kRotary };
EnumNames<Positions> enum_names(const Positions*);

/// A stack of equal blocks (Vaswani et al., NeurIPS 2017) as published models vary it.
struct TransformerParameters {
  std::int64_t layers = 0, width = 0, heads = 0, kv_heads = 0, head_width = 0, hidden = 0;
  std::int64_t vocabulary = 0;
  std::int64_t token_types = 0;  ///< rows of a table added to the embeddings (BERT's segments); 0: none
  std::int64_t max_context = 0;
  bool causal = true;   ///< a token sees those before it only
  bool bias = true;     ///< of the dense layers of a block
  bool head = true;     ///< logits over the vocabulary, of the last token
  bool tied = true;     ///< the head's weights are the embedding's table: counted once as parameters
  bool pooler = false;  ///< a dense layer of `width` and a tanh on the first token (BERT)
  NormPlace norm_place = NormPlace::kBefore;
  NormKind norm = NormKind::kLayer;
  FeedForward feed_forward = FeedForward::kGelu;
  Positions positions = Positions::kLearned;
};
Schema<TransformerParameters> schema(const TransformerParameters*);

/// Entries of all tables, matrices, biases and norms, whatever a phase reads of them.
std::int64_t parameter_count(const TransformerParameters& parameters);

/// The network of one sequence. The input is [1, tokens]: `context` token ids of a prefill, one of a decode. A head
/// gives the logits of the last token, [1, 1, vocabulary]; without, the output is that of the last block or the pooler.
/// Throws Error(kInput) at `--context` for a context that is below 1 or above `max_context`, and at `--phase` for a
/// decode without causal attention.
Network transformer_network(const TransformerParameters& parameters, const std::string& name, const std::string& source,
                            Phase phase, std::int64_t context);

}  // namespace cimera::workloads
