#include "devices/cell_model.h"

#include <algorithm>

namespace cimera::devices {

void CellModel::read_sigma(int, std::span<const float>, std::span<float> sigma) const {
  std::ranges::fill(sigma, 0.0f);
}

CubicCurrent CellModel::cubic(Siemens) const { return {}; }

}  // namespace cimera::devices
