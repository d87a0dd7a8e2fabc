// One layer on some samples, in FP32; for layers.cpp and the files beside it that hold its operators.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/inference.h"

namespace cimera::workloads {

/// One sample of an operand: a slice of an activation, or the whole of a constant.
class Operand {
 public:
  Operand(const Network& network, TensorId id, std::int64_t count, const Values& values)
      : values_(values),
        constant_(network.tensor(id).constant),
        elements_(static_cast<std::size_t>(elements(network.tensor(id).shape))) {
    if (values.size() != elements_ * (constant_ ? 1 : static_cast<std::size_t>(count))) {
      fail_run(fmt::format("'{}': {} values for {} samples of shape {}", network.tensor(id).name, values.size(), count,
                           format(network.tensor(id).shape)));
    }
  }
  std::span<const float> sample(std::int64_t i) const {
    return std::span(values_).subspan(constant_ ? 0 : static_cast<std::size_t>(i) * elements_, elements_);
  }

 private:
  const Values& values_;
  bool constant_;
  std::size_t elements_;
};

/// One layer on `count` samples; operator() of each operator fills `output`, one sample after the other.
struct Run {
  const Network& network;
  const Layer& layer;
  std::int64_t count;
  std::vector<Operand> inputs;
  std::int64_t out_elements;
  Values& output;

  const Shape& in_shape() const { return network.tensor(layer.inputs.front()).shape; }
  std::span<float> out(std::int64_t i) const {
    return std::span(output).subspan(static_cast<std::size_t>(i * out_elements),
                                     static_cast<std::size_t>(out_elements));
  }
  std::span<const float> constant(const std::optional<TensorId>& id) const {
    if (!id) return {};
    const Tensor& tensor = network.tensor(*id);
    if (!tensor.has_values()) {
      fail_run(
          fmt::format("layer '{}': '{}' has a shape but no values, so it cannot be computed", layer.name, tensor.name));
    }
    return tensor.values;
  }

  void operator()(const Conv2d& conv) const;
  void operator()(const Dense& dense) const;
  void operator()(const Pool2d& pool) const;
  void operator()(const Unary& unary) const;
  void operator()(const Clip& clip) const;
  void operator()(const Binary& binary) const;
  void operator()(const Reshape& reshape) const;
  void operator()(const Softmax& softmax) const;
  void operator()(const Slice& slice) const;
  void operator()(const Pad& pad) const;
  void operator()(const Transpose& transpose) const;
  void operator()(const Concat& concat) const;
  void operator()(const Expand&) const;
  void operator()(const Reduce& reduce) const;
  void operator()(const MatMul& product) const;
  void operator()(const Normalize& normalize) const;
  void operator()(const LocalResponse& response) const;
  void operator()(const Embedding& embedding) const;
  void operator()(const KvCache& cache) const;

 private:
  void join(std::int64_t axis) const;
};

}  // namespace cimera::workloads
