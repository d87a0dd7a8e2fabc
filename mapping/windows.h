// How much of a tensor a tile's buffer keeps for those who read it.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "mapping/builder.h"
#include "mapping/tile_work.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/program.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// Positions of a weighted layer that may be under way at a time: the input registers of a unit hold two (one is
/// driven, one is fetched), the others drain. Where steps are skipped a position may take one step.
std::int64_t positions_under_way(const ops::CrossbarMachine& machine, const ops::CrossbarConfig& config);

/// The same where it is not known which inputs are signed: what an addition expects of the layers before it.
std::int64_t most_positions_under_way(const ops::CrossbarMachine& machine, ops::CrossbarConfig config);

/// Rates of the sliding window of a convolution, a pooling, or a dense layer over several positions, rows and columns,
/// whose producer delivers pixels, or whole rows (one column).
std::pair<ops::Rate, ops::Rate> window_rates(const workloads::Network& network, const workloads::Layer& layer,
                                             const Loop& from);

/// Iterations of the producer (pixels, or rows when it delivers rows) that the tile buffer holds for a convolution: the
/// window of ISAAC, (kernel - 1) rows and kernel pixels, and besides the rows that a stride skips and kernel pixels
/// more, or what the next `under_way` positions need where that is more, so that the next window arrives while one is
/// used; at most the whole tensor. For a dense layer over one position the whole tensor.
std::int64_t buffered(const workloads::Network& network, const workloads::Layer& layer, std::int64_t producer_columns,
                      std::int64_t under_way);

/// Pixels that a tile's buffer holds for a pooling, which is faster than the products before it: (kernel - 1) rows and
/// kernel pixels, and besides kernel pixels more, or what a stride skips; at most the whole image.
std::int64_t pooling_window(const workloads::Network& network, const workloads::Layer& layer);

/// Pixels of each operand that a tile's buffer holds for an addition. The operand that comes first waits for the other
/// one: what lies between them is found from the windows of the layers behind the last tensor that both are computed
/// from, and `under_way` positions are added for each weighted layer that one has more behind it, and two pixels, so
/// that one is written while one is read. An operand that the host has stored comes when it is needed, and what is
/// computed from different stored tensors does not wait for each other: two pixels of each are enough. Where that
/// tensor is not known, or an operand comes row by row or in a broken order, both are held whole.
std::array<std::int64_t, 2> addition_windows(const workloads::Network& network, const TileWork& work, std::size_t layer,
                                             std::int64_t under_way);

/// Bits of buffer that a tile needs for `elements` results of `tensor` that it computes: the windows of the poolings
/// and additions that follow in the same tile, of `element_bits` an element.
std::int64_t result_windows(const workloads::Network& network, const TileWork& work, workloads::TensorId tensor,
                            std::int64_t elements, std::int64_t under_way, std::int64_t element_bits);

}  // namespace cimera::mapping
