// Constant folding of what exporters use to compute shapes: comparisons, choices, ranges, functions of one value.
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "kernels/elementwise.h"
#include "workloads/onnx/operators.h"
#include "workloads/shapes.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// A constant repeated to `shape`, with which its own shape broadcasts to no more.
Constant expanded(const Node& node, const Constant& in, const Shape& shape) {
  const std::int64_t count = constant_size(shape, node.where());
  kernels::StridedSide from{.offset = 0, .strides = std::vector<std::int64_t>(shape.size(), 0)};
  const std::vector<std::int64_t> strides = kernels::dense_strides(in.shape);
  const std::size_t missing = shape.size() - in.shape.size();
  for (std::size_t d = 0; d < in.shape.size(); ++d)
    if (in.shape[d] != 1) from.strides[d + missing] = strides[d];
  const kernels::StridedSide to{.offset = 0, .strides = kernels::dense_strides(shape)};
  return std::visit(
      [&]<class T>(const std::vector<T>& values) {
        std::vector<T> out(size(count));
        if (count > 0) kernels::copy_strided<T>(shape, values, from, out, to);
        return Constant{.shape = shape, .data = std::move(out)};
      },
      in.data);
}

void fold_unary(Node& node, float (*on_float)(float)) {
  const ConstantPtr& in = node.constant(0, "operand");
  std::vector<float> out = node.floats(0, "operand");
  for (float& value : out) {
    value = on_float(value);
    node.require(std::isfinite(value), "gives a value that is not finite");
  }
  node.output(Constant{.shape = in->shape, .data = std::move(out)});
}

}  // namespace

void fold_sqrt(Node& node) {
  fold_unary(node, [](float v) { return std::sqrt(v); });
}
void fold_reciprocal(Node& node) {
  fold_unary(node, [](float v) { return 1.0F / v; });
}

void fold_neg(Node& node) {
  const ConstantPtr& in = node.constant(0, "operand");
  if (in->is_float()) return fold_unary(node, [](float v) { return -v; });
  std::vector<std::int64_t> out = in->ints();
  for (std::int64_t& value : out) value = static_cast<std::int64_t>(-static_cast<std::uint64_t>(value));
  node.output(Constant{.shape = in->shape, .data = std::move(out)});
}

void fold_pow(Node& node) {
  const ConstantPtr& base = node.constant(0, "base");
  const std::vector<float>& power = node.floats(1, "exponent");
  node.require(power.size() == 1 && node.shape(1).size() <= base->shape.size(), "its exponent is no single number");
  std::vector<float> out = node.floats(0, "base");
  for (float& value : out) {
    value = std::pow(value, power.front());
    node.require(std::isfinite(value), "gives a value that is not finite");
  }
  node.output(Constant{.shape = base->shape, .data = std::move(out)});
}

void fold_equal(Node& node) {
  const ConstantPtr a = node.constant(0, "operand"), b = node.constant(1, "operand");
  node.require(a->is_float() == b->is_float(), "one operand holds integers, the other floats");
  const Shape shape = broadcast(a->shape, b->shape, node.where());
  const Constant left = expanded(node, *a, shape), right = expanded(node, *b, shape);
  std::vector<std::int64_t> out(size(constant_size(shape, node.where())));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool equal = a->is_float() ? left.floats()[i] == right.floats()[i] : left.ints()[i] == right.ints()[i];
    out[i] = equal ? 1 : 0;
  }
  node.output(Constant{.shape = shape, .data = std::move(out)});
}

void fold_expand(Node& node) {
  const ConstantPtr in = node.constant(0, "operand");
  const Shape wanted = node.ints(1, "shape");
  constant_size(wanted, node.where());
  node.output(expanded(node, *in, broadcast(in->shape, wanted, node.where())));
}

void fold_where(Node& node) {
  const ConstantPtr choice = node.constant(0, "condition"), yes = node.constant(1, "operand"),
                    no = node.constant(2, "operand");
  node.ints(0, "condition");
  node.require(yes->is_float() == no->is_float(), "one operand holds integers, the other floats");
  const Shape shape = broadcast(broadcast(choice->shape, yes->shape, node.where()), no->shape, node.where());
  const std::vector<std::int64_t> picks = expanded(node, *choice, shape).ints();
  Constant out = expanded(node, *yes, shape);
  const Constant other = expanded(node, *no, shape);
  std::visit(
      [&]<class T>(std::vector<T>& values) {
        for (std::size_t i = 0; i < values.size(); ++i)
          if (picks[i] == 0) values[i] = std::get<std::vector<T>>(other.data)[i];
      },
      out.data);
  node.output(std::move(out));
}

void fold_range(Node& node) {
  constexpr std::int64_t kMostValues = std::int64_t{1} << 28;
  const auto number = [&](int i) {
    const std::vector<std::int64_t>& value = node.ints(i, "bound");
    node.require(value.size() == 1, "a bound is no single number");
    return value.front();
  };
  const std::int64_t start = number(0), limit = number(1), step = number(2);
  constexpr std::int64_t kFar = std::int64_t{1} << 40;
  for (const std::int64_t value : {start, limit, step})
    node.require(value > -kFar && value < kFar, fmt::format("{} is outside -2^40..2^40", value));
  node.require(step != 0, "its step is 0");
  const std::int64_t span = step > 0 ? limit - start : start - limit, stride = step > 0 ? step : -step;
  const std::int64_t count = span > 0 ? (span + stride - 1) / stride : 0;
  node.require(count < kMostValues, "has 2^28 values or more");
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back(start + i * step);
  node.output(Constant{.shape = {count}, .data = std::move(out)});
}

}  // namespace cimera::workloads
