// Puts labels beside points so that nothing lies on anything else.
#pragma once

#include <string>
#include <vector>

namespace cimera::study {

struct Box {
  double x = 0, y = 0, width = 0, height = 0;  ///< left, top

  bool overlaps(const Box& other) const {
    return x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height;
  }
};

/// A label that was placed: its box, and whether it is so far from its point that a line must join them.
struct Label {
  std::string text;
  Box box;
  bool joined = false;
};

class Labels {
 public:
  /// Labels stay in `area`; text is `size` high.
  Labels(const Box& area, double size) : area_(area), size_(size) {}

  void block(const Box& box) { taken_.push_back(box); }
  /// Finds the nearest free place beside a point, in rings around it; none when all are taken.
  const Label* place(double x, double y, const std::string& text);

 private:
  bool free(const Box& box) const;

  Box area_;
  double size_;
  std::vector<Box> taken_;
  Label label_;
};

}  // namespace cimera::study
