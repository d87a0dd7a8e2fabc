// How an input code is cut into the digits that are driven one after the other.
#pragma once

#include <array>
#include <cstdint>

namespace cimera::functional {

inline constexpr int kMaxSteps = 16;

/// Digit of step t = ((code + bias) >> shift[t]) & mask[t] on the low 16 bits of a code; the code is the sum of
/// digit << shift[t] over the steps, the last one taken off when `sign_last`, minus bias.
struct StepPlan {
  int count = 1;
  int bits = 1;            ///< of a digit; shift[t] = t * bits but for a sign step
  bool sign_last = false;  ///< the last step is the sign bit of a two's complement code
  std::int32_t bias = 0;
  std::array<int, kMaxSteps> shift{};
  std::array<std::uint16_t, kMaxSteps> mask{};

  /// The digits of `magnitude_bits`-bit numbers, `bits` at a time from the lowest, and a sign step if asked for.
  StepPlan(int magnitude_bits, int digit_bits, bool with_sign) : count(0), bits(digit_bits), sign_last(with_sign) {
    for (int at = 0; at < magnitude_bits; at += bits, ++count) {
      const int width = magnitude_bits - at < bits ? magnitude_bits - at : bits;
      shift[count] = at, mask[count] = static_cast<std::uint16_t>((1 << width) - 1);
    }
    if (with_sign) shift[count] = magnitude_bits, mask[count] = 1, ++count;
  }
};

}  // namespace cimera::functional
