#include "models/functional/walk.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "models/functional/moves.h"
#include "workloads/flops.h"
#include "workloads/position_order.h"

namespace cimera::functional {

using ops::Event;
using ops::Place;
using ops::Transfer;
using workloads::Layer;
using workloads::TensorId;

Walk::Walk(const Course& course, std::int64_t first, std::int64_t count, Values input, bool ordered)
    : course_(course), first_(first), count_(count), ordered_(ordered), stats_(course.program.layer_names.size()) {
  const TensorId tensor = course.network.input;
  snap(tensor, input);
  if (const std::int64_t positions = course.order[tensor.value()])
    input = workloads::by_feature(input, count, positions);
  stores_.values(values_slot(ops::kHostMemory, tensor)).put({{0, elements(tensor)}, std::move(input), {}, {}});
}

Walk::Values Walk::run() {
  for (std::size_t t = 0; t < course_.program.tasks.size(); ++t) {
    task_ = &course_.program.tasks[t];
    execute(*task_);
    for (const Slot& slot : course_.last_use[t]) stores_.drop(slot);
  }
  const TensorId output = course_.network.output;
  const Range all{0, elements(output)};
  const Pieces<float>& there = stores_.values(values_slot(ops::kHostMemory, output));
  if (const Range gap = there.missing(all); gap.size() > 0)
    fail_run(fmt::format("the program ends before elements {} to {} of its output {} are in host memory", gap.begin,
                         gap.end, name(output)));
  Values scratch;
  const std::span<const float> values = there.view(all, count_, scratch);
  if (const std::int64_t positions = course_.order[output.value()])
    return workloads::by_shape(values, count_, positions);
  return {values.begin(), values.end()};
}

void Walk::execute(const ops::Task& task) {
  const ops::Work& work = task.op.work;
  if (const auto* move = std::get_if<Transfer>(&work)) return transfer(*move);
  if (const auto* mvm = std::get_if<ops::Mvm>(&work)) return multiply(*mvm);
  if (const auto* digital = std::get_if<ops::Digital>(&work)) return compute(*digital);
  if (const auto* host = std::get_if<ops::HostCompute>(&work)) return on_host(*host);
  if (!course_.resident) fail_run("'" + task.name + "' writes cells, which a host does not have");
}

void Walk::transfer(const Transfer& work) {
  if (work.what == Transfer::What::kWeights) {  // counted once a run, not for every image
    if (!course_.resident) cached_[task_->layer.value()].push_back(task_index());
    else if (course_.resident->replaces(task_index())) stores_.empty_buffer(work.to);
    return;
  }
  if (work.what == Transfer::What::kPartialSums) return transfer_sums(work);
  const TensorId tensor(work.tensor);
  const Range range{work.begin, work.end};
  if (range.begin < 0 || range.size() < 1 || range.end > elements(tensor))
    fail_run(fmt::format("'{}' moves elements {} to {}, which tensor {} does not have", task_->name, range.begin,
                         range.end, name(tensor)));
  Values scratch;
  const std::span<const float> values = read(values_slot(work.from, tensor), range, scratch);
  count_move(course_.program, *task_, work, count_, counts());
  if (work.to == work.from && work.to == ops::kHostMemory) return move_in_host(work, range);
  put(work.to == ops::kHostMemory ? values_slot(work.to, tensor) : inputs_slot(work.to, tensor), range,
      Values(values.begin(), values.end()));
}

/// Between a host's memory and its caches: the values stay where they are, but readers wait for the move.
void Walk::move_in_host(const Transfer& work, const Range& range) {
  const bool from_memory =
      !task_->op.path.empty() && course_.program.unit(task_->op.path[0].unit).kind == ops::UnitKind::kMemory;
  if (from_memory) {
    cached_[task_->layer.value()].push_back(task_index());
    return;
  }
  for (Piece<float>& piece : stores_.values(values_slot(work.to, TensorId(work.tensor))).all())
    if (intersect(piece.range, range).size() > 0) piece.makers = {task_index()};
}

void Walk::multiply(const ops::Mvm& work) {
  const std::uint32_t index = task_->layer.value();
  const Layer& layer = course_.network.layers[index];
  const PlacedLayer& placed = course_.resident->layer(index);
  const workloads::QuantizedLayer& quantized = course_.quantized.of(workloads::LayerId(index));
  const auto found = arrays_
                         .try_emplace(index, Arrays{{course_.network, quantized, count_},
                                                    std::vector<bool>(static_cast<std::size_t>(placed.arrays()))})
                         .first;
  Arrays& arrays = found->second;
  for (std::int64_t array = work.first; array < work.last; ++array) {
    if (arrays.read[static_cast<std::size_t>(array)])
      fail_run(fmt::format("'{}' reads array {} of layer '{}' again", task_->name, array, layer.name));
    arrays.read[static_cast<std::size_t>(array)] = true;
  }

  const std::vector<Range> ranges = placed.inputs(work.first, work.last);
  std::vector<Values> scratch(ranges.size());
  std::vector<std::span<const float>> inputs;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    inputs.push_back(read(inputs_slot(work.place, layer.inputs[0]), ranges[i], scratch[i]));
  bool shared = true;
  for (std::size_t i = 0; i < ranges.size(); ++i) shared = shared && arrays.codes.agree(ranges[i], inputs[i]);
  std::optional<InputCodes> own;
  InputCodes& codes = shared ? arrays.codes : own.emplace(course_.network, quantized, count_);
  for (std::size_t i = 0; i < ranges.size(); ++i) counts()[Event::kClippedInputs] += codes.add(ranges[i], inputs[i]);

  std::vector<std::uint8_t> steps;  // executed; empty: all
  if (std::ranges::any_of(task_->op.path, &ops::Hop::varies)) {
    steps = placed.driven_steps(work.first, work.last, count_, codes.by_group());
    for (const std::uint8_t executed : steps) beats().add(executed);
  }

  Pieces<double>& sums = stores_.sums(sums_slot(Slot::Kind::kSums, work.place));
  for (Piece<double>& piece : placed.multiply(work.first, work.last, {first_, count_}, codes.by_group(), steps,
                                              counts(), stats_.layer_measured[index])) {
    if (sums.overlaps(piece.range))
      fail_run(fmt::format("'{}' makes sums {} to {} of layer '{}' in {}, which has them already", task_->name,
                           piece.range.begin, piece.range.end, layer.name, name_of(work.place)));
    piece.makers = {task_index()};
    sums.put(std::move(piece));
  }
  if (std::ranges::find(arrays.read, false) == arrays.read.end()) arrays_.erase(found);
}

void Walk::on_host(const ops::HostCompute& work) {
  const Layer& layer = layer_at(course_.network, work.layer);
  std::vector<Values> scratch(layer.inputs.size());
  std::vector<const Values*> inputs;
  std::int64_t bits = elements(layer.output) * count_ * 32;
  wait_for(cached_[task_->layer.value()],
           [&] { return "the data of layer '" + layer.name + "' in the host's caches"; });
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    const workloads::Tensor& tensor = course_.network.tensor(layer.inputs[i]);
    const Range all{0, elements(layer.inputs[i])};
    bits += all.size() * count_ * 32;  // a constant is read for every image
    inputs.push_back(tensor.constant ? &tensor.values
                                     : &whole(values_slot(work.place, layer.inputs[i]), all, scratch[i]));
    if (const std::int64_t positions = course_.order[layer.inputs[i].value()]; positions > 0 && !tensor.constant) {
      scratch[i] = workloads::by_shape(*inputs.back(), count_, positions);
      inputs.back() = &scratch[i];
    }
  }
  Values made = workloads::run_layer(course_.network, layer, count_, inputs);
  if (const std::int64_t positions = course_.order[layer.output.value()])
    made = workloads::by_feature(made, count_, positions);
  put(values_slot(work.place, layer.output), {0, elements(layer.output)}, std::move(made));
  counts()[Event::kHostFlops] += workloads::flops(course_.network, layer) * count_;
  counts()[Event::kHostCacheBits] += bits;
}

