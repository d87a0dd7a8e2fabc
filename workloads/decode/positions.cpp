#include "workloads/decode/positions.h"

#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "kernels/elementwise.h"
#include "workloads/builder.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// Which dimensions of a tensor count tokens; -1 for none.
struct Axes {
  std::int64_t query = -1, key = -1;
  bool any() const { return query >= 0 || key >= 0; }
};

/// Cuts one network, layer after layer.
class Cutter {
 public:
  Cutter(const Network& whole, std::int64_t first, std::int64_t count)
      : whole_(whole),
        first_(first),
        count_(count),
        tokens_(whole.tensor(whole.input).shape.back()),
        builder_(whole.name, whole.source),
        axes_(whole.tensors.size()),
        at_(whole.tensors.size()),
        masked_(whole.tensors.size(), false) {}

  Positions cut() && {
    if (first_ < 0 || count_ < 1 || first_ + count_ > tokens_)
      fail_run(fmt::format("tokens {} to {} of {}", first_, first_ + count_ - 1, tokens_));
    const Tensor& input = whole_.tensor(whole_.input);
    if (!reads_tokens(whole_)) fail_input(Where{whole_.source}, "the network reads no tokens");
    set(whole_.input, builder_.input(input.name, {1, count_}), {.query = 1});
    for (const Layer& layer : whole_.layers) cut(layer);
    if (axes_[whole_.output.value()].query != 1)
      fail_input(Where{whole_.source}, "its output has no row for each token");
    positions_.network = std::move(builder_).finish(at_[whole_.output.value()]);
    renumber();
    return std::move(positions_);
  }

 private:
  [[noreturn]] static void fail(const Layer& layer, const std::string& why) {
    fail_input(Where{layer.name},
               fmt::format("{} {}: the network cannot be read token by token", op_name(layer.op), why));
  }

  const Shape& old_shape(TensorId id) const { return whole_.tensor(id).shape; }
  Axes axes(TensorId id) const { return axes_[id.value()]; }
  void set(TensorId old, TensorId made, const Axes& axes) {
    at_[old.value()] = made;
    axes_[old.value()] = axes;
  }

  /// The shape of a tensor of the whole network, cut along its axes.
  Shape cut_shape(Shape shape, const Axes& axes) const {
    if (axes.query >= 0) shape[size(axes.query)] = count_;
    if (axes.key >= 0) shape[size(axes.key)] = first_ + count_;
    return shape;
  }

  /// A constant, cut where it has a value for each token; `rank` and `axes` are those of what it is combined with.
  TensorId constant(TensorId id, std::size_t rank, const Axes& axes) {
    const Tensor& tensor = whole_.tensor(id);
    const std::size_t missing = rank - std::min(rank, tensor.shape.size());
    Shape shape = tensor.shape;
    kernels::StridedSide from{.offset = 0, .strides = kernels::dense_strides(tensor.shape)};
    const auto along = [&](std::int64_t axis, std::int64_t start, std::int64_t length) {
      if (axis < static_cast<std::int64_t>(missing)) return;
      const std::size_t d = size(axis) - missing;
      if (shape[d] == 1) return;
      shape[d] = length;
      from.offset += start * from.strides[d];
    };
    along(axes.query, first_, count_);
    along(axes.key, 0, first_ + count_);
    if (!tensor.has_values()) return builder_.constant(tensor.name, shape);
    std::vector<float> values(size(elements(shape)));
    kernels::copy_strided<float>(shape, tensor.values, from, values,
                                 {.offset = 0, .strides = kernels::dense_strides(shape)});
    return builder_.constant(unique(tensor.name), shape, std::move(values));
  }
  std::string unique(const std::string& name) { return name; }

