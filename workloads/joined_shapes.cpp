// Shape rules of operators that join, reduce or normalise tensors, and of those of attention.
#include <algorithm>
#include <cmath>

#include "workloads/shape_rule.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

}  // namespace

Shape Rule::operator()(const Clip& clip) const {
  require(clip.low <= clip.high, fmt::format("clips to {} .. {}, which is empty", clip.low, clip.high));
  return operand(0);
}

Shape Rule::joined(std::int64_t axis) const {
  Shape out = operand(0);
  require(axis >= 1 && axis < static_cast<std::int64_t>(out.size()),
          fmt::format("axis {} of shape {} is not one of a single sample", axis, format(out)));
  for (std::size_t i = 1; i < query.inputs.size(); ++i) {
    Shape wanted = operand(0);
    if (operand(i).size() == wanted.size()) wanted[size(axis)] = operand(i)[size(axis)];
    require(operand(i) == wanted,
            fmt::format("shape {} does not continue {} along axis {}", format(operand(i)), format(operand(0)), axis));
    out[size(axis)] += operand(i)[size(axis)];
  }
  return out;
}

Shape Rule::operator()(const Concat& concat) const { return joined(concat.axis); }
Shape Rule::operator()(const KvCache& cache) const { return joined(cache.axis); }

Shape Rule::operator()(const Expand&) const {
  require(query.wanted != nullptr, "has no output shape");
  require(broadcast(operand(0), *query.wanted, where) == *query.wanted && query.wanted->size() == operand(0).size() &&
              query.wanted->front() == operand(0).front(),
          fmt::format("cannot expand shape {} to {}", format(operand(0)), format(*query.wanted)));
  return *query.wanted;
}

Shape Rule::operator()(const Reduce& reduce) const {
  Shape out = operand(0);
  require(!reduce.axes.empty() && std::ranges::is_sorted(reduce.axes) &&
              std::ranges::adjacent_find(reduce.axes) == reduce.axes.end(),
          "reduces no axis, or one twice");
  for (const std::int64_t axis : reduce.axes) {
    require(axis >= 1 && axis < static_cast<std::int64_t>(out.size()),
            fmt::format("axis {} of shape {} is not one of a single sample", axis, format(operand(0))));
    out[size(axis)] = 1;
  }
  return out;
}

Shape Rule::operator()(const MatMul& product) const {
  const Shape &a = operand(0), &b = operand(1);
  require(a.size() >= 3 && b.size() == a.size(),
          fmt::format("operands of shapes {} and {}: both need a batch and the same dimensions, 3 or more", format(a),
                      format(b)));
  const std::size_t last = a.size() - 1;
  const std::int64_t inner = product.transpose_b ? b[last] : b[last - 1];
  require(a[last] == inner, fmt::format("shapes {} and {}{} do not multiply", format(a), format(b),
                                        product.transpose_b ? " transposed" : ""));
  require(a.front() == b.front(), "the operands have different batches");
  Shape out = broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2), where);
  out.push_back(a[last - 1]);
  out.push_back(product.transpose_b ? b[last - 1] : b[last]);
  return out;
}

Shape Rule::operator()(const Normalize& normalize) const {
  require(std::isfinite(normalize.epsilon) && normalize.epsilon >= 0.0F,
          fmt::format("epsilon = {}: must be 0 or more", normalize.epsilon));
  require(operand(0).size() >= 2, fmt::format("input of shape {} has nothing to normalise", format(operand(0))));
  const Shape wanted{operand(0).back()};
  for (const auto& [shape, what] : {std::pair{query.weights, "factor"}, std::pair{query.bias, "addend"}})
    require(shape == nullptr || *shape == wanted,
            fmt::format("{} has shape {} for {} values", what, shape == nullptr ? "" : format(*shape), wanted.front()));
  return operand(0);
}

Shape Rule::operator()(const LocalResponse& response) const {
  require_rank(operand(0), 4, "input");
  require(response.size >= 1 && response.size <= 1024, fmt::format("size = {}: must be 1 to 1024", response.size));
  return operand(0);
}

Shape Rule::operator()(const Embedding& embedding) const {
  require(operand(0).size() == 2, fmt::format("input of shape {} is no list of token ids", format(operand(0))));
  require(query.weights != nullptr && *query.weights == Shape{embedding.vocabulary, embedding.features},
          fmt::format("its table is not {} x {}", embedding.vocabulary, embedding.features));
  return {operand(0)[0], operand(0)[1], embedding.features};
}

}  // namespace cimera::workloads
