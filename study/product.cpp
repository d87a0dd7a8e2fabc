#include "study/product.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/builder.h"
#include "workloads/data/npy.h"

namespace cimera::study {
namespace {

void check(const std::string& name, const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
  if (rows < 1 || columns < 1 || static_cast<std::int64_t>(values.size()) != rows * columns)
    fail_input({name}, fmt::format("{} values for {} x {}", values.size(), rows, columns));
  const auto bad = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
  if (bad != values.end())
    fail_input({name}, fmt::format("value {} at row {}, column {} is not finite", *bad,
                                   (bad - values.begin()) / columns, (bad - values.begin()) % columns));
}

}  // namespace

Product load_product(const std::string& matrix, const std::string& vectors) {
  const workloads::NpyArray w = workloads::NpyArray::load(matrix), x = workloads::NpyArray::load(vectors);
  if (w.shape().size() != 2)
    fail_input({matrix}, fmt::format("the shape is {}; a matrix has two dimensions, outputs x inputs",
                                     workloads::format(w.shape())));
  if (x.shape().empty() || x.shape().size() > 2)
    fail_input({vectors},
               fmt::format("the shape is {}; expected one vector, or one per row", workloads::format(x.shape())));
  Product product{w.shape()[0], w.shape()[1], x.shape().size() == 1 ? 1 : x.shape()[0], w.floats(), x.floats(),
                  matrix,       vectors};
  if (x.shape().back() != product.inputs)
    fail_input(
        {vectors},
        fmt::format("vectors of {} values for the {} x {} matrix {}, whose rows have {}{}", x.shape().back(),
                    product.outputs, product.inputs, matrix, product.inputs,
                    x.shape().back() == product.outputs ? "; is the matrix transposed? It is outputs x inputs" : ""));
  return product;
}

workloads::Network product_network(const Product& product) {
  check(product.matrix_name, product.matrix, product.outputs, product.inputs);
  std::vector<float> by_input(product.matrix.size());
  for (std::int64_t o = 0; o < product.outputs; ++o)
    for (std::int64_t i = 0; i < product.inputs; ++i)
      by_input[static_cast<std::size_t>(i * product.outputs + o)] =
          product.matrix[static_cast<std::size_t>(o * product.inputs + i)];
  workloads::NetworkBuilder builder(product.matrix_name, product.matrix_name);
  const workloads::TensorId x = builder.input("x", {1, product.inputs});
  workloads::NetworkBuilder::Parameters parameters;
  parameters.weights = builder.constant("W", {product.inputs, product.outputs}, std::move(by_input));
  return std::move(builder).finish(
      builder.add("product", workloads::Dense{product.inputs, product.outputs}, {x}, std::move(parameters)));
}

workloads::Dataset product_data(const Product& product) {
  check(product.vectors_name, product.vectors, product.count, product.inputs);
  return {product.vectors_name, {0, product.count, {product.inputs}, product.vectors, {}}};
}

}  // namespace cimera::study
