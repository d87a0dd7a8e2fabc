#include "study/statistics.h"

#include <algorithm>
#include <cmath>

namespace cimera::study {

PairedLoss paired_loss(std::span<const std::uint8_t> reference, std::span<const std::int32_t> device,
                       std::int64_t trials, std::optional<double> trial_std) {
  const auto t = static_cast<double>(trials);
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double d = reference[i] - device[i] / t;
    sum += d;
    squares += d * d;
  }
  const auto n = static_cast<double>(reference.size());
  const double padded = n + 2;
  const double of_images = (squares + 1 - sum * sum / padded) / (padded * padded);
  const double of_trials = trial_std.value_or(0.0) * trial_std.value_or(0.0) / t;
  const double centre = sum / padded, width = 1.96 * std::sqrt(of_images + of_trials);
  return {sum / n, {std::max(-1.0, centre - width), std::min(1.0, centre + width)}};
}

std::optional<double> sample_std(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  double mean = 0.0, squares = 0.0;
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return std::sqrt(squares / (n - 1));
}

void Sqnr::add(std::span<const float> reference, std::span<const float> output) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double wanted = reference[i], error = wanted - output[i];
    signal_ += wanted * wanted;
    error_ += error * error;
  }
}

std::optional<double> Sqnr::dB() const {
  if (error_ == 0.0 || signal_ == 0.0) return std::nullopt;
  return 10.0 * std::log10(signal_ / error_);
}

}  // namespace cimera::study
