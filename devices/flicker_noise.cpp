#include "devices/flicker_noise.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace cimera::devices {

FlickerNoise::FlickerNoise(const Stream& stream, int octaves) {
  if (octaves < 1 || octaves > 64) throw std::logic_error("1/f noise has 1 to 64 octaves");
  for (int k = 0; k < octaves; ++k) octaves_.push_back(stream.branch("octave " + std::to_string(k)));
}

void FlickerNoise::normal(const Stream::Address& at, std::span<float> out) const {
  std::ranges::fill(out, 0.0f);
  std::vector<float> one(out.size());
  for (std::size_t k = 0; k < octaves_.size(); ++k) {
    octaves_[k].normal({at.unit, at.line, at.read >> k}, one);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += one[i];
  }
  const float scale = 1.0f / std::sqrt(static_cast<float>(octaves_.size()));
  for (float& noise : out) noise *= scale;
}

}  // namespace cimera::devices
