// How well the outputs of a token network predict the next tokens.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/dataset.h"
#include "workloads/network.h"

namespace cimera::study {

/// Whether a network gives a row of logits for each of the tokens that it reads, at least two.
bool predicts_tokens(const workloads::Network& network);

/// Adds up over samples. The row of token i is a guess of token i + 1; the last row of a sample has nothing to be
/// compared with.
class TokenScore {
 public:
  /// Outputs of some samples and those of FP32, [count][tokens][vocabulary]. Appends to `right` 1 or 0 for each token
  /// but the first of a sample: whether the largest logit is that token.
  void add(const workloads::Batch& batch, std::span<const float> output, std::span<const float> reference,
           std::vector<std::uint8_t>& right);
  void operator+=(const TokenScore& other);

  double agreement() const;   ///< share of tokens for which output and FP32 have their largest logit at the same place
  double perplexity() const;  ///< e^(mean of -ln of the probability of the token that follows)
  bool empty() const { return tokens_ == 0; }

 private:
  std::int64_t tokens_ = 0, agree_ = 0;
  double surprise_ = 0.0;  ///< sum of -ln p
};

}  // namespace cimera::study
