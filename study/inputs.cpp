#include "study/inputs.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

#include "core/error.h"
#include "study/file_codes.h"
#include "workloads/random_tensors.h"
#include "workloads/synthetic/digits.h"

namespace cimera::study {
namespace {

using workloads::Dataset;
using workloads::Network;

/// Pictures that the default network was trained on, and never evaluated on.
constexpr std::uint64_t kDigitsTrainingSeed = 1001;

void check_labels(const Network& network, const Dataset& data) {
  const std::int64_t classes = workloads::elements(network.tensor(network.output).shape);
  for (std::size_t i = 0; i < data.samples.labels.size(); ++i)
    if (const std::int32_t label = data.samples.labels[i]; label < 0 || label >= classes)
      fail_input({data.name}, fmt::format("sample {} has the label {}, but the network '{}' has {} outputs", i, label,
                                          network.name, classes));
}

/// Only the network that was trained on the synthetic digits gets them unasked: on others they say nothing.
std::optional<Dataset> default_data(const Inputs& inputs) {
  if (!inputs.synthetic_network) return std::nullopt;
  const std::int64_t wanted = inputs.experiment.samples;
  if (wanted > kMostSynthetic)
    fail_input({"--samples"},
               fmt::format("{}: at most {} synthetic digits are drawn for a run", wanted, kMostSynthetic));
  return workloads::synthetic_digits(workloads::kDigitsEvaluationSeed, wanted == 0 ? kSyntheticSamples : wanted);
}

/// Fills a network of shapes with random tensors, where that can be computed in reasonable time.
void load_random(const Experiment& experiment, Inputs& inputs) {
  if (!experiment.data.empty())
    fail_input({"--data"}, fmt::format("network '{}' is run on random tensors, since it has shapes only or is one "
                                       "layer; leave --data out",
                                       inputs.network.name));
  const std::int64_t samples = std::max<std::int64_t>(experiment.samples, 1);
  std::int64_t values = 0;
  for (const workloads::Tensor& tensor : inputs.network.tensors) values += workloads::elements(tensor.shape);
  const std::int64_t macs = workloads::macs(inputs.network);
  if (macs > kRandomMacs / samples || values > kRandomValues) {
    inputs.no_accuracy = fmt::format(
        "the network has shapes only, and is too large for a reading on random tensors ({:.3g} multiply-accumulates "
        "and {:.3g} values; at most {:.3g} and {:.3g})",
        static_cast<double>(macs) * static_cast<double>(samples), static_cast<double>(values),
        static_cast<double>(kRandomMacs), static_cast<double>(kRandomValues));
    return;
  }
  inputs.random_tensors = true;
  inputs.network = workloads::random_values(std::move(inputs.network), experiment.seed);
  inputs.data = workloads::random_samples(inputs.network, samples, experiment.seed);
  inputs.samples = samples;
}

void load_data(const Experiment& experiment, Inputs& inputs) {
  if (experiment.product) {
    inputs.data = product_data(*experiment.product);
    inputs.samples = inputs.data->size();
    return;
  }
  if (!workloads::has_values(inputs.network) || !experiment.network.layer.empty())
    return load_random(experiment, inputs);
  inputs.data = experiment.data.empty() ? default_data(inputs) : workloads::load_dataset(experiment.data);
  if (!inputs.data) {
    inputs.no_accuracy =
        "no data are given; --data mnist:DIR, cifar10:PATH, npz:FILE or npy:X,Y names some (`cimera describe option "
        "data`)";
    return;
  }
  inputs.synthetic_data = experiment.data.empty();
  workloads::cut_to_windows(inputs.network, *inputs.data);
  workloads::check_fits(inputs.network, *inputs.data);
  check_labels(inputs.network, *inputs.data);
  if (inputs.data->size() == 0) fail_input({inputs.data->name}, "there is not one sample");
  if (experiment.samples > inputs.data->size())
    fail_input({"--samples"},
               fmt::format("{} wanted, but {} has {}", experiment.samples, inputs.data->name, inputs.data->size()));
  inputs.samples = experiment.samples == 0 ? inputs.data->size() : experiment.samples;
}

/// "DATA:N" in its parts; N is 0 where it is missing.
std::pair<std::string, std::int64_t> split_count(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::int64_t count = 0;
  if (colon == std::string::npos) return {text, 0};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, count);
  if (error != std::errc() || stop != end || colon + 1 == text.size()) return {text, 0};
  if (count < 1) fail_input({"--calibrate"}, text + ": the number of samples must be at least 1");
  return {text.substr(0, colon), count};
}

CalibrationData user_calibration(const Experiment& experiment, const Network& network) {
  const auto [spec, wanted] = split_count(experiment.calibrate);
  Dataset data = workloads::load_dataset(spec);
  workloads::cut_to_windows(network, data);
  workloads::check_fits(network, data);
  if (wanted > data.size())
    fail_input({"--calibrate"}, fmt::format("{} samples wanted, but {} has {}", wanted, spec, data.size()));
  const std::int64_t count = wanted != 0 ? wanted : std::min(data.size(), kCalibrationSamples);
  if (count == 0) fail_input({spec}, "there is not one sample");
  return {workloads::take(data, 0, count, experiment.transform), data.name, false};
}

CalibrationData load_calibration(const Inputs& inputs) {
  const Experiment& experiment = inputs.experiment;
  if (!experiment.calibrate.empty()) return user_calibration(experiment, inputs.network);
  if (inputs.synthetic_data) {
    const Dataset data = workloads::synthetic_digits(kDigitsTrainingSeed, kCalibrationSamples);
    return {workloads::take(data, 0, data.size(), experiment.transform), data.name, false};
  }
  const std::int64_t count = std::min(inputs.samples, kCalibrationSamples);
  return {workloads::take(*inputs.data, 0, count, experiment.transform), inputs.data->name, true};
}

/// A network that was quantised before brings its own bits, and perhaps all ranges.
void take_file_codes(Inputs& inputs) {
  inputs.codes = workloads::file_codes(inputs.network);
  const workloads::FileCodes& codes = inputs.codes;
  const Experiment& experiment = inputs.experiment;
  check_bits(codes, inputs.network.name, experiment.weight_bits, experiment.activation_bits);
  const bool calibrates = !experiment.calibrate.empty() || experiment.calibration != workloads::Calibration::kMinMax;
  if (codes.complete() && calibrates)
    fail_input({experiment.calibrate.empty() ? "--calibration" : "--calibrate"},
               fmt::format("the network '{}' was quantised before, and its file has all ranges; leave it out",
                           inputs.network.name));
  for (Machine& machine : inputs.machines) {
    if (!machine.quantizes()) continue;
    const bool differential = machine.spec.crossbar()->config().differential();
    if (codes.weight_bits != 0) machine.weight_bits = differential ? codes.sign_magnitude_bits : codes.weight_bits;
    if (codes.activation_bits != 0) machine.activation_bits = codes.activation_bits;
  }
}

void find_baseline(Inputs& inputs) {
  const std::string& baseline = inputs.experiment.baseline;
  inputs.baseline.reset();
  if (baseline.empty()) return;
  std::vector<std::string> names;
  for (const Machine& machine : inputs.machines) names.push_back(machine.spec.name);
  const auto found = std::ranges::find(names, baseline);
  if (found == names.end())
    fail_input({"--baseline"}, fmt::format("'{}' is not one of the machines that are compared: {}{}", baseline,
                                           fmt::join(names, ", "), did_you_mean(baseline, names)));
  inputs.baseline = static_cast<std::size_t>(found - names.begin());
}

void check_numbers(const Experiment& experiment) {
  const auto at_least = [](const char* option, std::int64_t value, std::int64_t lowest) {
    if (value < lowest) fail_input({option}, fmt::format("{}: must be at least {}", value, lowest));
  };
  at_least("--samples", experiment.samples, 0);
  at_least("--trials", experiment.trials, 1);
  if (experiment.batches.empty()) fail_input({"--batch"}, "no batch size is given");
  for (const std::int64_t batch : experiment.batches) {
    at_least("--batch", batch, 1);
    if (std::ranges::count(experiment.batches, batch) > 1)
      fail_input({"--batch"}, fmt::format("batch size {} is named twice", batch));
  }
  for (const int bits : {experiment.weight_bits, experiment.activation_bits})
    if (bits < 0 || bits > 16) fail_input({"--bits"}, fmt::format("{}: must be 1 to 16", bits));
}

}  // namespace