  /// Whether a constant hides keys behind a token: far below zero above the diagonal.
  bool hides(TensorId id, std::size_t rank, const Axes& axes) const {
    constexpr float kFar = -1e4F;  // e^-1e4 is 0 in FP32
    const Tensor& tensor = whole_.tensor(id);
    const std::size_t missing = rank - std::min(rank, tensor.shape.size());
    if (!tensor.has_values() || axes.query < static_cast<std::int64_t>(missing) || axes.key < 0) return false;
    const std::size_t q = size(axes.query) - missing, k = size(axes.key) - missing;
    if (tensor.shape[q] != tokens_ || tensor.shape[k] != tokens_) return false;
    const std::vector<std::int64_t> strides = kernels::dense_strides(tensor.shape);
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      const std::int64_t row = static_cast<std::int64_t>(i) / strides[q] % tokens_;
      const std::int64_t column = static_cast<std::int64_t>(i) / strides[k] % tokens_;
      if (column > row && tensor.values[i] > kFar) return false;
    }
    return true;
  }

  void add(const Layer& layer, Operator op, std::vector<TensorId> inputs, const Axes& out) {
    NetworkBuilder::Parameters parameters;
    if (layer.weights) parameters.weights = plain(*layer.weights);
    if (layer.bias) parameters.bias = plain(*layer.bias);
    parameters.shape = cut_shape(old_shape(layer.output), out);
    parameters.output = whole_.tensor(layer.output).name;
    const TensorId made = builder_.add(layer.name, std::move(op), std::move(inputs), std::move(parameters));
    if (layer.dynamic_input) fail(layer, "rounds its input over the range of all tokens");
    builder_.producer(made)->weight_steps = layer.weight_steps;
    if (const auto& grid = whole_.tensor(layer.output).grid) builder_.set_grid(made, *grid);
    set(layer.output, made, out);
  }
  /// A constant as it is, once.
  TensorId plain(TensorId id) {
    const auto [found, fresh] = plain_.try_emplace(id, TensorId(0));
    const Tensor& tensor = whole_.tensor(id);
    if (fresh) found->second = builder_.constant(tensor.name, tensor.shape, tensor.values);
    return found->second;
  }

  void cut(const Layer& layer) {
    if (std::holds_alternative<MatMul>(layer.op)) return product(layer);
    if (std::holds_alternative<Binary>(layer.op)) return binary(layer);
    std::vector<TensorId> inputs;
    Axes axes;
    for (const TensorId id : layer.inputs) {
      if (whole_.tensor(id).constant) {
        inputs.push_back(plain(id));
        continue;
      }
      if (axes.any() && (axes.query != axes_[id.value()].query || axes.key != axes_[id.value()].key))
        fail(layer, "joins tensors whose tokens lie along different dimensions");
      axes = axes_[id.value()];
      inputs.push_back(at_[id.value()]);
    }
    Operator op = layer.op;
    const Axes out = std::visit([&](auto& kind) { return moved(layer, kind, axes); }, op);
    if (!layer.inputs.empty()) masked_[layer.output.value()] = masked_[layer.inputs[0].value()];
    add(layer, std::move(op), std::move(inputs), out);
  }

  // What each operator does to the axes that count tokens.
  template <class Op>
  Axes moved(const Layer& layer, Op&, const Axes&) const {
    fail(layer, "mixes tokens");
  }
  static Axes moved(const Layer&, Unary&, const Axes& axes) { return axes; }
  static Axes moved(const Layer&, Clip&, const Axes& axes) { return axes; }
  static Axes moved(const Layer&, Expand&, const Axes& axes) { return axes; }
  static Axes moved(const Layer&, Embedding&, const Axes& axes) { return axes; }
  Axes moved(const Layer& layer, Dense&, const Axes& axes) const { return along_last(layer, axes); }
  Axes moved(const Layer& layer, Normalize&, const Axes& axes) const { return along_last(layer, axes); }
  Axes along_last(const Layer& layer, const Axes& axes) const {
    const auto last = static_cast<std::int64_t>(old_shape(layer.inputs[0]).size()) - 1;
    if (axes.query == last || axes.key >= 0) fail(layer, "mixes tokens");
    return axes;
  }
  Axes moved(const Layer& layer, Softmax& softmax, const Axes& axes) const {
    const auto rank = static_cast<std::int64_t>(old_shape(layer.inputs[0]).size());
    const std::int64_t axis = softmax.axis < 0 ? softmax.axis + rank : softmax.axis;
    if (axis == axes.query) fail(layer, "mixes tokens");
    if (axis == axes.key && !masked_[layer.inputs[0].value()])
      fail(layer, "looks at keys that no constant hides from the tokens before them");
    return axes;
  }
  Axes moved(const Layer& layer, Reduce& reduce, const Axes& axes) const {
    for (const std::int64_t axis : reduce.axes)
      if (axis == axes.query || axis == axes.key) fail(layer, "mixes tokens");
    return axes;
  }
  Axes moved(const Layer& layer, Concat& concat, const Axes& axes) const {
    if (concat.axis == axes.query || concat.axis == axes.key) fail(layer, "adds tokens");
    return axes;
  }
  Axes moved(const Layer& layer, Slice& slice, const Axes& axes) const {
    for (const std::int64_t axis : {axes.query, axes.key})
      if (axis >= 0 && (slice.start[size(axis)] != 0 || slice.step[size(axis)] != 1 ||
                        old_shape(layer.output)[size(axis)] != tokens_))
        fail(layer, "picks some of the tokens");
    return axes;
  }
  static Axes moved(const Layer&, Transpose& transpose, const Axes& axes) {
    Axes out;
    for (std::size_t d = 0; d < transpose.perm.size(); ++d) {
      if (transpose.perm[d] == axes.query) out.query = static_cast<std::int64_t>(d);
      if (transpose.perm[d] == axes.key) out.key = static_cast<std::int64_t>(d);
    }
    return out;
  }
  Axes moved(const Layer& layer, Reshape&, const Axes& axes) const {
    const Shape &from = old_shape(layer.inputs[0]), &to = old_shape(layer.output);
    const auto find = [&](std::int64_t axis) -> std::int64_t {
      if (axis < 0) return -1;
      const std::int64_t before = elements(Shape(from.begin(), from.begin() + axis));
      std::int64_t product = 1;
      for (std::size_t d = 0; d < to.size(); product *= to[d++])
        if (product == before && to[d] == tokens_) return static_cast<std::int64_t>(d);
      fail(layer, "joins tokens with other values");
    };
    return {find(axes.query), find(axes.key)};
  }

  void binary(const Layer& layer) {
    const std::size_t rank = old_shape(layer.output).size();
    Axes out;
    for (const TensorId id : layer.inputs) {
      if (whole_.tensor(id).constant) continue;
      const auto missing = static_cast<std::int64_t>(rank - old_shape(id).size());
      const auto lifted = [&](std::int64_t axis) { return axis < 0 ? -1 : axis + missing; };
      const Axes axes{lifted(axes_[id.value()].query), lifted(axes_[id.value()].key)};
      if (out.any() && (axes.query != out.query || axes.key != out.key))
        fail(layer, "combines tensors whose tokens lie along different dimensions");
      out = axes;
    }
    std::vector<TensorId> inputs;
    bool masked = false;
    for (const TensorId id : layer.inputs) {
      const bool is_constant = whole_.tensor(id).constant;
      inputs.push_back(is_constant ? constant(id, rank, out) : at_[id.value()]);
      masked = masked || masked_[id.value()];
      masked = masked || (is_constant && std::get<Binary>(layer.op).kind == BinaryKind::kAdd && hides(id, rank, out));
    }
    masked_[layer.output.value()] = masked;
    add(layer, layer.op, std::move(inputs), out);
  }

  void product(const Layer& layer) {
    const auto rank = static_cast<std::int64_t>(old_shape(layer.output).size());
    const TensorId a = layer.inputs[0], b = layer.inputs[1];
    if (whole_.tensor(a).constant || whole_.tensor(b).constant)
      fail(layer, "multiplies by a constant of several matrices");
    const bool transposed = std::get<MatMul>(layer.op).transpose_b;
    const std::int64_t inner = transposed ? rank - 1 : rank - 2, columns = transposed ? rank - 2 : rank - 1;
    const Axes left = axes(a), right = axes(b);
    const bool scores = left.query == rank - 2 && left.key < 0 && right.query == columns;
    const bool mix = left.query == rank - 2 && left.key == rank - 1 && right.query == inner;
    if (right.key >= 0 || !(scores || mix)) fail(layer, "mixes tokens");
    TensorId second = at_[b.value()];
    if (first_ > 0) {
      Shape shape = cut_shape(old_shape(b), right);
      shape[size(right.query)] = first_;
      const TensorId kept = builder_.constant(layer.name + ".kept", shape);
      positions_.kept.push_back(kept);
      second = builder_.add(layer.name + ".cache", KvCache{.axis = right.query}, {kept, second});
    }
    positions_.keep.push_back({second, right.query});
    add(layer, layer.op, {at_[a.value()], second}, {rank - 2, scores ? rank - 1 : -1});
  }

  /// finish() drops what the output does not need and numbers the rest anew: found again by the layers that hold them.
  void renumber() {
    positions_.kept.clear();
    std::size_t product = 0;
    for (const Layer& layer : positions_.network.layers) {
      if (std::holds_alternative<KvCache>(layer.op)) positions_.kept.push_back(layer.inputs[0]);
      if (std::holds_alternative<MatMul>(layer.op)) positions_.keep.at(product++).tensor = layer.inputs[1];
    }
  }

  const Network& whole_;
  std::int64_t first_, count_, tokens_;
  NetworkBuilder builder_;
  Positions positions_;
  std::vector<Axes> axes_;    // by tensor of the whole network
  std::vector<TensorId> at_;  // by tensor of the whole network: its part
  std::vector<bool> masked_;  // by tensor of the whole network: whether later keys are hidden
  std::map<TensorId, TensorId> plain_;
};

}  // namespace

Positions at_positions(const Network& whole, std::int64_t first, std::int64_t count) {
  return Cutter(whole, first, count).cut();
}

}  // namespace cimera::workloads
