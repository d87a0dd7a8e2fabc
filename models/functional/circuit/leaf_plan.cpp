#include "models/functional/circuit/leaf_plan.h"

#include <algorithm>
#include <stdexcept>

namespace cimera::functional {
namespace {

/// A graph of nodes that are eliminated one by one; a slot is the number of an edge.
class Graph {
 public:
  explicit Graph(int nodes) : nodes_(nodes), slot_(static_cast<std::size_t>(nodes) * nodes, -1), neighbours_(nodes) {}

  int slot(int a, int b) const { return slot_[static_cast<std::size_t>(a) * nodes_ + b]; }
  const std::vector<int>& neighbours(int node) const { return neighbours_[node]; }
  int slots() const { return count_; }

  int connect(int a, int b) {
    if (const int known = slot(a, b); known >= 0) return known;
    slot_[static_cast<std::size_t>(a) * nodes_ + b] = slot_[static_cast<std::size_t>(b) * nodes_ + a] = count_;
    neighbours_[a].push_back(b), neighbours_[b].push_back(a);
    return count_++;
  }
  void remove(int node) {
    for (const int other : neighbours_[node]) std::erase(neighbours_[other], node);
  }

 private:
  int nodes_, count_ = 0;
  std::vector<int> slot_;
  std::vector<std::vector<int>> neighbours_;
};

}  // namespace

LeafPlan::LeafPlan(int rows, int columns) : rows(rows), columns(columns) {
  const int cells = rows * columns;
  const auto x = [&](int r, int c) { return c < 0 ? r : rows + columns + r * columns + c; };  // left ports first
  const auto y = [&](int r, int c) { return r == rows ? rows + c : rows + columns + cells + r * columns + c; };
  Graph graph(rows + columns + 2 * cells);
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      cell.push_back(static_cast<std::uint16_t>(graph.connect(x(r, c), y(r, c))));
      row_wire.push_back(static_cast<std::uint16_t>(graph.connect(x(r, c - 1), x(r, c))));
      column_wire.push_back(static_cast<std::uint16_t>(graph.connect(y(r, c), y(r + 1, c))));
    }
  std::vector<int> inner, port;
  for (int r = 0; r < rows; ++r) port.push_back(x(r, -1));
  for (int r = 0; r < rows; ++r) port.push_back(x(r, columns - 1));
  for (int c = 0; c < columns; ++c) port.push_back(y(0, c));
  for (int c = 0; c < columns; ++c) port.push_back(y(rows, c));
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      if (c + 1 < columns) inner.push_back(x(r, c));
      if (r > 0) inner.push_back(y(r, c));
    }
  while (!inner.empty()) {  // next the node with the fewest neighbours
    const auto next = std::ranges::min_element(
        inner, [&](int a, int b) { return graph.neighbours(a).size() < graph.neighbours(b).size(); });
    const int node = *next;
    inner.erase(next);
    graph.remove(node);
    const std::vector<int>& around = graph.neighbours(node);
    stars.push_back({static_cast<std::int32_t>(spoke.size()), static_cast<std::int32_t>(around.size()),
                     static_cast<std::int32_t>(mesh.size())});
    for (const int other : around) spoke.push_back(static_cast<std::uint16_t>(graph.slot(node, other)));
    for (std::size_t i = 0; i < around.size(); ++i)
      for (std::size_t j = i + 1; j < around.size(); ++j)
        mesh.push_back(static_cast<std::uint16_t>(graph.connect(around[i], around[j])));
  }
  slots = graph.slots();
  if (slots > UINT16_MAX) throw std::logic_error("LeafPlan: too many cells");
  for (const int a : port)
    for (const int b : port) port_pair.push_back(a == b ? -1 : graph.slot(a, b));
}

}  // namespace cimera::functional