Inputs load(const Experiment& experiment) {
  check_numbers(experiment);
  Inputs inputs;
  inputs.experiment = experiment;
  inputs.machines = load_machines(experiment);
  find_baseline(inputs);
  NamedNetwork named = experiment.product ? NamedNetwork{product_network(*experiment.product), "", false}
                                          : load_network(experiment.network);
  inputs.network = std::move(named.network);
  inputs.synthetic_network = named.synthetic;
  take_file_codes(inputs);
  load_data(experiment, inputs);
  if (inputs.data && !inputs.codes.complete()) inputs.calibration = load_calibration(inputs);
  return inputs;
}

void set_machines(Inputs& inputs, const Experiment& experiment) {
  check_numbers(experiment);
  inputs.experiment = experiment;
  inputs.machines = load_machines(experiment);
  find_baseline(inputs);
  take_file_codes(inputs);
}

bool same_workload(const Experiment& a, const Experiment& b) {
  const auto parts = [](const Experiment& e) {
    return std::tie(e.network.network, e.network.layer, e.network.use.phase, e.network.use.context, e.data, e.samples,
                    e.transform.scale, e.transform.mean, e.transform.std, e.calibrate, e.calibration);
  };
  return !a.product && !b.product && parts(a) == parts(b);
}

}  // namespace cimera::study
