// Concat, Expand, Gather: what joins, repeats or picks activations.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workloads/onnx/operators.h"
#include "workloads/shapes.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// Rows of a constant table by token ids.
void embed(Node& node) {
  const ConstantPtr& table = node.constant(0, "table");
  node.floats(0, "table");
  node.require(table->shape.size() == 2 && node.integer("axis", 0) == 0,
               fmt::format("picks from a table of shape {} along axis {}; rows of a matrix are supported",
                           format(table->shape), node.integer("axis", 0)));
  const TensorId tokens = node.activation(1);
  const Shape shape = node.shape(1);
  const Shape& inside = node.graph().builder().network().tensor(tokens).shape;
  if (inside.size() < 2) node.fail_mixes_batch("picks one row for each sample");
  TensorId list = tokens;
  if (inside.size() != 2) list = node.add(Reshape{}, {tokens}, {.shape = Shape{1, elements(inside)}});
  const TensorId weights = node.graph().tensor_of(node.input_name(0), table);
  const TensorId rows = node.add(Embedding{table->shape[0], table->shape[1]}, {list}, {.weights = weights});
  Shape out = shape;
  out.push_back(table->shape[1]);
  node.output(node.reshape(rows, out));
}

}  // namespace

void read_concat(Node& node) {
  const auto rank = static_cast<std::int64_t>(node.shape(0).size());
  const std::int64_t axis = node.axis(node.integer("axis", 0), rank);
  if (node.graph().batched() && axis == 0) node.fail_mixes_batch("joins along axis 0");
  std::vector<TensorId> parts;
  for (int i = 0; i < node.inputs(); ++i) {
    if (!node.is_constant(i)) {
      parts.push_back(node.activation(i));
      continue;
    }
    const ConstantPtr& constant = node.constant(i, "operand");
    node.floats(i, "operand");
    Shape shape = constant->shape;
    if (node.graph().batched()) {
      if (shape.empty() || shape.front() != node.graph().batch() || shape.front() != 1)
        node.fail_mixes_batch(fmt::format("joins a constant of shape {}", format(shape)));
    } else {
      shape.insert(shape.begin(), 1);
    }
    parts.push_back(node.new_constant(fmt::format("part{}", i), std::move(shape), constant->floats()));
  }
  if (parts.size() == 1) return node.output_same_as(0);
  node.output(node.add(Concat{.axis = axis + node.graph().lead()}, std::move(parts)));
}

void read_expand(Node& node) {
  const Shape in = node.shape(0), wanted = node.ints(1, "shape");
  constant_size(wanted, node.where());
  const Shape out = broadcast(in, wanted, node.where());
  if (out == in) return node.output_same_as(0);
  if (node.graph().batched() && (out.size() != in.size() || out.front() != in.front()))
    node.fail_mixes_batch(fmt::format("expands shape {} to {}", format(in), format(wanted)));
  Shape longer(out.size() - in.size(), 1);
  longer.insert(longer.end(), in.begin(), in.end());
  const TensorId aligned = node.reshape(node.activation(0), longer);
  Shape shape = out;
  if (node.graph().batched()) shape.front() = 1;
  else shape.insert(shape.begin(), 1);
  node.output(node.add(Expand{}, {aligned}, {.shape = std::move(shape)}));
}

void read_gather(Node& node) {
  if (!node.is_constant(1)) return embed(node);
  // One index, or consecutive ones: a slice.
  const Shape in = node.shape(0);
  const std::int64_t axis = node.axis(node.integer("axis", 0), static_cast<std::int64_t>(in.size()));
  if (node.graph().batched() && axis == 0) node.fail_mixes_batch("picks along axis 0");
  std::vector<std::int64_t> picks = node.ints(1, "indices");
  const Shape index_shape = node.shape(1);
  node.require(!picks.empty(), "picks nothing");
  const std::int64_t length = in[size(axis)];
  for (std::int64_t& pick : picks) {
    node.require(pick >= -length && pick < length, fmt::format("index {} is outside 0..{}", pick, length - 1));
    if (pick < 0) pick += length;
  }
  const std::int64_t step = picks.size() < 2 ? 1 : picks[1] - picks[0];
  for (std::size_t i = 1; i < picks.size(); ++i)
    node.require(step != 0 && picks[i] - picks[i - 1] == step,
                 "its indices are not evenly spaced; only such are supported");
  const TensorId input = node.activation(0);
  Shape shape = node.graph().builder().network().tensor(input).shape;
  Slice slice{.start = std::vector<std::int64_t>(shape.size(), 0), .step = std::vector<std::int64_t>(shape.size(), 1)};
  const std::size_t d = size(axis + node.graph().lead());
  slice.start[d] = picks.front();
  slice.step[d] = step;
  shape[d] = static_cast<std::int64_t>(picks.size());
  const TensorId taken = node.add(std::move(slice), {input}, {.shape = shape});
  Shape out(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(axis));
  out.insert(out.end(), index_shape.begin(), index_shape.end());
  out.insert(out.end(), in.begin() + static_cast<std::ptrdiff_t>(axis) + 1, in.end());
  node.output(node.reshape(taken, out));
}

}  // namespace cimera::workloads
