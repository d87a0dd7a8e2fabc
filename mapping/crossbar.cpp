#include "mapping/crossbar.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include "core/error.h"
#include "core/integers.h"
#include "mapping/fabric.h"
#include "mapping/host_tasks.h"
#include "mapping/placement.h"
#include "mapping/tensor_places.h"
#include "mapping/tile_work.h"

namespace cimera::mapping {
namespace {

using ops::Digital;
using ops::Hop;
using ops::LayerIndex;
using ops::Rate;
using ops::TaskId;
using ops::TileFunction;
using workloads::Conv2d;
using workloads::Layer;
using workloads::Network;
using workloads::Pool2d;
using workloads::TensorId;

/// Rates of a sliding window whose producer delivers pixels, or whole rows (one column).
std::pair<Rate, Rate> window_rates(const Loop& from, std::int64_t stride_h, std::int64_t reach_h, std::int64_t pad_top,
                                   std::int64_t stride_w, std::int64_t reach_w, std::int64_t pad_left) {
  const Rate row{.a = stride_h, .last = reach_h - 1 - pad_top, .first = -pad_top};
  if (from.columns == 1) return {row, Rate{}};
  return {row, {.a = stride_w, .last = reach_w - 1 - pad_left, .first = -pad_left}};
}

class CrossbarMapper {
 public:
  CrossbarMapper(const Network& network, const ops::CrossbarMachine& machine, const ops::HostMachine& host,
                 const MapOptions& options, ProgramBuilder& run, ProgramBuilder& load, Mapped& mapped)
      : network_(network),
        machine_(machine),
        options_(options),
        run_(run),
        load_(load),
        mapped_(mapped),
        fabric_(run, machine),
        load_fabric_(load, machine),
        host_(run, host, "host."),
        load_host_(load, host, "host."),
        work_(tile_work(network, machine)),
        places_(network.tensors.size()),
        output_(reshaped_from(network, network.output)) {}

  void map() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i) configs_.push_back(config(i));
    mapped_.parts = place(network_, run_.machine(), machine_, configs_);
    const workloads::Shape& in = network_.tensor(network_.input).shape;
    places_[network_.input.value()] = {{ops::kHostMemory, {0, workloads::elements(in)}, std::nullopt, {}}};
    for (std::size_t i = 0; i < network_.layers.size(); ++i) layer(i);
    finish_output();
  }

 private:
  ops::CrossbarConfig config(std::size_t index) const {
    const bool is_signed = !options_.signed_inputs.empty() && options_.signed_inputs[index];
    return machine_.config(options_.weight_bits, options_.input_bits, is_signed);
  }

  void layer(std::size_t index) {
    const Layer& layer = network_.layers[index];
    if (fused_.contains(index)) return;
    if (std::holds_alternative<workloads::Reshape>(layer.op)) {
      places_[layer.output.value()] = places_[layer.inputs[0].value()];
      return;
    }
    if (layer.is_mvm()) return weighted(index);
    if (work_.in_tiles[index]) return in_tile(index, *tile_function(layer.op));
    on_host(index);
  }

  Arrival arrival(TensorId tensor) const { return work_.arrival[tensor.value()]; }

  ops::Task task(std::size_t layer, std::string name, ops::Work work, std::vector<Hop> path, const Loop& loop) const {
    ops::Task t;
    t.name = network_.layers[layer].name + " " + std::move(name);
    t.layer = LayerIndex(layer);
    t.op.work = std::move(work);
    t.op.path = std::move(path);
    t.blocks = options_.batch;
    t.iterations = loop.size();
    return t;
  }

