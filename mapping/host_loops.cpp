#include "mapping/host_loops.h"

#include <algorithm>
#include <cmath>

#include "core/integers.h"
#include "mapping/host_tasks.h"

namespace cimera::mapping {
namespace {

using workloads::Layer;
using workloads::Network;
using workloads::TensorId;

// A packed tile of 128 KiB stays in a second-level cache of 256 KiB while the rest passes through.
constexpr std::int64_t kTileM = 32, kTileN = 128, kTileK = 256;
// Loops that touch more lines than these are played in part.
constexpr std::int64_t kMostLines = std::int64_t{1} << 17;        // any loop
constexpr std::int64_t kMostWeightLines = std::int64_t{1} << 22;  // once through the weights of a layer
constexpr std::int64_t kMostWarm = std::int64_t{1} << 20;         // lines that are touched to renew the last level
constexpr std::int64_t kLeastRounds = 16;                         // that stand for others, if they touch few lines
constexpr std::int64_t kOneSetIn = 16;                            // of the last level, in large networks
constexpr std::int64_t kChunk = 1024;                             // elements; 4 KiB

cost::Cache::Shape shape(const ops::HostCache& cache, Bits line) {
  const auto ways = cache.ways;
  return {.lines = std::max(static_cast<std::int64_t>(cache.capacity.si() / line.si()) / ways, std::int64_t{1}) * ways,
          .ways = ways};
}

/// A page in elements.
std::int64_t page(const ops::HostMachine& host) {
  return std::max<std::int64_t>(std::llround(host.prefetch.page.si() / kHostElementBits), 1);
}

cost::CacheHierarchy::Shape shape(const ops::HostMachine& host, bool large) {
  const Bits line = host.memory.burst;
  cost::Cache::Shape l3 = shape(host.l3, line);
  l3.spread = true, l3.one_in = large ? kOneSetIn : 1;
  return {shape(host.l1, line),
          shape(host.l2, line),
          l3,
          {.pages = host.prefetch.pages,
           .page_lines = std::llround(host.prefetch.page.si() / line.si()),
           .ahead = host.prefetch.ahead}};
}

}  // namespace

HostLoops::HostLoops(const Network& network, const ops::HostMachine& host, std::int64_t batch, Play play)
    : network_(network),
      host_(host),
      batch_(batch),
      line_(std::llround(host.memory.burst.si()) / kHostElementBits),
      memory_(plan_memory(network, batch, page(host))),
      packed_(memory_.append(kTileN * kTileK * host.cores.count, page(host))),
      whole_(play == Play::kWhole),
      large_(static_cast<double>(memory_.end) * kHostElementBits > 2 * host.l3.capacity.si()),
      caches_(shape(host, large_ && !whole_)) {}

void HostLoops::touch(const Region& region, std::int64_t begin, std::int64_t end, std::int64_t stride, bool write) {
  if (end <= begin) return;
  const std::int64_t first = (region.begin + begin) / line_, last = (region.begin + end - 1) / line_;
  const Region& output = memory_.regions[network_.output.value()];
  const std::int64_t at = region.begin + begin - output.begin;
  const bool stored = 0 <= at && at < output.size;
  caches_.access(first, last - first + 1, ceil_div(stride, line_), write && !stored);
}

cost::CacheTraffic HostLoops::moved() const {
  cost::CacheTraffic sum = caches_.traffic();
  return sum += skipped_;
}

void HostLoops::repeat(std::int64_t count, bool in_part, const std::function<void(std::int64_t)>& f) {
  const auto play = [&](std::int64_t first, std::int64_t last) {
    const cost::CacheTraffic before = moved();
    for (std::int64_t i = first; i < last; ++i) f(i);
    return moved() - before;
  };
  if (!in_part || whole_ || count <= 2) {
    play(0, count);
    return;
  }
  play(0, 1);
  std::int64_t done = 2;
  cost::CacheTraffic some = play(1, 2);
  const std::int64_t most = kMostWarm / std::max<std::int64_t>(some.l1, 1);  // rounds that touch so many lines
  const std::int64_t least = std::clamp<std::int64_t>(most, 1, std::min(kLeastRounds, count - done));
  some += play(done, done + least - 1), done += least - 1;
  // Sets fill at different paces: with half as many lines again as it holds, nearly all that it had is gone.
  const std::int64_t cache_lines = std::llround(host_.l3.capacity.si() / host_.memory.burst.si());
  const std::int64_t renewed = some.fills == 0 ? least : ceil_div(3 * cache_lines * least, 2 * some.fills);
  const std::int64_t warm = std::max(std::min(most, renewed), least), measured = std::max(ceil_div(warm, 3), least);
  const std::int64_t skipped = count - done - warm - measured;
  if (skipped <= 2 * warm) {
    play(done, count);
    return;
  }
  play(done, done + warm);
  skipped_ += play(done + warm, done + warm + measured).scaled(skipped, measured);
  const cost::CacheTraffic last = play(count - warm, count);
  skipped_ = skipped_ - last;
}

std::vector<std::int64_t> HostLoops::signature(const Network& network, std::size_t index, std::int64_t batch,
                                               std::int64_t cores) {
  const Layer& layer = network.layers[index];
  const bool stored = layer.output == reshaped_from(network, network.output);  // at the end, not by the layer
  std::vector<std::int64_t> sizes{static_cast<std::int64_t>(layer.op.index()), cores, stored ? 1 : 0};
  const auto add = [&](TensorId tensor) {
    const workloads::Tensor& t = network.tensor(tensor);
    sizes.push_back(workloads::elements(t.shape) * (t.constant ? 1 : batch));
  };
  add(layer.output);
  for (const TensorId input : layer.inputs) add(input);
  if (layer.is_mvm()) {
    const workloads::MvmShape mvm = workloads::mvm_shape(network, layer);
    for (const std::int64_t size : {mvm.positions, mvm.rows, mvm.columns, mvm.groups}) sizes.push_back(size);
  }
  return sizes;
}

std::int64_t HostLoops::elements_of(std::size_t index) const {
  const Layer& layer = network_.layers[index];
  std::int64_t elements = memory_.regions[layer.output.value()].size;
  if (layer.weights) elements += memory_.regions[layer.weights->value()].size;
  for (const TensorId input : layer.inputs) elements += memory_.regions[input.value()].size;
  return elements;
}

HostTraffic HostLoops::run(std::size_t index, std::int64_t cores) {
  before_.erase(before_.begin());
  before_.push_back(signature(network_, index, batch_, cores));
  // A layer that fills the last level twice finds nothing of what others left in it.
  const bool alone = elements_of(index) * kHostElementBits > static_cast<std::int64_t>(2 * host_.l3.capacity.si());
  Played& played = played_[alone ? Surroundings{before_.back()} : before_];
  if (large_ && !whole_)
    if (played.times == (alone ? 1 : 2)) {
      left_out_.emplace_back(index, played.traffic.cores);
      if (left_out_.size() > before_.size()) left_out_.erase(left_out_.begin());
      return played.traffic;
    }
  for (const auto& [earlier, used] : left_out_) leave_result(earlier, used);
  left_out_.clear();
  const cost::CacheTraffic before = moved();
  const auto [used, share] = network_.layers[index].is_mvm() ? product(index, cores) : stream(index, cores);
  const cost::CacheTraffic t = moved() - before;
  played.traffic = {.cores = used,
                    .share = share,
                    .l1 = t.l1 * used,
                    .l2 = t.l2 * used,
                    .l3 = t.l3,
                    .fills = t.fills,
                    .write_backs = t.write_backs,
                    .prefetched = t.prefetched_fills};
  ++played.times;
  return played.traffic;
}

void HostLoops::leave_result(std::size_t index, std::int64_t cores) {
  const cost::CacheTraffic before = moved();
  const Region& out = memory_.regions[network_.layers[index].output.value()];
  const std::int64_t part = ceil_div(out.size, cores);
  const auto held = static_cast<std::int64_t>(host_.l3.capacity.si() / kHostElementBits) / cores;  // of the end
  caches_.use(cores);
  touch(out, std::max(part - held, std::int64_t{0}), part, part, true);
  const cost::CacheTraffic left = moved() - before;
  skipped_ = skipped_ - left;
}

Division HostLoops::stream(std::size_t index, std::int64_t cores) {
  const Layer& layer = network_.layers[index];
  const bool cache = std::holds_alternative<workloads::KvCache>(layer.op);
  Region out = memory_.regions[layer.output.value()];
  std::vector<TensorId> inputs = layer.inputs;
  if (cache) {  // what is kept lies there already, what is new comes behind it
    const std::int64_t fresh = memory_.regions[inputs[1].value()].size;
    inputs.erase(inputs.begin());
    out = {out.begin + out.size - fresh, fresh};
  }
  std::int64_t largest = out.size;
  for (const TensorId input : inputs) largest = std::max(largest, memory_.regions[input.value()].size);
  const std::int64_t part = ceil_div(out.size, cores), used = ceil_div(out.size, part);
  caches_.use(used);
  // Chunk by chunk, so that operands and result move together: at most 4 KiB of each.
  const std::int64_t chunk = std::max(kChunk * out.size / largest, std::int64_t{1});
  repeat(ceil_div(part, chunk), largest / line_ > kMostLines, [&](std::int64_t i) {
    const std::int64_t at = i * chunk, end = std::min(at + chunk, part);
    if (std::holds_alternative<workloads::Embedding>(layer.op))  // as many elements of its table
      touch(memory_.regions[layer.weights->value()], at, end, part, false);
    for (const TensorId input : inputs) {
      const Region& in = memory_.regions[input.value()];
      if (in.size < out.size && network_.tensor(input).constant) {  // broadcast: all of it, again and again
        touch(in, 0, std::min(in.size, kChunk), 0, false);
        continue;
      }
      const std::int64_t own = ceil_div(in.size, used);
      touch(in, own * at / part, own * end / part, own, false);
    }
    touch(out, at, end, part, true);
  });
  return {used, static_cast<double>(part) / static_cast<double>(out.size)};
}

Division HostLoops::product(std::size_t index, std::int64_t cores) {
  const Layer& layer = network_.layers[index];
  const workloads::MvmShape mvm = workloads::mvm_shape(network_, layer);
  const std::int64_t m = mvm.columns, k = mvm.rows, groups = mvm.groups;  // columns of the matrix are outputs
  const auto* conv = std::get_if<workloads::Conv2d>(&layer.op);
  const std::int64_t images = conv ? batch_ : 1, n = conv ? mvm.positions : mvm.positions * batch_;  // of an image
  HostProduct p;
  p.groups = groups, p.all_rows = p.rows = m, p.columns = n, p.images = images, p.depth = k;
  p.planes = conv ? conv->in_channels / groups : k;
  p.vector = images * n == 1;
  const Region weights = memory_.regions[layer.weights->value()], input = memory_.regions[layer.inputs[0].value()],
               output = memory_.regions[layer.output.value()];
  if (conv) {  // image, channel, pixel
    const std::int64_t pixels = input.size / (images * conv->in_channels);
    p.input = {.image = conv->in_channels * pixels, .row = pixels, .columns = pixels, .of = n};
    p.output = {.image = groups * m * n, .row = n};
  } else {  // position of all images, channel
    p.input = {.column = k};
    p.output = {.column = m};
  }
  const Division division = divide(p, cores);
  caches_.use(division.cores);
  repeat(p.groups, (weights.size + input.size + output.size) / line_ > kMostLines, [&](std::int64_t g) {
    p.weights = {weights.begin + g * m * k, m * k};
    p.input.begin = input.begin + g * p.planes * p.input.row;
    p.output.begin = output.begin + g * m * p.output.row;
    const std::int64_t all = p.images * p.columns, tiles = ceil_div(all, kTileN);
    repeat(tiles, tiles * (m * k / line_) > kMostLines,
           [&](std::int64_t tile) { tile_rows(p, tile * kTileN, std::min((tile + 1) * kTileN, all)); });
  });
  return division;
}

void HostLoops::tile_rows(const HostProduct& p, std::int64_t n, std::int64_t n_end) {
  repeat(ceil_div(p.depth, kTileK), p.all_rows * p.depth / line_ > kMostWeightLines, [&](std::int64_t tile) {
    const std::int64_t k = tile * kTileK, k_end = std::min(k + kTileK, p.depth);
    if (!p.vector) {  // the columns of the tile, out of the input
      const std::int64_t per_plane = ceil_div(p.depth, p.planes);
      touch(p, p.input, k / per_plane, ceil_div(k_end, per_plane), n, n_end, false);
      touch(packed_, 0, (n_end - n) * (k_end - k), kTileN * kTileK, true);
    }
    for (std::int64_t m = 0; m < p.rows; m += kTileM) {
      const std::int64_t m_end = std::min(m + kTileM, p.rows);
      // Weights are packed tile by tile: all rows of these k, then the next k.
      const std::int64_t begin = p.all_rows * k + m * (k_end - k), size = (m_end - m) * (k_end - k);
      touch(p.weights, begin, begin + size, p.first_weight + p.first_row * (k_end - k), false);
      if (p.vector) touch({p.input.begin, p.depth}, k, k_end, 0, false);
      else touch(packed_, 0, (n_end - n) * (k_end - k), kTileN * kTileK, false);
      touch(p, p.output, m, m_end, n, n_end, true);
    }
  });
}

void HostLoops::touch(const HostProduct& p, const HostOperand& matrix, std::int64_t row, std::int64_t row_end,
                      std::int64_t n, std::int64_t n_end, bool write) {
  const auto run = [&](std::int64_t at, std::int64_t size) { touch({at, size}, 0, size, matrix.stride, write); };
  while (n < n_end) {  // image by image
    const std::int64_t first = n % p.columns, last = std::min(p.columns, first + n_end - n);
    const std::int64_t image = matrix.begin + n / p.columns * matrix.image;
    n += last - first;
    if (matrix.row == 1) {  // rows lie side by side
      for (std::int64_t column = first; column < last; ++column)
        run(image + column * matrix.column + row, row_end - row);
      continue;
    }
    const std::int64_t begin = first * matrix.columns / matrix.of, end = ceil_div(last * matrix.columns, matrix.of);
    for (std::int64_t r = row; r < row_end; ++r) run(image + r * matrix.row + begin, end - begin);
  }
}

void HostLoops::renew(TensorId tensor) {
  const Region& region = memory_.regions[tensor.value()];
  caches_.invalidate(region.begin / line_, ceil_div(region.size, line_));
}

}  // namespace cimera::mapping
