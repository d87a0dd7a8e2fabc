// From a transformer over a fixed number of tokens to one over some of them, with keys and values kept from before.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/network.h"

namespace cimera::workloads {

/// A part of a token network, and where it keeps keys and values.
struct Positions {
  Network network;
  /// By KvCache layer of `network`, in order: the constant that holds what earlier tokens left; shapes only. Empty for
  /// the first tokens.
  std::vector<TensorId> kept;
  /// By product of two activations, in order: what later tokens need of its second operand, along `axis` (the output of
  /// the KvCache, or the operand itself for the first tokens).
  struct Keep {
    TensorId tensor;
    std::int64_t axis = 0;
  };
  std::vector<Keep> keep;
};

/// The network of tokens [first, first + count) of `whole`, which reads T tokens as [1, T] and gives one row for each.
///
/// Every tensor of `whole` has at most one dimension that counts tokens (scores of attention have two: of queries and
/// of keys); it is followed from the input through all layers and cut to the tokens asked for. The second operand of a
/// product of two activations is what a decode keeps: a KvCache joins what was kept with what is new. Constants that
/// have a row for each token (positions, masks) are cut too.
///
/// Throws Error(kInput) naming the layer when a layer mixes tokens in another way (a pooling or normalisation over
/// them), and when scores are not masked so that a token sees none behind it: what is kept would then have to change.
/// Throws Error(kRun) unless 0 <= first, 1 <= count, first + count <= T.
Positions at_positions(const Network& whole, std::int64_t first, std::int64_t count);

}  // namespace cimera::workloads