  /// Moves `range` of a tensor from where a slice has it to a tile; returns the slice's copy there. The host sends an
  /// image row by row.
  Slice send(std::size_t index, TensorId tensor, const Slice& from, const Range& range, std::int64_t tile) {
    const Loop rows{pixels(network_.tensor(tensor).shape).rows, 1};
    const Loop loop = from.place == ops::kHostMemory ? rows : from.loop;
    const std::int64_t bits = ceil_div(range.size(), loop.size()) * machine_.precision.result_bits;
    std::vector<Hop> path;
    if (from.place == ops::kHostMemory) {
      path = fabric_.route_in(tile, bits);
      path.insert(path.begin(), host_.memory(bits));
    } else if (from.place != tile) {
      path = fabric_.route(from.place, tile, bits);
    }
    path.push_back(fabric_.write(tile, bits));
    const TaskId id = run_.task(task(index, fmt::format("input to tile {}", tile),
                                     ops::Transfer{.tensor = tensor.value(),
                                                   .begin = range.begin,
                                                   .end = range.end,
                                                   .from = from.place,
                                                   .to = tile,
                                                   .element_bits = machine_.precision.result_bits},
                                     std::move(path), loop));
    if (from.place != ops::kHostMemory) depend(*from.task, id, loop);
    else if (from.task) run_.barrier(*from.task, from.loop, id, loop);
    else input_tasks_.emplace_back(id, loop);
    return {tile, range, id, loop};
  }

  /// A transfer follows its producer pixel by pixel, or layer by layer when the machine is scheduled so.
  void depend(TaskId from, TaskId to, const Loop& loop) {
    if (machine_.schedule == ops::Schedule::kLayered) run_.barrier(from, loop, to, loop);
    else run_.same(from, to, loop);
  }

