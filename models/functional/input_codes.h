// The input codes of a weighted layer, while its inputs come to the tiles that hold it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/range.h"
#include "workloads/inference.h"

namespace cimera::functional {

/// Codes for some images. Tiles that get the same values may share them: what was coded once is not coded again.
class InputCodes {
 public:
  InputCodes(const workloads::Network& network, const workloads::QuantizedLayer& layer, std::int64_t count);

  /// Whether no other values than these were coded for elements `range` of an image; `values` are
  /// [count][range.size()].
  bool agree(const Range& range, std::span<const float> values) const;
  /// Codes what is not coded yet of `range`, which holds whole inputs (channels of a convolution). Returns how many of
  /// these values the code range clipped.
  std::int64_t add(const Range& range, std::span<const float> values);

  /// [group][count * positions][rows]; defined for the rows of elements that were added.
  std::span<const std::vector<std::int32_t>> by_group() const { return codes_; }

 private:
  const workloads::Network& network_;
  const workloads::QuantizedLayer& layer_;
  std::int64_t count_;
  std::int64_t elements_;  ///< of an image
  std::int64_t share_;     ///< elements of a group, or of a position of a dense layer
  std::int64_t groups_;
  RangeSet coded_;
  std::vector<float> values_;  ///< [count][elements]
  std::vector<std::vector<std::int32_t>> codes_;
};

}  // namespace cimera::functional
