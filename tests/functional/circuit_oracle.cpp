#include "tests/functional/circuit_oracle.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <Eigen/SparseCholesky>

namespace cimera::functional::circuit_test {
namespace {

/// Any network of conductances. Nodes >= 0 are unknown; the others are terminals of known voltage: source s is
/// -1 - s, and ground, seen through column c's ammeter, is -1 - sources - c.
class Nodal {
 public:
  explicit Nodal(int sources) : sources_(sources) {}

  /// The number of a node that is not a terminal, by what it is called.
  int node(char kind, int line, int at) {
    return names_.emplace(std::tuple(kind, line, at), static_cast<int>(names_.size())).first->second;
  }
  int source(int s) const { return -1 - s; }
  int sense(int column) const { return -1 - sources_ - column; }

  void resistor(int a, int b, double ohm) { conductor(a, b, 1.0 / ohm); }
  void conductor(int a, int b, double siemens) {
    if (a != b && siemens > 0) edges_.push_back({a, b, siemens});
  }

  std::vector<double> currents(std::span<const double> voltages, int columns) const {
    const int n = static_cast<int>(names_.size());
    std::vector<Eigen::Triplet<double>> entries;
    for (const auto& [a, b, g] : edges_)
      for (const auto& [p, q] : {std::pair(a, b), std::pair(b, a)})
        if (p >= 0) {
          entries.emplace_back(p, p, g);
          if (q >= 0) entries.emplace_back(p, q, -g);
        }
    Eigen::SparseMatrix<double> matrix(n, n);
    matrix.setFromTriplets(entries.begin(), entries.end());
    Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> factors;
    if (n > 0) factors.compute(matrix);

    std::vector<double> all;
    for (std::size_t first = 0; first < voltages.size(); first += sources_) {
      std::vector<long double> x(n, 0.0L);
      const auto potential = [&](int at) -> long double {
        return at >= 0 ? x[at] : at >= -sources_ ? static_cast<long double>(voltages[first + (-1 - at)]) : 0.0L;
      };
      double best = INFINITY;
      for (int step = 0; n > 0 && step < 10; ++step) {
        std::vector<long double> missing(n, 0.0L);
        for (const auto& [a, b, g] : edges_) {
          const long double current = g * (potential(a) - potential(b));
          if (a >= 0) missing[a] -= current;
          if (b >= 0) missing[b] += current;
        }
        Eigen::VectorXd right(n);
        for (int i = 0; i < n; ++i) right[i] = static_cast<double>(missing[i]);
        if (right.norm() >= best) break;
        best = right.norm();
        const Eigen::VectorXd more = factors.solve(right);
        for (int i = 0; i < n; ++i) x[i] += more[i];
      }
      std::vector<long double> sum(columns, 0.0L);
      for (const auto& [a, b, g] : edges_)
        for (const auto& [p, q] : {std::pair(a, b), std::pair(b, a)})
          if (q < -sources_) sum[-1 - sources_ - q] += g * potential(p);
      all.insert(all.end(), sum.begin(), sum.end());
    }
    return all;
  }

 private:
  struct Edge {
    int a, b;
    double siemens;
  };
  int sources_;
  std::map<std::tuple<char, int, int>, int> names_;
  std::vector<Edge> edges_;
};

/// Names the nodes of one line, connects them with each other and with its terminals, and returns them.
std::vector<int> line(Nodal& nodal, char kind, int index, int cells, double per_cell, int at_first, double first,
                      int at_last, double last) {
  std::vector<int> nodes(cells);
  for (int i = 0; i < cells; ++i) {
    if (per_cell > 0) nodes[i] = nodal.node(kind, index, i);
    else if (first == 0) nodes[i] = at_first;
    else if (last == 0) nodes[i] = at_last;
    else nodes[i] = nodal.node(kind, index, 0);
    if (i > 0 && per_cell > 0) nodal.resistor(nodes[i - 1], nodes[i], per_cell);
  }
  nodal.resistor(at_first, nodes.front(), per_cell + first);
  nodal.resistor(nodes.back(), at_last, per_cell + last);
  return nodes;
}

std::vector<std::vector<int>> columns_of(Nodal& nodal, const CrossbarNetwork& network) {
  const Wires& w = network.wires;
  std::vector<std::vector<int>> columns;
  for (int c = 0; c < network.columns; ++c)
    columns.push_back(line(nodal, 'y', c, network.rows, w.column_per_cell, nodal.sense(c), w.column_far, nodal.sense(c),
                           w.column_sense));
  return columns;
}

}  // namespace

std::vector<double> oracle_currents(const CrossbarNetwork& network, std::span<const double> voltages) {
  const Wires& w = network.wires;
  Nodal nodal(network.rows);
  const auto columns = columns_of(nodal, network);
  for (int r = 0; r < network.rows; ++r) {
    const int driver = nodal.source(r);
    const auto row = line(nodal, 'x', r, network.columns, w.row_per_cell, driver, w.row_driver, driver, w.row_far);
    for (int c = 0; c < network.columns; ++c) nodal.conductor(row[c], columns[c][r], network.at(r, c));
  }
  return nodal.currents(voltages, network.columns);
}

std::vector<double> oracle_gated(const CrossbarNetwork& network, Supply supply, std::span<const std::uint8_t> active) {
  const Wires& w = network.wires;
  Nodal nodal(2);
  const auto columns = columns_of(nodal, network);
  for (int c = 0; c < network.columns; ++c) {
    std::vector<int> plus =
        line(nodal, '+', c, network.rows, w.row_per_cell, nodal.source(0), w.row_driver, nodal.source(0), w.row_far);
    std::vector<int> minus =
        line(nodal, '-', c, network.rows, w.row_per_cell, nodal.source(1), w.row_driver, nodal.source(1), w.row_far);
    for (int r = 0; r < network.rows; ++r)
      if (active[r]) {
        const bool negative = supply == Supply::kInterleaved && r % 2 == 1;
        nodal.conductor(negative ? minus[r] : plus[r], columns[c][r], network.at(r, c));
      }
  }
  return nodal.currents(std::vector{1.0, -1.0}, network.columns);
}

double largest_error(std::span<const double> found, std::span<const double> expected, double scale) {
  double largest = found.size() == expected.size() ? 0.0 : INFINITY;
  for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
    const double error = std::abs(found[i] - expected[i]) / (expected[i] == 0 ? scale : std::abs(expected[i]));
    largest = std::isfinite(error) ? std::max(largest, error) : INFINITY;
  }
  return largest;
}

}  // namespace cimera::functional::circuit_test
