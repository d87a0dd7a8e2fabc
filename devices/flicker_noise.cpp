#include "devices/flicker_noise.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

namespace cimera::devices {

FlickerNoise::FlickerNoise(const Stream& stream, int octaves) {
  if (octaves < 1 || octaves > 64) throw std::logic_error("1/f noise has 1 to 64 octaves");
  for (int k = 0; k < octaves; ++k) octaves_.push_back(stream.branch("octave " + std::to_string(k)));
}

void FlickerNoise::normal(const Stream::Address& at, std::span<float> out) const {
  std::ranges::copy(FlickerLine(*this, out.size()).at(at), out.begin());
}

FlickerLine::FlickerLine(const FlickerNoise& noise, std::size_t cells)
    : noise_(noise), cells_(cells), sums_(cells * noise.octaves_.size()), out_(cells) {}

std::span<const float> FlickerLine::at(const Stream::Address& at) {
  const std::size_t octaves = noise_.octaves_.size();
  const bool same_line = !first_ && at.unit == last_.unit && at.line == last_.line;
  // Octave k has changed if read >> k has.
  const std::size_t changed =
      same_line ? std::min(octaves, static_cast<std::size_t>(std::bit_width(at.read ^ last_.read))) : octaves;
  for (std::size_t k = changed; k-- > 0;) {
    float* const sum = sums_.data() + k * cells_;
    noise_.octaves_[k].normal({at.unit, at.line, at.read >> k}, {sum, cells_});
    if (k + 1 < octaves)
      for (std::size_t i = 0; i < cells_; ++i) sum[i] += sum[cells_ + i];
  }
  first_ = false, last_ = at;
  const float scale = 1.0f / std::sqrt(static_cast<float>(octaves));
  for (std::size_t i = 0; i < cells_; ++i) out_[i] = scale * sums_[i];
  return out_;
}

}  // namespace cimera::devices
