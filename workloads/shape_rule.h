// The shape rule of each operator; for shapes.cpp and joined_shapes.cpp only.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "workloads/shapes.h"

namespace cimera::workloads {

/// One operator() per operator, in one struct since all of them need the query.
struct Rule {
  const ShapeQuery& query;
  const Where& where;

  [[noreturn]] void fail(const std::string& message) const { fail_input(where, message); }
  void require(bool fits, const std::string& message) const {
    if (!fits) fail(message);
  }
  const Shape& operand(std::size_t i) const { return query.inputs[i]; }
  void require_operands(std::size_t count) const {
    require(query.inputs.size() == count, fmt::format("has {} operands, not {}", query.inputs.size(), count));
  }
  void require_rank(const Shape& shape, std::size_t rank, const char* what) const {
    require(shape.size() == rank,
            fmt::format("{} has shape {}, but {} dimensions are needed", what, format(shape), rank));
  }
  void require_per_dimension(std::size_t count, const char* what) const {
    require(count == operand(0).size(),
            fmt::format("{} has {} entries for an input of shape {}", what, count, format(operand(0))));
  }
  void require_bias(std::int64_t channels) const {
    if (query.bias == nullptr) return;
    require(*query.bias == Shape{channels},
            fmt::format("bias has shape {}, but {} output channels", format(*query.bias), channels));
  }

  Shape operator()(const Conv2d& conv) const;
  Shape operator()(const Dense& dense) const;
  Shape operator()(const Pool2d& pool) const;
  Shape operator()(const Unary&) const { return operand(0); }
  Shape operator()(const Clip& clip) const;
  Shape operator()(const Binary&) const { return broadcast(operand(0), operand(1), where); }
  Shape operator()(const Reshape&) const;
  Shape operator()(const Softmax& softmax) const;
  Shape operator()(const Slice& slice) const;
  Shape operator()(const Pad& pad) const;
  Shape operator()(const Transpose& transpose) const;
  Shape operator()(const Concat& concat) const;
  Shape operator()(const Expand&) const;
  Shape operator()(const Reduce& reduce) const;
  Shape operator()(const MatMul& product) const;
  Shape operator()(const Normalize& normalize) const;
  Shape operator()(const LocalResponse& response) const;
  Shape operator()(const Embedding& embedding) const;
  Shape operator()(const KvCache& cache) const;

 private:
  /// The first operand with another size along `axis`, where both others agree with it.
  Shape joined(std::int64_t axis) const;
};

}  // namespace cimera::workloads
