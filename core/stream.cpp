#include "core/stream.h"

#include "core/philox.h"

namespace cimera {
namespace {

/// The finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014; constants of Stafford's mix 13) over the words so far
/// and one more. For a fixed `hash` it maps different words to different values.
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  std::uint64_t z = (hash ^ word) + 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// FNV-1a, 64 bits.
std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::uint32_t low(std::uint64_t word) { return static_cast<std::uint32_t>(word); }
std::uint32_t high(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); }

detail::PhiloxLine line_of(std::uint64_t stream, const Stream::Address& at) {
  const std::uint64_t key = mix(stream, at.unit);
  return {{low(key), high(key)}, 0, at.line, {low(at.read), high(at.read)}};
}

}  // namespace

Stream::Stream(const StreamKey& key)
    : key_(mix(mix(mix(mix(0, key.seed), key.trial), key.layer), fnv1a(key.purpose))) {}

Stream Stream::branch(std::string_view part) const {
  Stream branch = *this;
  branch.key_ = mix(key_, fnv1a(part));
  return branch;
}

void Stream::bits(const Address& at, std::span<std::uint32_t> out) const {
  detail::philox_bits(line_of(key_, at), out);
}

void Stream::uniform(const Address& at, std::span<float> out) const { detail::philox_uniform(line_of(key_, at), out); }

void Stream::normal(const Address& at, std::span<float> out) const { detail::philox_normal(line_of(key_, at), out); }

}  // namespace cimera
