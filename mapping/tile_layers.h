// The tasks of layers that tiles compute without arrays: pooling, activation functions, additions.
#pragma once

#include "mapping/lowering.h"

namespace cimera::mapping {

class TileLayers {
 public:
  explicit TileLayers(Lowering& lowering) : l_(lowering) {}

  /// Adds the tasks of a layer in the tiles where its operand lies (of an addition: the one that TileWork names).
  /// Poolings and additions read all operands from the tile's buffer, where results are written first.
  void lower(std::size_t index, ops::TileFunction function);

 private:
  Slice activate(std::size_t index, const Slice& input);
  Slice pool(std::size_t index, const Slice& input);
  Slice add(std::size_t index, const Slice& anchor);
  Slice work(std::size_t index, ops::Digital digital, const Range& range, ops::Place tile, const std::string& name,
             std::vector<ops::Hop> path, const Loop& loop);

  Lowering& l_;
};

}  // namespace cimera::mapping
