// The tiled loops in which the cores of a host go through a layer, as the lines that they touch.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "mapping/host_memory.h"
#include "mapping/host_product.h"
#include "models/cost/cache_hierarchy.h"
#include "models/ops/host_machine.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// What a layer moves when its host runs it; lines of all cores together.
struct HostTraffic {
  std::int64_t cores = 1;                   ///< that have a part of the work
  double share = 1;                         ///< of the work, what the core with the largest part has
  std::int64_t l1 = 0, l2 = 0, l3 = 0;      ///< moved at these levels
  std::int64_t fills = 0, write_backs = 0;  ///< read from memory, written to it
  std::int64_t prefetched = 0;              ///< of `fills`, ahead of what waits for them
};

/// A network in a host's memory (plan_memory), and the caches while it runs.
class HostLoops {
 public:
  /// How much of it is played: of long loops a part, of a large last level some sets, of like layers one; or every
  /// line.
  enum class Play { kInPart, kWhole };
  HostLoops(const workloads::Network& network, const ops::HostMachine& host, std::int64_t batch,
            Play play = Play::kInPart);

  /// Runs layer `index` on `cores` cores. Products (per group, M output channels x N positions of all images x K) go in
  /// tiles of 32 x 128 x 256 in the order N, K, M; see divide(). Everything else reads its operands and writes its
  /// result in order, each core a part. What is written of the network's output stays clean: it is stored at the end.
  HostTraffic run(std::size_t index, std::int64_t cores);
  /// Kind and sizes of layer `index` for a batch on so many cores: alone in the caches, like layers move the same.
  static std::vector<std::int64_t> signature(const workloads::Network& network, std::size_t index, std::int64_t batch,
                                             std::int64_t cores);
  /// Whether weights may find their way into the next batch: not where all tensors together are more than twice as
  /// large as the last level. Then a layer that has been played twice, behind seven like layers, is not played again:
  /// the first time memory may have been touched that had not been before.
  bool weights_stay() const { return !large_; }
  /// The tensor was written from outside: caches forget it.
  void renew(workloads::TensorId tensor);

 private:
  /// Each returns how cores share the layer.
  Division product(std::size_t index, std::int64_t cores);
  void tile_rows(const HostProduct& p, std::int64_t first, std::int64_t last);
  /// Rows [row, row_end) of columns [n, n_end), counted through all images of the core, of one of its operands.
  void touch(const HostProduct& p, const HostOperand& matrix, std::int64_t row, std::int64_t row_end, std::int64_t n,
             std::int64_t n_end, bool write);
  Division stream(std::size_t index, std::int64_t cores);
  /// Of its operands, weights and result.
  std::int64_t elements_of(std::size_t index) const;
  /// Leaves the result of a layer in the caches, as playing it would; counts nothing.
  void leave_result(std::size_t index, std::int64_t cores);
  /// f(0), f(1), .. f(count - 1). In part: until the last level has new contents (or 2^20 lines were touched), then a
  /// third as many again, at least 16 of such that touch few lines, which stand for all that are left out; then the
  /// last ones, not counted, so that the caches are as they would be.
  void repeat(std::int64_t count, bool in_part, const std::function<void(std::int64_t)>& f);
  cost::CacheTraffic moved() const;
  /// Elements [begin, end) of a region; other cores' are `stride` elements further.
  void touch(const Region& region, std::int64_t begin, std::int64_t end, std::int64_t stride, bool write);

  const workloads::Network& network_;
  const ops::HostMachine& host_;
  std::int64_t batch_, line_;  ///< line_: elements of a line
  HostMemory memory_;
  Region packed_;  ///< where cores keep the operand of the tile that they work on
  bool whole_;     ///< every line is played
  bool large_;     ///< all tensors together are more than twice as large as the last level
  cost::CacheHierarchy caches_;
  cost::CacheTraffic skipped_;  ///< by what was not played
  /// What a layer and the seven before it are like, the layer last; what it moved, and how often it was played.
  using Surroundings = std::vector<std::vector<std::int64_t>>;
  struct Played {
    HostTraffic traffic;
    int times = 0;
  };
  Surroundings before_{8};
  std::map<Surroundings, Played> played_;
  std::vector<std::pair<std::size_t, std::int64_t>> left_out_;  ///< the last layers, and their cores, if not played
};

}  // namespace cimera::mapping
