// Elimination of the nodes of a network of positive conductances (star-mesh transformation): a node k with conductances
// g_k,i to its neighbours, of sum s, is replaced by g_k,i g_k,j / s between each pair of them. Nothing is ever
// subtracted (Grassmann, Taksar and Heyman's form of Gaussian elimination), so each conductance that is left is right
// to a few units of rounding per node, however far apart wires and cells are.
#pragma once

#include <array>
#include <cstdint>

#include "models/functional/circuit/mesh_kernels.h"
#include "models/functional/crossbar/aligned.h"

namespace cimera::functional {

/// What is left of a block of cells: a mesh between its ports, which lie on its four sides. Ports that are terminals of
/// the array are held at given voltages: conductances between two terminals of a kind are not needed, and not computed.
class Mesh {
 public:
  enum Side { kLeft, kRight, kTop, kBottom };
  enum class Kind : std::uint8_t { kInner, kDriver, kSense };
  struct Ports {
    int count = 0;
    Kind kind = Kind::kInner;
  };
  using Sides = std::array<Ports, 4>;

  Mesh() = default;
  explicit Mesh(const Sides& sides) : Mesh(0, sides) {}
  /// Room for `inner` nodes that are to be eliminated, numbered from 0, and ports, numbered from first(kLeft); all
  /// conductances are 0.
  Mesh(int inner, const Sides& sides);

  const Sides& sides() const { return sides_; }
  int first(Side side) const { return first_[side]; }
  /// The conductance between two nodes, a < b.
  double& at(int a, int b) { return values_[a * stride_ + b]; }
  double at(int a, int b) const { return values_[a * stride_ + b]; }

  /// Adds the conductances of a mesh whose ports on side s are the nodes from to[s] on.
  void add(const Mesh& other, const std::array<int, 4>& to);

  /// Eliminates all inner nodes. Each must be connected. Runs on all threads when there is much to do.
  void eliminate(const MeshKernels& kernels);

 private:
  int group_kind(int group) const;

  int inner_ = 0, groups_ = 0;  // groups of kMeshLanes nodes, of the inner ones and of the ports
  std::int64_t stride_ = 0;
  Sides sides_{};
  std::array<int, 4> first_{};
  AlignedArray<double> values_;  // [node][node], only the part above the diagonal
};

}  // namespace cimera::functional
