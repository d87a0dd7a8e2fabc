#include "models/functional/crossbar/thresholds.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace cimera::functional {
namespace {

std::vector<float> of_sar(double sigma, int bits, std::span<const float> normals) {
  const std::size_t codes = std::size_t{1} << bits;
  std::vector<double> weight(static_cast<std::size_t>(bits));
  double sum = 1.0 + sigma * static_cast<double>(normals[static_cast<std::size_t>(bits)]);
  for (int i = 0; i < bits; ++i) {
    const double units = std::ldexp(1.0, i);
    weight[static_cast<std::size_t>(i)] =
        std::max(0.0, units + sigma * std::sqrt(units) * static_cast<double>(normals[static_cast<std::size_t>(i)]));
    sum += weight[static_cast<std::size_t>(i)];
  }
  std::vector<float> thresholds;
  for (std::size_t k = 1; k < codes; ++k) {
    double above = 0.0, reached = INFINITY;
    for (int i = bits - 1; i >= 0; --i) {
      const double one = weight[static_cast<std::size_t>(i)] / sum * static_cast<double>(codes);
      if ((k >> i & 1) != 0) above += one;
      else reached = std::min(reached, above + one);
    }
    thresholds.push_back(static_cast<float>(std::min(reached, above) - 0.5));
  }
  return thresholds;
}

std::vector<float> of_ramp(double sigma, std::span<const float> normals) {
  std::vector<double> ramp;
  double at = 0.0;
  for (const float n : normals) ramp.push_back(at += std::max(0.0, 1.0 + sigma * static_cast<double>(n)));
  std::vector<float> thresholds;
  for (const double step : ramp)
    thresholds.push_back(static_cast<float>(step / at * static_cast<double>(normals.size()) - 0.5));
  return thresholds;
}

std::vector<float> of_flash(double sigma, std::span<const float> normals) {
  std::vector<float> thresholds;
  for (std::size_t k = 0; k < normals.size(); ++k)
    thresholds.push_back(static_cast<float>(static_cast<double>(k) + 0.5 + sigma * static_cast<double>(normals[k])));
  std::ranges::sort(thresholds);
  return thresholds;
}

}  // namespace

std::vector<float> converter_thresholds(const ops::ConverterErrors& errors, int bits, const Stream& stream,
                                        std::uint32_t unit, std::uint32_t converter) {
  const bool sar = errors.type == ops::ConverterType::kSar;
  std::vector<float> normals(sar ? static_cast<std::size_t>(bits) + 1 : (std::size_t{1} << bits) - 1);
  stream.normal({unit, converter, 0}, normals);
  if (sar) return of_sar(errors.mismatch_sigma, bits, normals);
  if (errors.type == ops::ConverterType::kRamp) return of_ramp(errors.mismatch_sigma, normals);
  return of_flash(errors.mismatch_sigma, normals);
}

}  // namespace cimera::functional
