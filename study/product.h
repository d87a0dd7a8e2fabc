// A plain matrix-vector product in the place of a network: what a crossbar does, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/dataset.h"
#include "workloads/network.h"

namespace cimera::study {

/// y = W x for each of `count` vectors x.
struct Product {
  std::int64_t outputs = 0, inputs = 0, count = 0;
  std::vector<float> matrix;                                             ///< W, [outputs][inputs]
  std::vector<float> vectors;                                            ///< x, [count][inputs]
  std::string matrix_name = "the matrix", vectors_name = "the vectors";  ///< for messages and reports
};

/// Reads W (two dimensions) and x (one vector, or one per row) from .npy files. Throws Error(kInput) naming the file
/// when the shapes do not fit together.
Product load_product(const std::string& matrix, const std::string& vectors);

/// The product as a network of one dense layer without bias, and its vectors as data. Throws Error(kInput) when sizes
/// are below 1 or do not belong to as many values, or a value is not finite.
workloads::Network product_network(const Product& product);
workloads::Dataset product_data(const Product& product);

}  // namespace cimera::study
