// Addressed random numbers over Philox4x32-10 (Salmon et al., SC'11): value = f(key, counter), never a sequence.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cimera {

/// What a stream is for and whose it is. The Philox key is a 64-bit hash of these and of the unit (splitmix64's
/// finaliser over the words, FNV-1a of the purpose): two streams coincide with a chance of 2^-64 per pair.
struct StreamKey {
  std::uint64_t seed = 0;
  std::uint64_t trial = 0;
  std::uint64_t layer = 0;   ///< index of the layer in the network
  std::string_view purpose;  ///< "program", "read_noise", ...
};

/// Random numbers addressed by (row, column-block, read index). Stateless and copyable: equal addresses give equal
/// numbers whatever the thread, batch, order or shard. Integer draws and uniforms are identical on every machine;
/// normals are identical for one build, on every SIMD target.
class Stream {
 public:
  explicit Stream(const StreamKey& key);

  /// The stream of a part of what this one is for: its key is a hash of this stream's and the part's name. For draws of
  /// several kinds at one address.
  Stream branch(std::string_view part) const;

  /// Where in the stream: `unit` (an array or tile), `line` (a row or column in it), `read` (0, or a 64-bit read
  /// index).
  struct Address {
    std::uint32_t unit = 0;
    std::uint32_t line = 0;
    std::uint64_t read = 0;
  };

  /// Fills `out` with independent 32-bit words; element i of a line does not depend on out.size().
  void bits(const Address& at, std::span<std::uint32_t> out) const;
  /// Fills `out` with uniforms in [0, 1), 24 bits each.
  void uniform(const Address& at, std::span<float> out) const;
  /// Fills `out` with standard normals (Box-Muller on the words of `bits`).
  void normal(const Address& at, std::span<float> out) const;

 private:
  std::uint64_t key_;
};

}  // namespace cimera
