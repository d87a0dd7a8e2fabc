// Functions of one value, arithmetic, and what looks along one dimension: softmax, normalisation, reduction.
#include <algorithm>

#include "kernels/elementwise.h"
#include "kernels/normalise.h"
#include "workloads/function_of.h"
#include "workloads/layer_run.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// [outer][size][inner] around one dimension of a shape.
struct Around {
  std::int64_t outer, size, inner;
};
Around around(const Shape& shape, std::size_t axis) {
  const auto at = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  return {elements(Shape(shape.begin(), at)), *at, elements(Shape(at + 1, shape.end()))};
}

}  // namespace

kernels::Function function_of(UnaryKind kind) {
  static constexpr kernels::Function kFunctions[] = {
      kernels::Function::kRelu, kernels::Function::kSigmoid,    kernels::Function::kTanh,    kernels::Function::kNegate,
      kernels::Function::kSqrt, kernels::Function::kReciprocal, kernels::Function::kExp,     kernels::Function::kErf,
      kernels::Function::kGelu, kernels::Function::kSilu,       kernels::Function::kIdentity};
  return kFunctions[static_cast<std::size_t>(kind)];
}

void Run::operator()(const Unary& unary) const {
  for (std::int64_t i = 0; i < count; ++i) kernels::apply(function_of(unary.kind), inputs[0].sample(i), out(i));
}

void Run::operator()(const Clip& clip) const {
  for (std::int64_t i = 0; i < count; ++i)
    std::ranges::transform(inputs[0].sample(i), out(i).begin(),
                           [&](float v) { return std::min(std::max(v, clip.low), clip.high); });
}

void Run::operator()(const Binary& binary) const {
  static constexpr kernels::Arithmetic kOps[] = {kernels::Arithmetic::kAdd, kernels::Arithmetic::kSub,
                                                 kernels::Arithmetic::kMul, kernels::Arithmetic::kDiv};
  const kernels::BroadcastLoop loop = kernels::broadcast_loop(in_shape(), network.tensor(layer.inputs[1]).shape);
  for (std::int64_t i = 0; i < count; ++i) {
    kernels::arithmetic(kOps[static_cast<std::size_t>(binary.kind)], loop, inputs[0].sample(i), inputs[1].sample(i),
                        out(i));
  }
}

void Run::operator()(const Softmax& softmax) const {
  const Shape& shape = in_shape();
  const auto rank = static_cast<std::int64_t>(shape.size());
  const Around a = around(shape, size(softmax.axis < 0 ? softmax.axis + rank : softmax.axis));
  for (std::int64_t i = 0; i < count; ++i) kernels::softmax(a.outer, a.size, a.inner, inputs[0].sample(i), out(i));
}

void Run::operator()(const Reduce& reduce) const {
  static constexpr kernels::Reduction kReductions[] = {kernels::Reduction::kMean, kernels::Reduction::kSum,
                                                       kernels::Reduction::kMax};
  const kernels::Reduction kind = kReductions[static_cast<std::size_t>(reduce.kind)];
  for (std::int64_t i = 0; i < count; ++i) {
    Shape shape = in_shape();
    std::vector<float> values(inputs[0].sample(i).begin(), inputs[0].sample(i).end());
    for (const std::int64_t axis : reduce.axes) {
      const Around a = around(shape, size(axis));
      std::vector<float> less(size(a.outer * a.inner));
      kernels::reduce(kind, a.outer, a.size, a.inner, values, less);
      values = std::move(less);
      shape[size(axis)] = 1;
    }
    std::ranges::copy(values, out(i).begin());
  }
}

void Run::operator()(const Normalize& normalize) const {
  const std::int64_t width = in_shape().back(), rows = out_elements / width;
  const kernels::Normalisation how{.centred = normalize.kind == Normalize::Kind::kLayer,
                                   .epsilon = normalize.epsilon,
                                   .factor = constant(layer.weights),
                                   .addend = constant(layer.bias)};
  for (std::int64_t i = 0; i < count; ++i) kernels::normalise(how, rows, width, inputs[0].sample(i), out(i));
}

void Run::operator()(const LocalResponse& response) const {
  const Shape& shape = in_shape();
  for (std::int64_t i = 0; i < count; ++i)
    kernels::local_response({response.size, response.alpha, response.beta, response.bias}, shape[1],
                            shape[2] * shape[3], inputs[0].sample(i), out(i));
}

}  // namespace cimera::workloads
