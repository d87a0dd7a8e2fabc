#include "study/explain/labels.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "study/explain/svg.h"

namespace cimera::study {

bool Labels::free(const Box& box) const {
  const bool inside = box.x >= area_.x && box.y >= area_.y && box.x + box.width <= area_.x + area_.width &&
                      box.y + box.height <= area_.y + area_.height;
  return inside && std::ranges::none_of(taken_, [&](const Box& other) { return box.overlaps(other); });
}

const Label* Labels::place(double x, double y, const std::string& text) {
  constexpr int kDirections = 16, kRings = 6;
  constexpr double kFirst = 11, kStep = 16;
  const double width = text_width_px(text, size_), height = size_;
  for (int ring = 0; ring < kRings; ++ring)
    for (int direction = 0; direction < kDirections; ++direction) {
      const double angle = 2.0 * std::numbers::pi * direction / kDirections, radius = kFirst + kStep * ring;
      const double side = std::cos(angle);
      // The edge of the box that faces the point lies on the ring.
      const double left = x + radius * side - (side > 0.3 ? 0.0 : side < -0.3 ? width : width / 2);
      const Box box{left, y + radius * std::sin(angle) - height / 2, width, height};
      if (!free(box)) continue;
      taken_.push_back(box);
      label_ = {text, box, ring > 0};
      return &label_;
    }
  return nullptr;
}

}  // namespace cimera::study
