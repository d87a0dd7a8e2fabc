// Constant folding: what exporters compute from constants, computed when the model is read.
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "kernels/elementwise.h"
#include "workloads/onnx/operators.h"
#include "workloads/onnx/target_shape.h"
#include "workloads/shapes.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

std::string tensor_label(const Node& node) { return fmt::format("{}: attribute value", node.where().file); }

/// The elements of `in` at offset + i0 strides[0] + ... over `shape`.
Constant strided(const Constant& in, const Shape& shape, const kernels::StridedSide& from, const Where& where) {
  const std::int64_t count = constant_size(shape, where);
  return std::visit(
      [&]<class T>(const std::vector<T>& values) {
        std::vector<T> out(size(count));
        if (count > 0) {
          const kernels::StridedSide to{.offset = 0, .strides = kernels::dense_strides(shape)};
          kernels::copy_strided<T>(shape, values, from, out, to);
        }
        return Constant{.shape = shape, .data = std::move(out), .type = in.type};
      },
      in.data);
}

void fold_to_shape(Node& node, const Shape& shape) {
  const ConstantPtr& in = node.constant(0, "operand");
  if (constant_size(shape, node.where()) != constant_size(in->shape, node.where())) {
    node.fail(fmt::format("shape {} cannot become {}", format(in->shape), format(shape)));
  }
  const bool one_scale = in->codes && in->codes->scale.size() == 1;
  node.output(
      Constant{.shape = shape, .data = in->data, .type = in->type, .codes = one_scale ? in->codes : std::nullopt});
}

/// Applies `op` to two constants of equal type with broadcasting; sizes of 0 are not supported.
template <class T, class F>
std::vector<T> combine(const kernels::BroadcastLoop& loop, const std::vector<T>& a, const std::vector<T>& b,
                       std::int64_t count, const F& op) {
  std::vector<T> out(size(count));
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i, offset_a = 0, offset_b = 0;
    for (std::size_t d = loop.sizes.size(); d-- > 0; rest /= loop.sizes[d]) {
      offset_a += rest % loop.sizes[d] * loop.stride_a[d];
      offset_b += rest % loop.sizes[d] * loop.stride_b[d];
    }
    out[size(i)] = op(a[size(offset_a)], b[size(offset_b)]);
  }
  return out;
}

template <class FloatOp, class IntOp>
void fold_binary(Node& node, const FloatOp& on_floats, const IntOp& on_ints) {
  const ConstantPtr& a = node.constant(0, "operand");
  const ConstantPtr& b = node.constant(1, "operand");
  node.require(a->is_float() == b->is_float(), "one operand holds integers, the other floats");
  const Shape shape = broadcast(a->shape, b->shape, node.where());
  const std::int64_t count = constant_size(shape, node.where());
  node.require(count > 0, "an operand is empty");
  const kernels::BroadcastLoop loop = kernels::broadcast_loop(a->shape, b->shape);
  if (a->is_float()) {
    node.output(Constant{.shape = shape, .data = combine(loop, a->floats(), b->floats(), count, on_floats)});
  } else {
    node.output(Constant{.shape = shape, .data = combine(loop, a->ints(), b->ints(), count, on_ints)});
  }
}