  void weighted(std::size_t index) {
    const Layer& layer = network_.layers[index];
    const ArrayGrid grid(network_, layer, configs_[index]);
    if (std::holds_alternative<workloads::Dense>(layer.op) && grid.shape().positions != 1)
      fail_input("layer '" + layer.name +
                 "': a dense layer over several positions cannot be mapped onto crossbars yet");
    const Loop loop = pixels(network_.tensor(layer.output).shape);
    std::vector<Slice> products;  // by part: home ranges
    std::vector<const Part*> parts;
    for (const Part& part : mapped_.parts)
      if (part.layer == LayerIndex(index)) parts.push_back(&part);
    for (const Part* part : parts) products.push_back(multiply(index, grid, *part, loop));

    const std::size_t result = fused_activation(index);
    auto& slices = places_[network_.layers[result].output.value()];
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const Range home = grid.home(parts[p]->first, parts[p]->last);
      if (home.size() == 0) continue;
      std::vector<TaskId> sums{*products[p].task};
      for (std::size_t q = p + 1; q < parts.size(); ++q) {
        const Range part_sum = intersect(grid.continued(parts[q]->first, parts[q]->last), home);
        if (part_sum.size() > 0)
          sums.push_back(merge(index, part_sum, products[q], parts[p]->tile, *products[p].task, loop));
      }
      slices.push_back(activate(index, result, home, parts[p]->tile, sums, loop));
    }
    load_weights(index, grid, parts);
  }

  Slice multiply(std::size_t index, const ArrayGrid& grid, const Part& part, const Loop& loop) {
    const Layer& layer = network_.layers[index];
    std::vector<Slice> inputs;
    for (const Range& range : grid.inputs(part.first, part.last))
      for (const Slice& slice : std::vector<Slice>(places_[layer.inputs[0].value()]))
        if (const Range both = intersect(range, slice.range); both.size() > 0)
          inputs.push_back(send(index, layer.inputs[0], slice, both, part.tile));
    ops::Mvm work = grid.mvm(part.first, part.last, machine_.precision.result_bits);
    work.place = part.tile;
    ops::Task products =
        task(index, fmt::format("products in tile {}", part.tile), work,
             {fabric_.fetch(part.tile, work.fetch_bits), fabric_.multiply(part.tile, layer.name, work.steps)}, loop);
    products.in_flight = positions_under_way(machine_, configs_[index]);
    const TaskId id = run_.task(std::move(products));
    for (const Slice& input : inputs) feed(index, input, id, loop);
    return {part.tile, {}, id, loop};
  }

  /// The token edge from arrived inputs to the products that use them, through the tile's buffer.
  void feed(std::size_t index, const Slice& input, TaskId consumer, const Loop& loop) {
    const Layer& layer = network_.layers[index];
    const std::int64_t held =
        buffered(network_, layer, input.loop.columns, positions_under_way(machine_, configs_[index]));
    const auto* conv = std::get_if<Conv2d>(&layer.op);
    if (!conv || input.loop.size() == 1 || arrival(layer.inputs[0]) == Arrival::kWhole)
      return run_.barrier(*input.task, input.loop, consumer, loop, input.loop.size());
    const auto [row, column] =
        window_rates(input.loop, conv->stride_h, conv->dilation_h * (conv->kernel_h - 1) + 1, conv->pad_top,
                     conv->stride_w, conv->dilation_w * (conv->kernel_w - 1) + 1, conv->pad_left);
    run_.window(*input.task, input.loop, consumer, loop, row, column, held);
  }

  TaskId merge(std::size_t index, const Range& range, const Slice& from, std::int64_t tile, TaskId home,
               const Loop& loop) {
    const std::int64_t elements = ceil_div(range.size(), loop.size());
    const std::int64_t sum_bits = configs_[index].sum_bits();
    const std::int64_t bits = elements * sum_bits;
    const TaskId move = run_.task(task(index, fmt::format("partial sums to tile {}", tile),
                                       ops::Transfer{.what = ops::Transfer::What::kPartialSums,
                                                     .begin = range.begin,
                                                     .end = range.end,
                                                     .from = from.place,
                                                     .to = tile,
                                                     .element_bits = sum_bits},
                                       fabric_.route(from.place, tile, bits), loop));
    run_.same(*from.task, move, loop);
    const TaskId add = run_.task(task(index, fmt::format("partial sums added in tile {}", tile),
                                      Digital{.function = Digital::Function::kMerge,
                                              .layer = static_cast<std::uint32_t>(index),
                                              .place = tile,
                                              .begin = range.begin,
                                              .end = range.end,
                                              .element_bits = machine_.precision.result_bits},
                                      {fabric_.add(tile, elements)}, loop));
    run_.same(move, add, loop);
    run_.same(home, add, loop);
    return add;
  }

  /// The layer whose output the activation unit makes: an activation function that alone follows, or the layer itself.
  std::size_t fused_activation(std::size_t index) {
    const Layer& layer = network_.layers[index];
    const auto readers = network_.consumers(layer.output);
    if (readers.size() != 1 || layer.output == network_.output) return index;
    const std::size_t next = readers[0].value();
    const std::optional<TileFunction> function = tile_function(network_.layers[next].op);
    if (!std::holds_alternative<workloads::Unary>(network_.layers[next].op) || !function || !machine_.can(*function))
      return index;
    fused_.insert(next);
    return next;
  }

  Slice digital(std::size_t index, std::size_t result, Digital::Function function, const Range& range,
                std::int64_t tile, const std::string& name, const Hop& hop, const Loop& loop) {
    const TaskId id = run_.task(task(index, fmt::format("{} in tile {}", name, tile),
                                     Digital{.function = function,
                                             .layer = static_cast<std::uint32_t>(result),
                                             .place = tile,
                                             .begin = range.begin,
                                             .end = range.end,
                                             .element_bits = machine_.precision.result_bits},
                                     {hop}, loop));
    return {tile, range, id, loop};
  }

  Slice activate(std::size_t index, std::size_t result, const Range& range, std::int64_t tile,
                 const std::vector<TaskId>& sums, const Loop& loop) {
    const Hop hop = fabric_.activate(tile, ceil_div(range.size(), loop.size()));
    Slice slice = digital(index, result, Digital::Function::kActivate, range, tile, "activation", hop, loop);
    for (const TaskId sum : sums) run_.same(sum, *slice.task, loop);
    return slice;
  }

  /// Pooling, activation functions and additions where the first operand lies.
  void in_tile(std::size_t index, TileFunction function) {
    const Layer& layer = network_.layers[index];
    const Loop loop = pixels(network_.tensor(layer.output).shape);
    auto& slices = places_[layer.output.value()];
    for (const Slice& input : std::vector<Slice>(places_[layer.inputs[0].value()])) {
      if (function == TileFunction::kMaxPool) {
        slices.push_back(pool(index, std::get<Pool2d>(layer.op), input, loop));
        continue;
      }
      const std::int64_t elements = ceil_div(input.range.size(), input.loop.size());
      if (function == TileFunction::kAdd) {
        slices.push_back(add(index, input, elements));
        continue;
      }
      Slice slice = digital(index, index, Digital::Function::kActivate, input.range, input.place, "activation",
                            fabric_.activate(input.place, elements), input.loop);
      run_.same(*input.task, *slice.task, input.loop);
      slices.push_back(slice);
    }
  }

  Slice pool(std::size_t index, const Pool2d& op, const Slice& input, const Loop& loop) {
    const workloads::Shape& in = network_.tensor(network_.layers[index].inputs[0]).shape;
    const std::int64_t image = in[2] * in[3];
    const Range range{input.range.begin / image * loop.size(), input.range.end / image * loop.size()};
    const Hop hop = fabric_.pool(input.place, range.size() / loop.size());
    Slice slice = digital(index, index, Digital::Function::kPool, range, input.place, "pooling", hop, loop);
    const auto [row, column] = window_rates(input.loop, op.stride_h, op.dilation_h * (op.kernel_h - 1) + 1, op.pad_top,
                                            op.stride_w, op.dilation_w * (op.kernel_w - 1) + 1, op.pad_left);
    run_.window(*input.task, input.loop, *slice.task, loop, row, column, 0);
    return slice;
  }

  Slice add(std::size_t index, const Slice& first, std::int64_t elements) {
    const TensorId other = network_.layers[index].inputs[1];
    std::vector<Slice> operands;
    for (const Slice& slice : std::vector<Slice>(places_[other.value()]))
      if (const Range both = intersect(slice.range, first.range); both.size() > 0)
        operands.push_back(slice.place == first.place ? slice : send(index, other, slice, both, first.place));
    Slice sum = digital(index, index, Digital::Function::kAdd, first.range, first.place, "addition",
                        fabric_.add(first.place, elements), first.loop);
    run_.same(*first.task, *sum.task, first.loop);
    const bool in_step =
        arrival(network_.layers[index].inputs[0]) == Arrival::kPixels && arrival(other) == Arrival::kPixels;
    for (const Slice& operand : operands) {
      if (in_step) run_.same(*operand.task, *sum.task, first.loop);
      else run_.barrier(*operand.task, operand.loop, *sum.task, first.loop);
    }
    return sum;
  }

  /// Brings a tensor to host memory, once; returns the tasks after which it is there.
  const std::vector<std::pair<TaskId, Loop>>& to_host(std::size_t index, TensorId tensor) {
    const auto [found, fresh] = at_host_.try_emplace(reshaped_from(network_, tensor));
    std::vector<std::pair<TaskId, Loop>>& arrivals = found->second;
    if (!fresh) return arrivals;
    for (const Slice& slice : places_[tensor.value()]) {
      if (slice.place == ops::kHostMemory) {
        if (slice.task) arrivals.emplace_back(*slice.task, slice.loop);
        continue;
      }
      const std::int64_t bits = ceil_div(slice.range.size(), slice.loop.size()) * machine_.precision.result_bits;
      std::vector<Hop> path = fabric_.route_out(slice.place, bits);
      path.push_back(host_.memory(bits));
      const TaskId id = run_.task(task(index, fmt::format("output of tile {} to the host", slice.place),
                                       ops::Transfer{.tensor = tensor.value(),
                                                     .begin = slice.range.begin,
                                                     .end = slice.range.end,
                                                     .from = slice.place,
                                                     .element_bits = machine_.precision.result_bits},
                                       std::move(path), slice.loop));
      depend(*slice.task, id, slice.loop);
      arrivals.emplace_back(id, slice.loop);
    }
    return arrivals;
  }

  void on_host(std::size_t index) {
    const Layer& layer = network_.layers[index];
    std::vector<std::pair<TaskId, Loop>> before;
    for (const TensorId input : layer.inputs) {
      if (network_.tensor(input).constant) continue;
      const auto& arrivals = to_host(index, input);
      before.insert(before.end(), arrivals.begin(), arrivals.end());
    }
    const TaskId compute = run_.task(host_.compute(network_, index, options_.batch, 1, 1));
    for (const auto& [id, loop] : before) run_.barrier(id, loop, compute, {});
    if (before.empty()) input_tasks_.emplace_back(compute, Loop{});
    const std::int64_t elements = workloads::elements(network_.tensor(layer.output).shape);
    places_[layer.output.value()] = {{ops::kHostMemory, {0, elements}, compute, {}}};
    mapped_.host_layers.push_back(layer.name);
  }

  void finish_output() {
    const auto& last = to_host(network_.layers.size() - 1, output_);
    if (machine_.schedule == ops::Schedule::kPipelined) return;
    // Layer after layer, image after image: an image enters when the one before it has left.
    for (const auto& [from, from_loop] : last)
      for (const auto& [to, to_loop] : input_tasks_) run_.barrier(from, from_loop, to, to_loop, 0, 1);
  }

  void load_weights(std::size_t index, const ArrayGrid& grid, const std::vector<const Part*>& parts) {
    const Layer& layer = network_.layers[index];
    std::int64_t before = 0;  // weights of the parts before
    for (const Part* part : parts) {
      const std::int64_t cells = grid.cells(part->first, part->last);
      const std::int64_t weights = cells / configs_[index].cells_per_weight();
      const std::int64_t bits = weights * configs_[index].weight_bits;
      std::vector<Hop> path = load_fabric_.route_in(part->tile, bits);
      path.insert(path.begin(), load_host_.memory(bits));
      ops::Task move = task(index, fmt::format("weights to tile {}", part->tile),
                            ops::Transfer{.what = ops::Transfer::What::kWeights,
                                          .begin = before,
                                          .end = before + weights,
                                          .to = part->tile,
                                          .element_bits = configs_[index].weight_bits},
                            std::move(path), {});
      const std::int64_t arrays = std::min(part->last - part->first, machine_.organisation.arrays_per_ima);
      ops::Task write =
          task(index, fmt::format("cells of tile {}", part->tile),
               ops::WriteCells{.place = part->tile, .first = part->first, .last = part->last, .cells = cells},
               {load_fabric_.write_cells(part->tile, layer.name, arrays * machine_.organisation.rows)}, {});
      move.blocks = write.blocks = 1;
      const TaskId from = load_.task(std::move(move));
      load_.same(from, load_.task(std::move(write)), {});
      before += weights;
    }
  }

  const Network& network_;
  const ops::CrossbarMachine& machine_;
  const MapOptions& options_;
  ProgramBuilder& run_;
  ProgramBuilder& load_;
  Mapped& mapped_;
  Fabric fabric_, load_fabric_;
  HostTasks host_, load_host_;
  std::vector<ops::CrossbarConfig> configs_;  // by layer
  TileWork work_;
  TensorPlaces places_;
  TensorId output_;
  std::set<std::size_t> fused_;
  std::map<TensorId, std::vector<std::pair<TaskId, Loop>>> at_host_;  // what came to host memory, and when
  std::vector<std::pair<TaskId, Loop>> input_tasks_;                  // those that read the network's input
};

}  // namespace

void map_on_crossbars(const Network& network, const ops::CrossbarMachine& machine, const ops::HostMachine& host,
                      const MapOptions& options, ProgramBuilder& run, ProgramBuilder& load, Mapped& mapped) {
  CrossbarMapper(network, machine, host, options, run, load, mapped).map();
}

}  // namespace cimera::mapping
