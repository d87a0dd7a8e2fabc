// What lies where while some images go through a Program: every place has stores of its own.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/functional/pieces.h"
#include "models/ops/program.h"
#include "workloads/network.h"

namespace cimera::functional {

/// One store of a place.
struct Slot {
  enum class Kind : std::uint8_t {
    kValues,       ///< of a tensor: host memory, or what a tile has computed
    kInputs,       ///< of a tensor: what came into a tile's buffer for a layer
    kSums,         ///< of a layer: sums of products that a tile has computed
    kArrivedSums,  ///< of a layer: sums that came to a tile and are not added yet
  } kind = Kind::kValues;
  ops::Place place = ops::kHostMemory;
  std::uint32_t layer = 0;   ///< 0 for kValues
  std::uint32_t tensor = 0;  ///< 0 for sums

  friend auto operator<=>(const Slot&, const Slot&) = default;
};

/// "host memory" or "tile 3".
std::string name_of(ops::Place place);

/// Throws Error(kRun) when the network has no such layer.
const workloads::Layer& layer_at(const workloads::Network& network, std::uint32_t layer);

/// The tensor that holds the values of `tensor`: a Reshape moves nothing.
workloads::TensorId origin(const workloads::Network& network, workloads::TensorId tensor);

/// The slots that a task reads or writes.
std::vector<Slot> slots_of(const workloads::Network& network, const ops::Task& task);

/// By task: the slots that no later task reads or writes. The network's output in host memory is none of them.
std::vector<std::vector<Slot>> last_uses(const workloads::Network& network, const ops::Program& program);

/// The stores of all places.
class Stores {
 public:
  Pieces<float>& values(const Slot& slot) { return values_[slot]; }
  Pieces<double>& sums(const Slot& slot) { return sums_[slot]; }
  void drop(const Slot& slot) { values_.erase(slot), sums_.erase(slot); }
  /// Drops what came into a tile's buffer, for whichever layer.
  void empty_buffer(ops::Place tile) {
    std::erase_if(values_, [&](const auto& store) {
      return store.first.kind == Slot::Kind::kInputs && store.first.place == tile;
    });
  }

 private:
  std::map<Slot, Pieces<float>> values_;
  std::map<Slot, Pieces<double>> sums_;
};

}  // namespace cimera::functional