/// Two's complement arithmetic that wraps, as the values come from a file.
template <class Op>
std::int64_t wrapping(std::int64_t a, std::int64_t b, const Op& op) {
  return static_cast<std::int64_t>(op(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

std::vector<float> to_floats(const Constant& constant) {
  return std::visit([](const auto& values) { return std::vector<float>(values.begin(), values.end()); }, constant.data);
}

std::vector<std::int64_t> to_ints(const Node& node, const Constant& constant) {
  if (!constant.is_float()) return constant.ints();
  std::vector<std::int64_t> out;
  for (const float value : constant.floats()) {
    constexpr float kLimit = 9.0e18F;  // inside 64 bits
    node.require(std::abs(value) < kLimit, fmt::format("{} does not fit an integer", value));
    out.push_back(static_cast<std::int64_t>(value));
  }
  return out;
}

}  // namespace

void fold_add(Node& node) {
  fold_binary(node, std::plus<float>(),
              [](std::int64_t a, std::int64_t b) { return wrapping(a, b, std::plus<std::uint64_t>()); });
}

void fold_sub(Node& node) {
  fold_binary(node, std::minus<float>(),
              [](std::int64_t a, std::int64_t b) { return wrapping(a, b, std::minus<std::uint64_t>()); });
}

void fold_mul(Node& node) {
  fold_binary(node, std::multiplies<float>(),
              [](std::int64_t a, std::int64_t b) { return wrapping(a, b, std::multiplies<std::uint64_t>()); });
}

void fold_div(Node& node) {
  fold_binary(node, std::divides<float>(), [&](std::int64_t a, std::int64_t b) {
    node.require(b != 0 && !(b == -1 && a == std::numeric_limits<std::int64_t>::min()),
                 fmt::format("divides {} by {}", a, b));
    return a / b;
  });
}

void fold_cast(Node& node) {
  const ConstantPtr& in = node.constant(0, "operand");
  switch (node.integer("to", 0)) {
    case onnx::TensorProto::FLOAT:
    case onnx::TensorProto::DOUBLE:
      return node.output(Constant{.shape = in->shape, .data = to_floats(*in)});
    case onnx::TensorProto::INT64:
    case onnx::TensorProto::INT32:
      return node.output(Constant{.shape = in->shape, .data = to_ints(node, *in)});
    default:
      node.fail(fmt::format("casts to type {}; FLOAT, DOUBLE, INT32 and INT64 are supported", node.integer("to", 0)));
  }
}

void fold_concat(Node& node) {
  const ConstantPtr first = node.constant(0, "operand");
  const std::size_t axis = size(node.axis(node.integer("axis", 0), static_cast<std::int64_t>(first->shape.size())));
  Shape shape = first->shape;
  for (int i = 1; i < node.inputs(); ++i) {
    const ConstantPtr& part = node.constant(i, "operand");
    Shape expected = shape;
    node.require(part->is_float() == first->is_float() && part->shape.size() == shape.size(),
                 "its operands differ in type or number of dimensions");
    expected[axis] = part->shape[axis];
    node.require(part->shape == expected, fmt::format("shape {} does not continue {} along axis {}",
                                                      format(part->shape), format(first->shape), axis));
    shape[axis] += part->shape[axis];
    constant_size(shape, node.where());
  }
  std::int64_t outer = 1;
  for (std::size_t d = 0; d < axis; ++d) outer *= shape[d];
  const auto gather = [&]<class T>(const std::vector<T>&) {
    std::vector<T> out;
    for (std::int64_t o = 0; o < outer; ++o) {
      for (int i = 0; i < node.inputs(); ++i) {
        const auto& values = std::get<std::vector<T>>(node.constant(i, "operand")->data);
        const auto run = static_cast<std::ptrdiff_t>(values.size()) / outer;
        out.insert(out.end(), values.begin() + o * run, values.begin() + (o + 1) * run);
      }
    }
    return Constant{.shape = shape, .data = std::move(out)};
  };
  node.output(outer == 0 ? Constant{.shape = shape, .data = std::vector<float>()} : std::visit(gather, first->data));
}

void fold_constant(Node& node) {
  const auto scalar_or_list = [&](Shape shape, auto values) {
    node.output(Constant{.shape = std::move(shape), .data = std::move(values)});
  };
  if (const auto* value = node.attribute("value"))
    return node.output(read_constant(value->t(), Where{tensor_label(node)}));
  if (const auto* value = node.attribute("value_float")) return scalar_or_list({}, std::vector<float>{value->f()});
  if (const auto* value = node.attribute("value_int")) return scalar_or_list({}, std::vector<std::int64_t>{value->i()});
  if (const auto* value = node.attribute("value_floats")) {
    return scalar_or_list({value->floats_size()}, std::vector<float>(value->floats().begin(), value->floats().end()));
  }
  if (const auto* value = node.attribute("value_ints")) {
    return scalar_or_list({value->ints_size()}, std::vector<std::int64_t>(value->ints().begin(), value->ints().end()));
  }
  node.fail("its value is no dense tensor of numbers");
}

void fold_constant_of_shape(Node& node) {
  const Shape shape = node.ints(0, "shape");
  const std::int64_t count = constant_size(shape, node.where());
  const auto* attribute = node.attribute("value");
  const Constant value = attribute == nullptr ? Constant{.shape = {1}, .data = std::vector<float>{0.0F}}
                                              : read_constant(attribute->t(), Where{tensor_label(node)});
  std::visit(
      [&]<class T>(const std::vector<T>& values) {
        node.require(values.size() == 1, "its value is no single number");
        node.output(Constant{.shape = shape, .data = std::vector<T>(size(count), values.front())});
      },
      value.data);
}

void fold_gather(Node& node) {
  const ConstantPtr in = node.constant(0, "operand");
  const ConstantPtr& indices = node.constant(1, "indices");
  const std::vector<std::int64_t>& picks = node.ints(1, "indices");
  const std::size_t axis = size(node.axis(node.integer("axis", 0), static_cast<std::int64_t>(in->shape.size())));
  const std::int64_t length = in->shape[axis];
  Shape shape(in->shape.begin(), in->shape.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), indices->shape.begin(), indices->shape.end());
  shape.insert(shape.end(), in->shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, in->shape.end());
  const std::int64_t count = constant_size(shape, node.where());
  for (const std::int64_t pick : picks) {
    node.require(pick >= -length && pick < length, fmt::format("index {} is outside 0..{}", pick, length - 1));
  }
  std::int64_t inner = 1;
  for (std::size_t d = axis + 1; d < in->shape.size(); ++d) inner *= in->shape[d];
  const auto n = static_cast<std::int64_t>(picks.size());
  std::visit(
      [&]<class T>(const std::vector<T>& values) {
        std::vector<T> out(size(count));
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t pick = picks[size(i / inner % n)];
          const std::int64_t row = i / inner / n * length + (pick < 0 ? pick + length : pick);
          out[size(i)] = values[size(row * inner + i % inner)];
        }
        node.output(Constant{.shape = shape, .data = std::move(out)});
      },
      in->data);
}

