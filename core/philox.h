// Philox4x32-10 (Salmon et al., SC'11) and Box-Muller on vectors: the inside of Stream.
#pragma once

#include <cstdint>
#include <span>

namespace cimera::detail {

/// The words of one line: block b is philox(counter = (first_block + b, line, read[0], read[1]), key).
struct PhiloxLine {
  std::uint32_t key[2];
  std::uint32_t first_block;
  std::uint32_t line;
  std::uint32_t read[2];
};

/// Element i comes from word i % 4 of block i / 4. Bit-identical on every SIMD target.
void philox_bits(const PhiloxLine& line, std::span<std::uint32_t> out);
/// The upper 24 bits of a word, over 2^24.
void philox_uniform(const PhiloxLine& line, std::span<float> out);
/// Words (w0, w1) of a block give r cos a and r sin a, with r = sqrt(-2 ln((floor(w0 / 2) + 1/2) / 2^31)) and
/// a = 2 pi w1 / 2^32; words (w2, w3) give the next two. |normal| <= 6.66.
void philox_normal(const PhiloxLine& line, std::span<float> out);

}  // namespace cimera::detail
