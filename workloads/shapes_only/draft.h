// A network of shapes that is being written down, layer after layer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workloads/builder.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// A NetworkBuilder whose constants are shapes only, with names for layers and a place where the next layer goes on.
class Draft {
 public:
  Draft(std::string name, std::string source, Shape input);

  TensorId at;  ///< what the next layer of a chain reads

  const Shape& shape(TensorId tensor) const { return builder_.network().tensor(tensor).shape; }
  const Shape& shape() const { return shape(at); }

  /// A layer on `inputs`, named `name`. Messages about it point to `where`.
  TensorId add(const std::string& name, Operator op, std::vector<TensorId> inputs,
               NetworkBuilder::Parameters parameters = {});
  /// The same on `at`, which becomes its output; named by its kind and a number: "conv1", "relu2".
  void chain(const std::string& kind, Operator op, NetworkBuilder::Parameters parameters);
  /// A Dense of `features` outputs over the last dimension of `from`.
  TensorId dense(const std::string& name, TensorId from, std::int64_t features, bool bias);
  /// A constant of which only the shape is known.
  TensorId constant(const std::string& name, Shape shape);
  std::string numbered(const std::string& kind);

  Network finish() && { return std::move(builder_).finish(at); }

 private:
  NetworkBuilder builder_;
  std::map<std::string, int> count_;  ///< layers of each kind
};

}  // namespace cimera::workloads