void fold_flatten(Node& node) { fold_to_shape(node, flattened_shape(node)); }
void fold_reshape(Node& node) { fold_to_shape(node, reshaped_shape(node)); }
void fold_squeeze(Node& node) { fold_to_shape(node, squeezed_shape(node)); }
void fold_unsqueeze(Node& node) { fold_to_shape(node, unsqueezed_shape(node)); }

void fold_slice(Node& node) {
  const ConstantPtr in = node.constant(0, "operand");
  Shape shape = in->shape;
  kernels::StridedSide from{.offset = 0, .strides = kernels::dense_strides(in->shape)};
  for (const AxisSlice& part : axis_slices(node)) {
    std::int64_t& stride = from.strides[size(part.axis)];
    from.offset += part.start * stride;
    stride *= part.step;
    shape[size(part.axis)] = part.count;
  }
  node.output(strided(*in, shape, from, node.where()));
}

void fold_transpose(Node& node) {
  const ConstantPtr in = node.constant(0, "operand");
  const std::vector<std::int64_t> strides = kernels::dense_strides(in->shape);
  Shape shape;
  kernels::StridedSide from;
  for (const std::int64_t axis : permutation(node)) {
    shape.push_back(in->shape[size(axis)]);
    from.strides.push_back(strides[size(axis)]);
  }
  Constant out = strided(*in, shape, from, node.where());
  if (in->codes) {
    const std::vector<std::int64_t> axes = permutation(node);
    const auto moved = std::ranges::find(axes, static_cast<std::int64_t>(in->codes->axis));
    out.codes = ConstantCodes{in->codes->scale, static_cast<std::size_t>(moved - axes.begin())};
  }
  node.output(std::move(out));
}

}  // namespace cimera::workloads
