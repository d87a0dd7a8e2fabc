// Running a transformer token by token, with the keys and values of earlier tokens in memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/inference.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// One sequence. In FP32, on the calling thread.
class DecodeSession {
 public:
  /// `network` reads T tokens (workloads/decode/positions.h says which networks can be read token by token) and must
  /// outlive the session.
  explicit DecodeSession(const Network& network) : network_(network) {}

  /// Reads the next tokens, one or many at once, and returns the network's output for each of them:
  /// [tokens.size()][values of one token]. Throws Error(kInput) as at_positions does, for token ids that the network
  /// does not know, and when the sequence grows beyond T tokens.
  Values read(std::span<const std::int64_t> tokens);

  std::int64_t length() const { return length_; }  ///< tokens read so far

 private:
  const Network& network_;
  std::int64_t length_ = 0;
  std::vector<Values> kept_;  ///< by product of two activations: what it reads as its second operand
};

}  // namespace cimera::workloads
