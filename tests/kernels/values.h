// Reproducible operands for the tests of kernels.
#pragma once

#include <cstdint>
#include <vector>

#include "core/stream.h"

namespace cimera::kernels {

/// `count` reproducible floats in [low, high).
inline std::vector<float> random_floats(std::int64_t count, float low, float high, std::uint32_t unit) {
  std::vector<float> values(static_cast<std::size_t>(count));
  const Stream stream(StreamKey{.seed = 1, .purpose = "kernel test"});
  stream.uniform({.unit = unit}, values);
  for (float& v : values) v = low + (high - low) * v;
  return values;
}

/// `count` reproducible integers in [low, high].
template <class T>
std::vector<T> random_integers(std::int64_t count, int low, int high, std::uint32_t unit) {
  std::vector<std::uint32_t> words(static_cast<std::size_t>(count));
  Stream(StreamKey{.seed = 1, .purpose = "kernel test"}).bits({.unit = unit}, words);
  std::vector<T> values;
  for (const std::uint32_t word : words) {
    values.push_back(static_cast<T>(low + static_cast<int>(word % static_cast<std::uint32_t>(high - low + 1))));
  }
  return values;
}

}  // namespace cimera::kernels
