#include "models/functional/circuit/mesh.h"

#include <algorithm>
#include <vector>

#include "core/parallel.h"

namespace cimera::functional {
namespace {

constexpr int kPanel = 32;       // nodes that factor() eliminates at a time
constexpr int kDepth = 128;      // nodes whose products are added to the other nodes at a time
constexpr double kSerial = 4e6;  // products below which a thread works alone

int groups_of(int nodes) { return (nodes + kMeshLanes - 1) / kMeshLanes; }

}  // namespace

Mesh::Mesh(int inner, const Sides& sides) : inner_(inner), sides_(sides) {
  int next = groups_of(inner) * kMeshLanes;
  for (int side = 0; side < 4; ++side) first_[side] = next, next += sides[side].count;
  groups_ = groups_of(next);
  stride_ = groups_ * kMeshLanes;
  values_ = AlignedArray<double>(static_cast<std::size_t>(stride_) * stride_);
}

void Mesh::add(const Mesh& other, const std::array<int, 4>& to) {
  for (int p = 0; p < 4; ++p)
    for (int q = p; q < 4; ++q) {
      const Ports &a = other.sides_[p], &b = other.sides_[q];
      if (a.kind == b.kind && a.kind != Kind::kInner) continue;
      for (int i = 0; i < a.count; ++i) {
        const double* from = &other.values_[(other.first_[p] + i) * other.stride_ + other.first_[q]];
        const int begin = p == q ? i + 1 : 0;
        if (to[p] <= to[q]) {
          double* row = &values_[(to[p] + i) * stride_ + to[q]];
          for (int j = begin; j < b.count; ++j) row[j] += from[j];
        } else {
          for (int j = begin; j < b.count; ++j) values_[(to[q] + j) * stride_ + to[p] + i] += from[j];
        }
      }
    }
}

/// The kind of all ports in a group, or of an inner node if they differ.
int Mesh::group_kind(int group) const {
  const int begin = group * kMeshLanes, end = begin + kMeshLanes;
  int kind = -1;
  for (int side = 0; side < 4; ++side) {
    if (sides_[side].count == 0 || first_[side] >= end || first_[side] + sides_[side].count <= begin) continue;
    const int here = static_cast<int>(sides_[side].kind);
    if (kind >= 0 && kind != here) return 0;
    kind = here;
  }
  return std::max(kind, 0);
}

void Mesh::eliminate(const MeshKernels& kernels) {
  if (inner_ == 0) return;
  const int inner_groups = groups_of(inner_), width = groups_ * kMeshLanes;
  std::vector<int> kind(groups_, 0);
  for (int g = inner_groups; g < groups_; ++g) kind[g] = group_kind(g);
  std::vector<double> inverse(inner_);
  const std::int64_t block = std::int64_t{kMeshLanes} * std::min(kDepth, inner_);
  AlignedArray<double> left(groups_ * block), right(groups_ * block);  // [group][node][8]: shares; conductances
  double* values = values_.data();

  // Adds the products of nodes first..last-1, which lie at `depth_at` of their block, to the rows of groups
  // begin_group..end_group-1.
  const auto spread = [&](int first, int last, int begin_group, int end_group) {
    if (begin_group >= end_group) return;
    const int depth = last - first;
    for (int g = begin_group; g < groups_; ++g)
      for (int k = 0; k < depth; ++k) {
        const double* from = values + (first + k) * stride_ + g * kMeshLanes;
        double *share = &left[g * block + k * kMeshLanes], *plain = &right[g * block + k * kMeshLanes];
        for (int i = 0; i < kMeshLanes; ++i) plain[i] = from[i], share[i] = from[i] * inverse[first + k];
      }
    const auto columns = [&](int j) {  // up to kTileGroups8 groups of columns from group j on
      const int j_end = std::min(j + kTileGroups8, groups_);
      for (int i = begin_group; i < std::min(end_group, j_end); ++i) {
        const int from = std::max(i, j);
        bool needed = kind[i] == 0;
        for (int g = from; g < j_end; ++g) needed = needed || kind[g] != kind[i];
        if (needed)
          kernels.update(&left[i * block], &right[from * block], block, depth, j_end - from,
                         values + i * kMeshLanes * stride_ + from * kMeshLanes, stride_);
      }
    };
    const int chunks = (groups_ - begin_group + kTileGroups8 - 1) / kTileGroups8;
    const double products = static_cast<double>(depth) * (end_group - begin_group) * (groups_ - begin_group) * 64;
    parallel_for(chunks, products < kSerial ? chunks : 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t chunk = begin; chunk < end; ++chunk)
        columns(begin_group + static_cast<int>(chunk) * kTileGroups8);
    });
  };

  for (int from = 0; from < inner_; from += kDepth) {
    const int to = std::min(from + kDepth, inner_), end_group = groups_of(to);
    for (int k = from; k < to; k += kPanel) {
      const int end = std::min(k + kPanel, to);
      kernels.factor(values, stride_, k, end, width, inverse.data());
      if (end < to) spread(k, end, end / kMeshLanes, end_group);
    }
    spread(from, to, end_group, groups_);
  }
}

}  // namespace cimera::functional