void Walk::require(const Slot& slot, const Range& range) {
  const Pieces<float>& there = stores_.values(slot);
  const std::string_view buffer = slot.kind == Slot::Kind::kInputs ? "the buffer of " : "";
  if (const Range gap = there.missing(range); gap.size() > 0)
    fail_run(fmt::format("'{}' needs elements {} to {} of tensor {}, which are not in {}{}", task_->name, gap.begin,
                         gap.end, name(TensorId(slot.tensor)), buffer, name_of(slot.place)));
  wait_for(there, range, [&] {
    return fmt::format("elements {} to {} of tensor {} in {}{}", range.begin, range.end, name(TensorId(slot.tensor)),
                       buffer, name_of(slot.place));
  });
}

void Walk::wait_for(const std::vector<std::uint32_t>& makers, const std::function<std::string()>& what) const {
  if (!ordered_) return;
  for (const std::uint32_t maker : makers)
    if (!course_.dependencies.lead(maker, task_index()))
      fail_run(fmt::format("'{}' reads {}, but no edges make it wait for '{}', which makes or brings them", task_->name,
                           what(), course_.program.tasks[maker].name));
}

std::string Walk::sums_in(const Range& range, Place place) const {
  return fmt::format("sums {} to {} of layer '{}' in {}", range.begin, range.end,
                     course_.network.layers[task_->layer.value()].name, name_of(place));
}

std::span<const float> Walk::read(const Slot& slot, const Range& range, Values& scratch) {
  require(slot, range);
  return stores_.values(slot).view(range, count_, scratch);
}

const Walk::Values& Walk::whole(const Slot& slot, const Range& range, Values& scratch) {
  require(slot, range);
  const Pieces<float>& pieces = stores_.values(slot);
  if (pieces.all().size() == 1) return pieces.all()[0].values;
  pieces.view(range, count_, scratch);
  return scratch;
}

void Walk::put(const Slot& slot, const Range& range, Values values) {
  Pieces<float>& pieces = stores_.values(slot);
  if (pieces.overlaps(range))
    fail_run(fmt::format("'{}' puts elements {} to {} of tensor {} into {}, where some of them are already",
                         task_->name, range.begin, range.end, name(TensorId(slot.tensor)), name_of(slot.place)));
  pieces.put({range, std::move(values), {}, {task_index()}});
}

ops::Histogram& Walk::beats() {
  stats_.task_beats.resize(course_.program.tasks.size());
  return stats_.task_beats[task_index()];
}

std::int64_t Walk::elements(TensorId tensor) const { return workloads::elements(course_.network.tensor(tensor).shape); }

Slot Walk::values_slot(Place place, TensorId tensor) const {
  return {Slot::Kind::kValues, place, 0, course_.origin[tensor.value()].value()};
}
Slot Walk::inputs_slot(Place place, TensorId tensor) const {
  return {Slot::Kind::kInputs, place, task_->layer.value(), course_.origin[tensor.value()].value()};
}
Slot Walk::sums_slot(Slot::Kind kind, Place place) const { return {kind, place, task_->layer.value(), 0}; }

}  // namespace cimera::functional
