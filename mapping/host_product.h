// A matrix product as one core of a host sees it, and how cores share it.
#pragma once

#include <cstdint>

#include "mapping/host_memory.h"

namespace cimera::mapping {

/// Where element (image, row, column) of an operand or a result lies: at begin + image * `image` + row * `row` + column
/// * `column`. Rows or columns lie side by side. Where a result has `of` columns, what `columns` of an input stand for
/// them.
struct HostOperand {
  std::int64_t begin = 0, image = 0, row = 1, column = 1;
  std::int64_t columns = 1, of = 1;
  std::int64_t stride = 0;  ///< from the part of one core to that of the next
};

/// A product as one core sees it: `groups` with `rows` of M, and of the columns of `images` images `columns` each.
struct HostProduct {
  Region weights;
  HostOperand input, output;
  std::int64_t groups = 1, rows = 0, images = 1, columns = 0, depth = 0;
  std::int64_t all_rows = 0;                     ///< M of all cores
  std::int64_t first_row = 0, first_weight = 0;  ///< from one core to the next: of a group; of all
  std::int64_t planes = 0;                       ///< rows of the input in memory: channels of a convolution
  bool vector = false;                           ///< one column in all: it needs no packing
};

/// How many cores have a part of a layer, and how large the largest part is.
struct Division {
  std::int64_t cores = 1;
  double share = 1;
};

/// Cuts a product, which is whole, down to the part of the first of `cores` cores: groups if there are several, or the
/// larger of M and N, N by whole images or within each; another of these where the largest part is then smaller by more
/// than a tenth.
Division divide(HostProduct& product, std::int64_t cores);

}  // namespace cimera::mapping
