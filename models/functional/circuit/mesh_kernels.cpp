#include "models/functional/circuit/mesh_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/functional/circuit/mesh_kernels.cpp"
#include <hwy/foreach_target.h>  // compiles this file once per target
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace cimera::functional {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

const hn::CappedTag<double, kMeshLanes> kTag;
using Vector = hn::Vec<decltype(kTag)>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(kTag));
constexpr int kVectors = kMeshLanes / kLanes;                 // of a group
constexpr int kRows = kLanes >= 8 ? 8 : kLanes >= 4 ? 4 : 2;  // of a tile in registers
constexpr int kBlock = kLanes >= 8 ? kTileGroups8 : 1;        // groups of a tile in registers
static_assert(kMeshLanes % kRows == 0);

void stars(const LeafPlan& plan, double* values) {
  const auto at = [values](std::uint16_t slot) HWY_ATTR { return values + std::size_t{kMeshLanes} * slot; };
  for (const LeafPlan::Star& star : plan.stars) {
    const std::uint16_t* spoke = plan.spoke.data() + star.first_spoke;
    for (int v = 0; v < kMeshLanes; v += kLanes) {
      const std::uint16_t* mesh = plan.mesh.data() + star.first_mesh;
      Vector sum = hn::Load(kTag, at(spoke[0]) + v);
      for (int i = 1; i < star.spokes; ++i) sum = hn::Add(sum, hn::Load(kTag, at(spoke[i]) + v));
      const Vector inverse = hn::Div(hn::Set(kTag, 1.0), sum);
      for (int i = 0; i < star.spokes; ++i) {
        const Vector share = hn::Mul(hn::Load(kTag, at(spoke[i]) + v), inverse);
        for (int j = i + 1; j < star.spokes; ++j, ++mesh) {
          const Vector more = hn::Mul(share, hn::Load(kTag, at(spoke[j]) + v));
          hn::Store(hn::Add(hn::Load(kTag, at(*mesh) + v), more), kTag, at(*mesh) + v);
        }
      }
    }
  }
}

/// The sum of row[first..width-1]: eight partial sums by the column modulo 8, whatever the target.
double row_sum(const double* row, int first, int width) {
  HWY_ALIGN double part[kMeshLanes] = {};
  int j = first;
  for (; j < width && j % kMeshLanes != 0; ++j) part[j % kMeshLanes] = row[j];
  for (int v = 0; v < kMeshLanes; v += kLanes) {
    Vector sum = hn::Load(kTag, part + v);
    for (int i = j; i < width; i += kMeshLanes) sum = hn::Add(sum, hn::Load(kTag, row + i + v));
    hn::Store(sum, kTag, part + v);
  }
  return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

void factor(double* front, std::int64_t stride, int first, int last, int width, double* inverse) {
  for (int k = first; k < last; ++k) {
    double* row = front + k * stride;
    const int begin = (k + 1) / kMeshLanes * kMeshLanes;
    int j = begin;
    for (; j + 2 * kMeshLanes <= width; j += 2 * kMeshLanes) {
      Vector sum[2 * kVectors];
#pragma GCC unroll 8
      for (int v = 0; v < 2 * kVectors; ++v) sum[v] = hn::Load(kTag, row + j + v * kLanes);
      for (int l = first; l < k; ++l) {
        const double* other = front + l * stride;
        const Vector share = hn::Set(kTag, other[k] * inverse[l]);
#pragma GCC unroll 8
        for (int v = 0; v < 2 * kVectors; ++v)
          sum[v] = hn::Add(sum[v], hn::Mul(share, hn::Load(kTag, other + j + v * kLanes)));
      }
#pragma GCC unroll 8
      for (int v = 0; v < 2 * kVectors; ++v) hn::Store(sum[v], kTag, row + j + v * kLanes);
    }
    for (; j < width; j += kLanes) {
      Vector sum = hn::Load(kTag, row + j);
      for (int l = first; l < k; ++l) {
        const double* other = front + l * stride;
        sum = hn::Add(sum, hn::Mul(hn::Set(kTag, other[k] * inverse[l]), hn::Load(kTag, other + j)));
      }
      hn::Store(sum, kTag, row + j);
    }
    inverse[k] = 1.0 / row_sum(row, k + 1, width);
  }
}

template <int kGroups>
void tile(const double* a, const double* b, std::int64_t b_stride, int depth, double* c, std::int64_t stride) {
  Vector sum[kRows][kGroups * kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < kGroups * kVectors; ++v) sum[i][v] = hn::Load(kTag, c + i * stride + v * kLanes);
  for (int k = 0; k < depth; ++k, a += kMeshLanes, b += kMeshLanes) {
    Vector right[kGroups * kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kGroups * kVectors; ++v)
      right[v] = hn::Load(kTag, b + v / kVectors * b_stride + v % kVectors * kLanes);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      const Vector left = hn::Set(kTag, a[i]);
#pragma GCC unroll 8
      for (int v = 0; v < kGroups * kVectors; ++v) sum[i][v] = hn::Add(sum[i][v], hn::Mul(left, right[v]));
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < kGroups * kVectors; ++v) hn::Store(sum[i][v], kTag, c + i * stride + v * kLanes);
}

void update(const double* a, const double* b, std::int64_t b_stride, int depth, int groups, double* c,
            std::int64_t stride) {
  for (int i = 0; i < kMeshLanes; i += kRows, a += kRows, c += kRows * stride) {
    if constexpr (kBlock == 3) {
      if (groups == 3) tile<3>(a, b, b_stride, depth, c, stride);
      else if (groups == 2) tile<2>(a, b, b_stride, depth, c, stride);
      else tile<1>(a, b, b_stride, depth, c, stride);
    } else {
      for (int g = 0; g < groups; ++g) tile<1>(a, b + g * b_stride, b_stride, depth, c + g * kMeshLanes, stride);
    }
  }
}

MeshKernels all_mesh_kernels() { return {stars, factor, update}; }

}  // namespace HWY_NAMESPACE
}  // namespace cimera::functional
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace cimera::functional {

HWY_EXPORT(all_mesh_kernels);

MeshKernels mesh_kernels() { return HWY_DYNAMIC_DISPATCH(all_mesh_kernels)(); }

}  // namespace cimera::functional
#endif
