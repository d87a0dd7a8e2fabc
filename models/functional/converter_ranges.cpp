#include "models/functional/converter_ranges.h"

#include <algorithm>
#include <memory>

#include "core/error.h"
#include "models/functional/crossbar/calibrate.h"
#include "models/functional/input_codes.h"
#include "workloads/inference.h"

namespace cimera::functional {
namespace {

/// The calibration of one layer, a weight matrix for each of its groups.
struct LayerCalibration {
  const workloads::QuantizedLayer* quantized;
  ops::CrossbarConfig config;
  std::vector<std::unique_ptr<RangeCalibration>> groups;
};

LayerCalibration calibration_of(const ops::CrossbarMachine& machine, const workloads::Network& network,
                                const workloads::QuantizedLayer& layer) {
  const workloads::MvmShape shape = mvm_shape(network, network.layer(layer.layer));
  LayerCalibration calibration{
      &layer, machine.config(layer.weight_bits, layer.activation_bits, layer.input_signed), {}};
  for (std::int64_t g = 0; g < shape.groups; ++g)
    calibration.groups.push_back(std::make_unique<RangeCalibration>(
        calibration.config, WeightBlock{layer.weights.data() + g * shape.rows * shape.columns, shape.columns,
                                        static_cast<int>(shape.rows), static_cast<int>(shape.columns)}));
  return calibration;
}

void observe(const workloads::Network& network, const LayerCalibration& calibration, const workloads::LayerCall& call) {
  const workloads::MvmShape shape = mvm_shape(network, call.layer);
  InputCodes codes(network, *calibration.quantized, call.count);
  const workloads::Values& values = *call.inputs.front();
  codes.add({0, static_cast<std::int64_t>(values.size()) / call.count}, values);
  for (std::size_t g = 0; g < calibration.groups.size(); ++g)
    calibration.groups[g]->observe(codes.by_group()[g], call.count * shape.positions);
}

std::vector<double> limits_of(const LayerCalibration& calibration) {
  std::vector<SumHistogram> sums = calibration.groups.front()->sums();
  for (std::size_t g = 1; g < calibration.groups.size(); ++g)
    for (std::size_t s = 0; s < sums.size(); ++s) sums[s] += calibration.groups[g]->sums()[s];
  return converter_limits(calibration.config, sums);
}

}  // namespace

ConverterRanges calibrate_converters(const ops::CrossbarMachine& machine, const workloads::QuantizedNetwork& network,
                                     const workloads::Batch& images) {
  ConverterRanges ranges;
  if (machine.precision.adc_range != ops::AdcRange::kPercentile) return ranges;
  if (images.count == 0)
    fail_input(
        "adc_range: percentile takes the ranges of converters from calibration data, and there are none; use "
        "--calibrate DATA, or adc_range full_range");
  std::map<std::uint32_t, LayerCalibration> layers;
  for (const workloads::QuantizedLayer& layer : network.layers)
    layers.emplace(layer.layer.value(), calibration_of(machine, *network.network, layer));
  workloads::Batch first = images;
  first.count = std::min(images.count, kRangeImages);
  first.values.resize(first.values.size() / static_cast<std::size_t>(images.count) *
                      static_cast<std::size_t>(first.count));
  if (!first.labels.empty()) first.labels.resize(static_cast<std::size_t>(first.count));
  workloads::infer_integer(network, first, [&](const workloads::LayerCall& call) {
    observe(*network.network, layers.at(call.id.value()), call);
  });
  for (const auto& [layer, calibration] : layers) ranges.emplace(layer, limits_of(calibration));
  return ranges;
}

}  // namespace cimera::functional
