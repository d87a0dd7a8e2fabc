// Values of some elements of a tensor, in the pieces in which they came.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/range.h"

namespace cimera::functional {

/// Elements `range` of one image of a tensor, for `count` images: [count][range.size()].
template <class T>
struct Piece {
  Range range;
  std::vector<T> values;
  RangeSet row_blocks;                     ///< sums of products: the row blocks that are added up in them
  std::vector<std::uint32_t> makers = {};  ///< tasks that made or brought it; none: there from the start

  /// The values of elements `part` of image i; `part` lies in the range.
  const T* at(std::int64_t i, const Range& part) const { return values.data() + i * range.size() + offset(part); }
  T* at(std::int64_t i, const Range& part) { return values.data() + i * range.size() + offset(part); }

 private:
  std::int64_t offset(const Range& part) const { return part.begin - range.begin; }
};

/// Disjoint pieces of one tensor.
template <class T>
class Pieces {
 public:
  std::vector<Piece<T>>& all() { return pieces_; }
  const std::vector<Piece<T>>& all() const { return pieces_; }

  /// The first elements of `range` that are not there; {0, 0} where all are.
  Range missing(const Range& range) const {
    RangeSet there;
    for (const Piece<T>& piece : pieces_) there.add(intersect(piece.range, range));
    return there.missing(range);
  }
  bool overlaps(const Range& range) const {
    return std::ranges::any_of(pieces_,
                               [&](const Piece<T>& piece) { return intersect(piece.range, range).size() > 0; });
  }
  void put(Piece<T> piece) { pieces_.push_back(std::move(piece)); }

  /// Elements `range` of all images, [count][range.size()], put together in `scratch` where they are not one piece. All
  /// of them must be there.
  std::span<const T> view(const Range& range, std::int64_t count, std::vector<T>& scratch) const {
    for (const Piece<T>& piece : pieces_)
      if (piece.range == range) return piece.values;
    scratch.resize(static_cast<std::size_t>(count * range.size()));
    for (const Piece<T>& piece : pieces_) {
      const Range part = intersect(piece.range, range);
      if (part.size() == 0) continue;
      for (std::int64_t i = 0; i < count; ++i)
        std::copy_n(piece.at(i, part), part.size(), scratch.data() + i * range.size() + part.begin - range.begin);
    }
    return scratch;
  }

 private:
  std::vector<Piece<T>> pieces_;
};

}  // namespace cimera::functional
