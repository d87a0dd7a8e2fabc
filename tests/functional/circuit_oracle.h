// Another way to the same currents: the sparse nodal matrix of the whole network, factored by Eigen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"
#include "models/functional/circuit/gated_columns.h"
#include "models/functional/circuit/network.h"

namespace cimera::functional::circuit_test {

/// Currents out of the columns for voltages[inputs][rows]: [inputs][columns]. Solutions are refined until their
/// residual, in long double, no longer shrinks.
std::vector<double> oracle_currents(const CrossbarNetwork& network, std::span<const double> voltages);

/// The same of one input to an array with supply lines beside its columns.
std::vector<double> oracle_gated(const CrossbarNetwork& network, Supply supply, std::span<const std::uint8_t> active);

/// Numbers between lowest and highest, evenly spread.
inline std::vector<double> uniform(std::size_t count, std::uint64_t seed, double lowest = 0.0, double highest = 1.0) {
  std::vector<std::uint32_t> bits(count);
  Stream({.seed = seed, .purpose = "circuit test"}).bits({}, bits);
  std::vector<double> numbers;
  for (const std::uint32_t word : bits) numbers.push_back(lowest + (highest - lowest) * (word + 0.5) / 4294967296.0);
  return numbers;
}

/// Conductances evenly spread from `highest` / `ratio` to `highest`; with an infinite ratio a third of them is 0.
inline std::vector<double> conductances(std::size_t count, std::uint64_t seed, double highest, double ratio) {
  std::vector<double> g = uniform(count, seed, highest / ratio, highest);
  if (highest / ratio > 0) return g;
  const std::vector<double> dice = uniform(count, seed + 1000);
  for (std::size_t i = 0; i < count; ++i)
    if (dice[i] < 1.0 / 3) g[i] = 0.0;
  return g;
}

/// out[columns] = sum over rows of effective[r][c] * v_r.
inline std::vector<double> product(std::span<const double> effective, std::span<const double> voltages, int columns) {
  std::vector<double> out(columns, 0.0);
  for (std::size_t i = 0; i < effective.size(); ++i) out[i % columns] += effective[i] * voltages[i / columns];
  return out;
}

/// The largest difference relative to the element of `expected`; where that is 0, to `scale`.
double largest_error(std::span<const double> found, std::span<const double> expected, double scale = 1.0);

}  // namespace cimera::functional::circuit_test
