#include "mapping/host_memory.h"

#include <algorithm>
#include <numeric>

#include "core/integers.h"

namespace cimera::mapping {
namespace {

using workloads::Layer;
using workloads::Network;
using workloads::TensorId;

class Planner {
 public:
  Planner(const Network& network, std::int64_t batch, std::int64_t page)
      : network_(network),
        page_(page),
        batch_(batch),
        roots_(network.tensors.size()),
        keeps_(network.tensors.size(), true),
        last_read_(network.tensors.size(), 0) {
    memory_.regions.resize(network.tensors.size());
    std::iota(roots_.begin(), roots_.end(), std::size_t{0});
    for (std::size_t index = 0; index < network.layers.size(); ++index) {
      const Layer& layer = network.layers[index];
      const std::size_t out = layer.output.value();
      if (std::holds_alternative<workloads::Reshape>(layer.op)) roots_[out] = root(layer.inputs[0]);
      keeps_[out] = std::holds_alternative<workloads::KvCache>(layer.op);
      for (const TensorId input : layer.inputs) last_read_[root(input)] = index;
    }
    keeps_[root(network.output)] = true;
  }

  HostMemory plan() {
    for (std::size_t t = 0; t < network_.tensors.size(); ++t)
      if (keeps_[t]) memory_.regions[t] = memory_.append(size(t), page_);
    for (std::size_t index = 0; index < network_.layers.size(); ++index) layer(index);
    for (std::size_t t = 0; t < memory_.regions.size(); ++t) memory_.regions[t] = memory_.regions[root(TensorId(t))];
    return std::move(memory_);
  }

 private:
  std::size_t root(TensorId tensor) const { return roots_[tensor.value()]; }

  std::int64_t size(std::size_t t) const {
    const workloads::Tensor& tensor = network_.tensors[t];
    return workloads::elements(tensor.shape) * (tensor.constant ? 1 : batch_);
  }

  void layer(std::size_t index) {
    const Layer& layer = network_.layers[index];
    if (std::holds_alternative<workloads::Reshape>(layer.op)) return;
    const std::size_t out = layer.output.value();
    std::vector<std::size_t> done;  // read here for the last time
    for (const TensorId input : layer.inputs) {
      const std::size_t read = root(input);
      if (!keeps_[read] && last_read_[read] == index && std::ranges::count(done, read) == 0) done.push_back(read);
    }
    if (!keeps_[out]) {
      const auto over = overwritten(layer, done);
      memory_.regions[out] = over == done.end() ? take(size(out)) : memory_.regions[*over];
      if (over != done.end()) done.erase(over);
    }
    for (const std::size_t read : done) give_back(memory_.regions[read]);
  }

  /// The operand, of those that are done with, that a layer writes its result over.
  std::vector<std::size_t>::iterator overwritten(const Layer& layer, std::vector<std::size_t>& done) const {
    if (!std::holds_alternative<workloads::Unary>(layer.op) && !std::holds_alternative<workloads::Binary>(layer.op))
      return done.end();
    return std::ranges::find_if(done, [&](std::size_t read) { return size(read) == size(layer.output.value()); });
  }

  Region take(std::int64_t size) {
    auto best = free_.end();
    for (auto block = free_.begin(); block != free_.end(); ++block)
      if (block->size >= size && (best == free_.end() || block->size < best->size)) best = block;
    if (best == free_.end()) return memory_.append(size, page_);
    const Region region{best->begin, size};
    const std::int64_t whole = ceil_div(size, page_) * page_;
    best->begin += whole, best->size -= whole;
    if (best->size <= 0) free_.erase(best);
    return region;
  }

  /// Neighbours become one.
  void give_back(Region region) {
    region.size = ceil_div(region.size, page_) * page_;
    const auto at = std::ranges::lower_bound(free_, region.begin, {}, &Region::begin);
    const auto block = free_.insert(at, region);
    if (const auto next = block + 1; next != free_.end() && block->begin + block->size == next->begin) {
      block->size += next->size;
      free_.erase(next);
    }
    if (block != free_.begin() && (block - 1)->begin + (block - 1)->size == block->begin) {
      (block - 1)->size += block->size;
      free_.erase(block);
    }
  }

  const Network& network_;
  std::int64_t page_, batch_;
  // By tensor:
  std::vector<std::size_t> roots_;      ///< which one it is under another shape, or itself
  std::vector<bool> keeps_;             ///< a region of its own
  std::vector<std::size_t> last_read_;  ///< by which layer; of roots
  std::vector<Region> free_;            ///< in order
  HostMemory memory_;
};

}  // namespace

Region HostMemory::append(std::int64_t size, std::int64_t page) {
  const Region region{end, size};
  end += ceil_div(size, page) * page;
  return region;
}

HostMemory plan_memory(const Network& network, std::int64_t batch, std::int64_t page) {
  return Planner(network, batch, page).plan();
}

}  // namespace cimera::mapping
