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

constexpr std::int64_t kElementBits = 32;  // fp32
// A packed tile of 128 KiB stays in a second-level cache of 256 KiB while the rest passes through.
constexpr std::int64_t kTileM = 32, kTileN = 128, kTileK = 256;
// Loops that touch more lines than these are played in part.
constexpr std::int64_t kMostLines = std::int64_t{1} << 17;        // any loop
constexpr std::int64_t kMostWeightLines = std::int64_t{1} << 22;  // once through the weights of a layer
constexpr std::int64_t kMostWarm = std::int64_t{1} << 21;         // lines that are touched to renew the last level
constexpr std::int64_t kOneSetIn = 16;                            // of the last level, in large networks
constexpr std::int64_t kChunk = 1024;                             // elements; 4 KiB

cost::Cache::Shape shape(const ops::HostCache& cache, Bits line) {
  const auto ways = cache.ways;
  return {.lines = std::max(static_cast<std::int64_t>(cache.capacity.si() / line.si()) / ways, std::int64_t{1}) * ways,
          .ways = ways};
}

/// A page in elements.
std::int64_t page(const ops::HostMachine& host) {
  return std::max<std::int64_t>(std::llround(host.prefetch.page.si() / kElementBits), 1);
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

/// Where element (image, row, column) of an operand or a result lies: at begin + image * `image` + row * `row` + column
/// * `column`. Rows or columns lie side by side. Where a result has `of` columns, what `columns` of an input stand for
/// them.
struct HostLoops::Matrix {
  std::int64_t begin = 0, image = 0, row = 1, column = 1;
  std::int64_t columns = 1, of = 1;
  std::int64_t stride = 0;  ///< from the part of one core to that of the next
};

/// A product as one core sees it: `rows` of M, and of the columns of `images` images `columns` each.
struct HostLoops::Product {
  Region weights;
  Matrix input, output;
  std::int64_t rows = 0, images = 1, columns = 0, depth = 0;
  std::int64_t all_rows = 0;   ///< M of all cores
  std::int64_t first_row = 0;  ///< from one core to the next
  std::int64_t planes = 0;     ///< rows of the input in memory: channels of a convolution
  bool vector = false;         ///< one column in all: it needs no packing
};

HostLoops::HostLoops(const Network& network, const ops::HostMachine& host, std::int64_t batch)
    : network_(network),
      host_(host),
      batch_(batch),
      line_(std::llround(host.memory.burst.si()) / kElementBits),
      memory_(plan_memory(network, batch, page(host))),
      packed_(memory_.append(kTileN * kTileK * host.cores.count, page(host))),
      large_(static_cast<double>(memory_.end) * kElementBits > 2 * host.l3.capacity.si()),
      caches_(shape(host, large_)) {}

void HostLoops::touch(const Region& region, std::int64_t begin, std::int64_t end, std::int64_t stride, bool write) {
  if (end <= begin) return;
  const std::int64_t first = (region.begin + begin) / line_, last = (region.begin + end - 1) / line_;
  caches_.access(first, last - first + 1, ceil_div(stride, line_), write);
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
  if (!in_part || count <= 2) {
    play(0, count);
    return;
  }
  play(0, 1);
  const cost::CacheTraffic one = play(1, 2);
  // Sets fill at different paces: with half as many lines again as it holds, nearly all that it had is gone.
  const std::int64_t cache_lines = std::llround(host_.l3.capacity.si() / host_.memory.burst.si());
  const std::int64_t renewed = one.fills == 0 ? 1 : ceil_div(3 * cache_lines, 2 * one.fills);
  const std::int64_t warm = std::clamp<std::int64_t>(kMostWarm / std::max<std::int64_t>(one.l1, 1), 1, renewed);
  const std::int64_t measured = ceil_div(warm, 3), skipped = count - 2 - warm - measured;
  if (skipped <= 2 * warm) {
    play(2, count);
    return;
  }
  play(2, 2 + warm);
  skipped_ += play(2 + warm, 2 + warm + measured).scaled(skipped, measured);
  const cost::CacheTraffic last = play(count - warm, count);
  skipped_ = skipped_ - last;
}

std::vector<std::int64_t> HostLoops::signature(const Network& network, std::size_t index, std::int64_t batch,
                                               std::int64_t cores) {
  const Layer& layer = network.layers[index];
  std::vector<std::int64_t> sizes{static_cast<std::int64_t>(layer.op.index()), cores};
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

HostTraffic HostLoops::run(std::size_t index, std::int64_t cores) {
  before_.erase(before_.begin());
  before_.push_back(signature(network_, index, batch_, cores));
  if (large_)
    if (const auto found = known_.find(before_); found != known_.end()) return found->second;
  const cost::CacheTraffic before = moved();
  const std::int64_t used = network_.layers[index].is_mvm() ? product(index, cores) : stream(index, cores);
  const cost::CacheTraffic t = moved() - before;
  const HostTraffic traffic{.cores = used,
                            .l1 = t.l1 * used,
                            .l2 = t.l2 * used,
                            .l3 = t.l3,
                            .fills = t.fills,
                            .write_backs = t.write_backs,
                            .prefetched = t.prefetched_fills};
  known_[before_] = traffic;
  return traffic;
}

std::int64_t HostLoops::stream(std::size_t index, std::int64_t cores) {
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
  return used;
}

std::int64_t HostLoops::product(std::size_t index, std::int64_t cores) {
  const Layer& layer = network_.layers[index];
  const workloads::MvmShape mvm = workloads::mvm_shape(network_, layer);
  const std::int64_t m = mvm.columns, k = mvm.rows, groups = mvm.groups;  // columns of the matrix are outputs
  const auto* conv = std::get_if<workloads::Conv2d>(&layer.op);
  const std::int64_t images = conv ? batch_ : 1, n = conv ? mvm.positions : mvm.positions * batch_;  // of an image
  Product p;
  p.all_rows = p.rows = m, p.columns = n, p.images = images, p.depth = k;
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
  // The larger of M and N is divided: rows, or whole images, or a part of each image.
  std::int64_t used = 1;
  if (m >= images * n) {
    p.rows = p.first_row = ceil_div(m, cores), used = ceil_div(m, p.rows);
    p.output.stride = p.rows * p.output.row;
  } else if (images >= cores) {
    p.images = ceil_div(images, cores), used = ceil_div(images, p.images);
    for (Matrix* matrix : {&p.input, &p.output}) matrix->stride = p.images * matrix->image;
  } else {
    p.columns = ceil_div(n, cores), used = ceil_div(n, p.columns);
    for (Matrix* matrix : {&p.input, &p.output})
      matrix->stride = ceil_div(p.columns * matrix->columns, matrix->of) * matrix->column;
  }
  caches_.use(used);
  repeat(groups, (weights.size + input.size + output.size) / line_ > kMostLines, [&](std::int64_t g) {
    p.weights = {weights.begin + g * m * k, m * k};
    p.input.begin = input.begin + g * p.planes * p.input.row;
    p.output.begin = output.begin + g * m * p.output.row;
    const std::int64_t all = p.images * p.columns, tiles = ceil_div(all, kTileN);
    repeat(tiles, tiles * (m * k / line_) > kMostLines,
           [&](std::int64_t tile) { tile_rows(p, tile * kTileN, std::min((tile + 1) * kTileN, all)); });
  });
  return used;
}

void HostLoops::tile_rows(const Product& p, std::int64_t n, std::int64_t n_end) {
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
      touch(p.weights, begin, begin + size, p.first_row * (k_end - k), false);
      if (p.vector) touch({p.input.begin, p.depth}, k, k_end, 0, false);
      else touch(packed_, 0, (n_end - n) * (k_end - k), kTileN * kTileK, false);
      touch(p, p.output, m, m_end, n, n_end, true);
    }
  });
}

void HostLoops::touch(const Product& p, const Matrix& matrix, std::int64_t row, std::int64_t row_end, std::int64_t n,
                      std::int64_t n_end, bool write) {
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

void HostLoops::clean(TensorId tensor) {
  const Region& region = memory_.regions[tensor.value()];
  caches_.clean(region.begin / line_, ceil_div(region.size, line_));
}

}  // namespace cimera::mapping
