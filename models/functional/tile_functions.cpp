// What the digital units of a tile do: sums of products to values, element-wise functions, pooling.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "kernels/elementwise.h"
#include "kernels/window.h"
#include "models/functional/moves.h"
#include "models/functional/walk.h"
#include "workloads/function_of.h"
#include "workloads/window_of.h"

namespace cimera::functional {

using ops::Digital;
using ops::Event;
using workloads::Layer;
using workloads::TensorId;

namespace {

std::int64_t blocks_in(const RangeSet& row_blocks) {
  std::int64_t count = 0;
  for (const Range& range : row_blocks.ranges()) count += range.size();
  return count;
}

}  // namespace

void Walk::transfer_sums(const ops::Transfer& work) {
  const Range range{work.begin, work.end};
  const std::string& layer = course_.network.layers[task_->layer.value()].name;
  const Pieces<double>& from = stores_.sums(sums_slot(Slot::Kind::kSums, work.from));
  Pieces<double>& to = stores_.sums(sums_slot(Slot::Kind::kArrivedSums, work.to));
  if (const Range gap = from.missing(range); gap.size() > 0 || range.size() < 1)
    fail_run(fmt::format("'{}' moves sums {} to {} of layer '{}', which are not in {}", task_->name, gap.begin, gap.end,
                         layer, name_of(work.from)));
  if (to.overlaps(range))
    fail_run(fmt::format("'{}' brings sums {} to {} of layer '{}' to {}, where earlier ones are not added yet",
                         task_->name, range.begin, range.end, layer, name_of(work.to)));
  wait_for(from, range, [&] { return sums_in(range, work.from); });
  for (const Piece<double>& piece : from.all()) {
    const Range part = intersect(piece.range, range);
    if (part.size() == 0) continue;
    const int bits = course_.resident->layer(task_->layer.value()).sum_bits(blocks_in(piece.row_blocks));
    if (work.element_bits != bits)
      fail_run(fmt::format("'{}' moves partial sums of layer '{}' in {} bits, but they have {}", task_->name, layer,
                           work.element_bits, bits));
    Piece<double> moved{part, {}, piece.row_blocks, {task_index()}};
    for (std::int64_t i = 0; i < count_; ++i)
      moved.values.insert(moved.values.end(), piece.at(i, part), piece.at(i, part) + part.size());
    to.put(std::move(moved));
  }
  count_move(course_.program, *task_, work, count_, counts());
}

void Walk::compute(const Digital& work) {
  const std::int64_t done = (work.end - work.begin) * count_;
  const Layer& layer = layer_at(course_.network, work.layer);
  if (work.begin < 0 || work.begin >= work.end || work.end > elements(layer.output))
    fail_run(fmt::format("'{}' makes elements {} to {} of layer '{}', which has {}", task_->name, work.begin, work.end,
                         layer.name, elements(layer.output)));
  Values values;
  switch (work.function) {
    case Digital::Function::kMerge:
      merge(work);
      counts()[Event::kTileShiftAdds] += done;
      return;
    case Digital::Function::kAdd:
      values = add(work);
      count_fetch(2 * done * work.element_bits);
      counts()[Event::kTileShiftAdds] += done;
      break;
    case Digital::Function::kActivate:
      values = activate(work);
      counts()[Event::kActivations] += done;
      counts()[Event::kTileRegisterBits] += done * work.element_bits;
      break;
    case Digital::Function::kPool:
      values = pool(work);
      counts()[Event::kPoolOutputs] += done;
      break;
  }
  snap(layer.output, values);
  put(values_slot(work.place, layer.output), {work.begin, work.end}, std::move(values));
}

void Walk::snap(TensorId tensor, std::span<float> values) const {
  if (const auto& grid = course_.network.tensor(tensor).grid) grid->snap(values);
}

void Walk::merge(const Digital& work) {
  const Range range{work.begin, work.end};
  const std::string& layer = course_.network.layers[task_->layer.value()].name;
  Pieces<double>& own = stores_.sums(sums_slot(Slot::Kind::kSums, work.place));
  Pieces<double>& arrived = stores_.sums(sums_slot(Slot::Kind::kArrivedSums, work.place));
  const auto refuse = [&](const Range& part, const std::string& why) {
    fail_run(fmt::format("'{}' adds sums {} to {} of layer '{}' in {}, {}", task_->name, part.begin, part.end, layer,
                         name_of(work.place), why));
  };
  if (const Range gap = own.missing(range); gap.size() > 0) refuse(gap, "which has none of its own");
  if (const Range gap = arrived.missing(range); gap.size() > 0) refuse(gap, "where no others have come");
  for (Piece<double>& sum : own.all()) {
    if (intersect(sum.range, range).size() == 0) continue;
    if (!range.contains(sum.range)) refuse(sum.range, "which are more than it has to");
    // Additions to the same sums may come in any order, one after another on one adder: all wait for the products.
    wait_for({sum.makers.front()}, [&] { return sums_in(sum.range, work.place); });
    for (const Piece<double>& other : arrived.all()) {
      const Range part = intersect(other.range, sum.range);
      if (part.size() == 0) continue;
      if (!sum.range.contains(other.range) || other.range.size() != sum.range.size())
        refuse(part, "of which parts have come only");
      if (sum.row_blocks.overlaps(other.row_blocks)) refuse(part, "which have the products of these rows already");
      wait_for(other.makers, [&] { return sums_in(part, work.place) + ", which came from elsewhere"; });
      for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += other.values[i];
      sum.row_blocks.add(other.row_blocks);
    }
    sum.makers.push_back(task_index());
  }
  std::erase_if(arrived.all(), [&](const Piece<double>& piece) { return range.contains(piece.range); });
}

Walk::Values Walk::scaled_sums(const Digital& work) {
  const Range range{work.begin, work.end};
  const std::uint32_t index = task_->layer.value();
  const Layer& layer = course_.network.layers[index];
  const Pieces<double>& sums = stores_.sums(sums_slot(Slot::Kind::kSums, work.place));
  if (const Range gap = sums.missing(range); gap.size() > 0)
    fail_run(fmt::format("'{}' needs sums {} to {} of layer '{}', which {} does not have", task_->name, gap.begin,
                         gap.end, layer.name, name_of(work.place)));
  const Range rows{0, course_.resident->layer(index).row_blocks()};
  for (const Piece<double>& piece : sums.all())
    if (const Range gap = piece.row_blocks.missing(rows); gap.size() > 0 && intersect(piece.range, range).size() > 0)
      fail_run(fmt::format("'{}' needs sums {} to {} of layer '{}' whole, but in {} they lack the row blocks {} to {}",
                           task_->name, piece.range.begin, piece.range.end, layer.name, name_of(work.place), gap.begin,
                           gap.end));
  wait_for(sums, range, [&] { return sums_in(range, work.place); });
  std::vector<double> scratch;
  const std::span<const double> whole = sums.view(range, count_, scratch);
  Values values(whole.size());
  workloads::dequantize(course_.network, course_.quantized.of(workloads::LayerId(index)), count_, range.begin, whole,
                        values);
  if (seen_ && *seen_) (*seen_)({index, range, first_, count_, values});
  return values;
}

Walk::Values Walk::activate(const Digital& work) {
  const Layer& layer = course_.network.layers[work.layer];
  const Layer& worked_for = course_.network.layers[task_->layer.value()];
  // Behind products of the same task's layer their scaled sums pass the unit; else results of the tile.
  if (worked_for.is_mvm()) {
    Values values = scaled_sums(work);
    snap(worked_for.output, values);
    if (&layer == &worked_for) return values;
    if (layer.inputs[0] != worked_for.output)
      fail_run(fmt::format("'{}': layer '{}' does not follow layer '{}'", task_->name, layer.name, worked_for.name));
    return unary(layer, values);
  }
  Values scratch;
  return unary(layer, read(values_slot(work.place, layer.inputs[0]), {work.begin, work.end}, scratch));
}

Walk::Values Walk::unary(const Layer& layer, std::span<const float> x) const {
  const auto* function = std::get_if<workloads::Unary>(&layer.op);
  if (!function) fail_run(fmt::format("'{}': layer '{}' is no activation function", task_->name, layer.name));
  Values values(x.size());
  kernels::apply(workloads::function_of(function->kind), x, values);
  return values;
}

Walk::Values Walk::pool(const Digital& work) {
  const Layer& layer = course_.network.layers[work.layer];
  const auto* op = std::get_if<workloads::Pool2d>(&layer.op);
  if (!op || op->kind != workloads::Pool2d::Kind::kMax)
    fail_run(fmt::format("'{}': layer '{}' is no pooling of maxima", task_->name, layer.name));
  kernels::Window2d window = workloads::window_of(course_.network, layer, *op);
  const std::int64_t positions = window.positions(), image = window.height * window.width;
  if (work.begin % positions != 0 || work.end % positions != 0)
    fail_run(fmt::format("'{}' pools elements {} to {}: not whole channels", task_->name, work.begin, work.end));
  window.channels = (work.end - work.begin) / positions;
  Values scratch;
  const std::span<const float> input = read(inputs_slot(work.place, layer.inputs[0]),
                                            {work.begin / positions * image, work.end / positions * image}, scratch);
  count_fetch(kernels::places_seen(window) * window.channels * count_ * work.element_bits);
  Values values(static_cast<std::size_t>(count_ * (work.end - work.begin)));
  const auto in = static_cast<std::size_t>(window.channels * image);
  const auto out = static_cast<std::size_t>(window.channels * positions);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count_); ++i)
    kernels::max_pool(window, input.subspan(i * in, in), std::span(values).subspan(i * out, out));
  return values;
}

Walk::Values Walk::add(const Digital& work) {
  const Layer& layer = course_.network.layers[work.layer];
  const auto* op = std::get_if<workloads::Binary>(&layer.op);
  const bool plain = op && op->kind == workloads::BinaryKind::kAdd &&
                     elements(layer.inputs[0]) == elements(layer.output) &&
                     elements(layer.inputs[1]) == elements(layer.output);
  if (!plain) fail_run(fmt::format("'{}': layer '{}' is no addition of two equal shapes", task_->name, layer.name));
  const Range range{work.begin, work.end};
  Values first, second;
  const std::span<const float> a = read(inputs_slot(work.place, layer.inputs[0]), range, first);
  const std::span<const float> b = read(inputs_slot(work.place, layer.inputs[1]), range, second);
  Values values(a.size());
  std::ranges::transform(a, b, values.begin(), [](float x, float y) { return x + y; });
  return values;
}

void Walk::count_fetch(std::int64_t bits) {
  counts()[Event::kEdramReadBits] += bits;
  counts()[Event::kBusBits] += bits;
}

}  // namespace cimera::functional
