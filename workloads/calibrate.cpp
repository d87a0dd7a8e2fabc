#include "workloads/calibrate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <mutex>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/inference.h"

namespace cimera::workloads {
namespace {

/// Runs FP32 inference and shows `look` the inputs of every weighted layer.
void watch(const Network& network, const Batch& data, const std::function<void(const LayerCall&)>& look) {
  infer_with(network, data, [&](const LayerCall& call) {
    look(call);
    return run_layer(network, call.layer, call.count, call.inputs);
  });
}

ActivationRange range_of(const Network& network, const LayerCall& call) {
  const Values& values = *call.inputs.front();
  const auto per_sample = static_cast<std::int64_t>(values.size()) / call.count;
  ActivationRange range;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      fail_input(Where{network.source},
                 fmt::format("calibration: an input of layer '{}' is {} for sample {}", call.layer.name, values[i],
                             call.first + static_cast<std::int64_t>(i) / per_sample));
    }
    range.low = std::min(range.low, static_cast<double>(values[i]));
    range.high = std::max(range.high, static_cast<double>(values[i]));
  }
  return range;
}

std::vector<ActivationRange> measure_ranges(const Network& network, const Batch& data) {
  std::vector<ActivationRange> ranges(network.layers.size());
  std::mutex mutex;
  watch(network, data, [&](const LayerCall& call) {
    const ActivationRange seen = range_of(network, call);
    const std::scoped_lock lock(mutex);
    ActivationRange& range = ranges[call.id.value()];
    range = {.low = std::min(range.low, seen.low), .high = std::max(range.high, seen.high)};
  });
  return ranges;
}

std::vector<Histogram> measure_histograms(const Network& network, const Batch& data,
                                          const std::vector<ActivationRange>& ranges) {
  std::vector<Histogram> histograms(network.layers.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) histograms[i].limit = std::max(-ranges[i].low, ranges[i].high);
  std::mutex mutex;
  watch(network, data, [&](const LayerCall& call) {
    Histogram part{.limit = histograms[call.id.value()].limit};
    for (const float value : *call.inputs.front()) part.add(value);
    const std::scoped_lock lock(mutex);
    histograms[call.id.value()].merge(part);
  });
  return histograms;
}

/// Codes that one side of the range has: a range without negative values uses all of them.
std::int64_t positive_codes(bool has_negative, int bits) {
  const std::int64_t codes = std::int64_t{1} << (has_negative ? bits - 1 : bits);
  return std::max<std::int64_t>(codes - 1, 1);
}

}  // namespace

void Histogram::add(float value) {
  if (value == 0.0F) {
    ++zeros;
    return;
  }
  const double place = std::abs(static_cast<double>(value)) / limit * static_cast<double>(kBins);
  ++counts[static_cast<std::size_t>(std::min(static_cast<std::int64_t>(place), kBins - 1))];
}

void Histogram::merge(const Histogram& other) {
  zeros += other.zeros;
  std::ranges::transform(counts, other.counts, counts.begin(), std::plus<>());
}

double Histogram::percentile(double percent) const {
  std::int64_t total = zeros;
  for (const std::int64_t count : counts) total += count;
  const double wanted = percent / 100.0 * static_cast<double>(total);
  std::int64_t below = zeros;
  for (std::int64_t bin = 0; bin < kBins; ++bin) {
    below += counts[static_cast<std::size_t>(bin)];
    if (static_cast<double>(below) >= wanted) return width() * static_cast<double>(bin + 1);
  }
  return limit;
}

double Histogram::best_clip(std::int64_t steps) const {
  constexpr int kCandidates = 100;
  constexpr double kBinsPerStep = 8.0;
  double best = limit, smallest = INFINITY;
  for (int candidate = kCandidates; candidate >= 1; --candidate) {
    const double clip = limit * candidate / kCandidates;
    const double step = clip / static_cast<double>(steps);
    const bool fine = step < kBinsPerStep * width();
    double error = 0.0;
    for (std::int64_t bin = 0; bin < kBins; ++bin) {
      const auto count = static_cast<double>(counts[static_cast<std::size_t>(bin)]);
      const double value = (static_cast<double>(bin) + 0.5) * width();
      const double off = value >= clip ? value - clip : value - step * std::nearbyint(value / step);
      error += count * (fine && value < clip ? step * step / 12.0 : off * off);
    }
    if (error < smallest) {
      smallest = error;
      best = clip;
    }
  }
  return best;
}

double code_step(const ActivationRange& range, int bits) {
  const bool has_negative = range.low < 0.0;
  double step = range.high / static_cast<double>(positive_codes(has_negative, bits));
  if (has_negative) {
    const double negative_codes = std::ldexp(1.0, bits - 1);
    if (bits == 1) step = 0.0;  // the codes are -1 and 0: nothing above zero can be shown
    step = std::max(step, -range.low / negative_codes);
  }
  return step > 0.0 ? step : 1.0;
}

std::vector<ActivationRange> calibrate(const Network& network, const QuantizeOptions& options, const Batch& data) {
  std::vector<ActivationRange> ranges = measure_ranges(network, data);
  if (options.calibration == Calibration::kMinMax) return ranges;
  const std::vector<Histogram> histograms = measure_histograms(network, data, ranges);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (histograms[i].limit == 0.0) continue;
    const double clip = options.calibration == Calibration::kPercentile
                            ? histograms[i].percentile(options.percentile)
                            : histograms[i].best_clip(positive_codes(ranges[i].low < 0.0, options.activation_bits));
    ranges[i] = {.low = std::max(ranges[i].low, -clip), .high = std::min(ranges[i].high, clip)};
  }
  return ranges;
}

}  // namespace cimera::workloads
