#include "study/accuracy.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "core/error.h"
#include "models/cost/evaluate.h"
#include "models/functional/evaluate.h"
#include "study/layer_errors.h"

namespace cimera::study {
namespace {

using workloads::Batch;
using workloads::Values;

/// Samples that are in memory together, beside their outputs: about 64 MB of inputs.
std::int64_t chunk_size(const Inputs& inputs) {
  constexpr std::int64_t kValues = std::int64_t{1} << 24;
  return std::clamp<std::int64_t>(kValues / workloads::elements(inputs.data->samples.shape), 1, 1024);
}

/// Calls `run` for the evaluated samples in order, chunk after chunk.
void for_chunks(const Inputs& inputs, const std::string& what, const Progress& progress,
                const std::function<void(const Batch&)>& run) {
  const std::int64_t chunk = chunk_size(inputs);
  for (std::int64_t begin = 0; begin < inputs.samples; begin += chunk) {
    const std::int64_t count = std::min(chunk, inputs.samples - begin);
    run(workloads::take(*inputs.data, begin, count, inputs.experiment.transform));
    if (progress) progress(what, begin + count, inputs.samples);
  }
}

/// 1 or 0 for each sample of the batch, or for each token after the first, appended; nothing without labels.
/// `reference` holds the FP32 outputs of the batch.
void judge(const Inputs& inputs, std::span<const float> output, std::span<const float> reference, const Batch& batch,
           std::vector<std::uint8_t>& right, TokenScore& tokens) {
  if (!inputs.random_tensors && predicts_tokens(inputs.network)) return tokens.add(batch, output, reference, right);
  if (batch.labels.empty()) return;
  const std::vector<std::int32_t> winners = workloads::argmax({output.begin(), output.end()}, batch.count);
  for (std::size_t i = 0; i < winners.size(); ++i) right.push_back(winners[i] == batch.labels[i] ? 1 : 0);
}

/// A reference that overflows is nothing to compare with.
void check_finite(const Inputs& inputs, const Batch& batch, const Values& output) {
  const auto bad = std::ranges::find_if(output, [](float value) { return !std::isfinite(value); });
  if (bad == output.end()) return;
  const std::int64_t sample = batch.first + (bad - output.begin()) * batch.count / std::ssize(output);
  fail_input({inputs.data->name},
             fmt::format("the FP32 output of network '{}' for sample {} is not finite; do the data "
                         "need --input-scale?",
                         inputs.network.name, sample));
}

std::optional<double> share(const std::vector<std::uint8_t>& right) {
  if (right.empty()) return std::nullopt;
  return static_cast<double>(std::accumulate(right.begin(), right.end(), std::int64_t{0})) /
         static_cast<double>(right.size());
}

/// Of machines whose converters are calibrated: on the samples that activations were calibrated on.
functional::ConverterRanges converter_ranges(const Inputs& inputs, const Machine& machine, const Quantized& quantized) {
  const ops::CrossbarMachine* crossbar = machine.spec.crossbar();
  if (!crossbar) return {};
  const Batch none;
  return functional::calibrate_converters(*crossbar, quantized.network,
                                          inputs.calibration ? inputs.calibration->batch : none);
}

/// The functional reading must do what the other readings charge for. Returns what it makes of the first sample.
functional::Outcome check_operations(const functional::Executor& executor, const mapping::Mapped& mapped,
                                     const Inputs& inputs) {
  functional::Outcome one = executor.run(workloads::take(*inputs.data, 0, 1, inputs.experiment.transform));
  const ops::Program& program = mapped.run;
  // For as many images as were executed, draws have exactly the steps of the data.
  const ops::TimingResult cost = cost::evaluate(program, true, {inputs.experiment.seed, one.task_beats});
  const ops::TimingResult load = cost::evaluate(mapped.load);
  for (std::size_t i = 0; i < cost.layer_counts.size(); ++i)
    if (ops::program_operations(one.layer_counts[i]) != ops::program_operations(cost.layer_counts[i]) ||
        executor.loading()[i] != load.layer_counts[i])
      fail_run(
          fmt::format("fault in cimera: functional reading and closed form count different operations in layer "
                      "'{}' on {}",
                      program.layer_names[i], program.machine));
  return one;
}

/// What the trials of one machine add up to.
struct Tally {
  std::vector<std::int32_t> right;  ///< by sample: trials in which the device was right
  std::vector<double> accuracies;   ///< by trial
  Sqnr sqnr;
  TokenScore tokens;
  ops::OpStats stats;
  Values output;  ///< of the first trial, where outputs are kept
};

/// `first`: what is known of the first sample already, or null.
void add_trial(const functional::Executor& executor, const Inputs& inputs, const std::string& what,
               const Reference& reference, const functional::Outcome* first, bool keep, const Progress& progress,
               Tally& tally) {
  std::vector<std::uint8_t> right;
  std::size_t at = 0;
  for_chunks(inputs, what, progress, [&](const Batch& batch) {
    const bool known = first != nullptr && batch.first == 0 && batch.count == 1;
    const functional::Outcome outcome = known ? *first : executor.run(batch);
    const auto wanted = std::span(reference.output).subspan(at, outcome.output.size());
    judge(inputs, outcome.output, wanted, batch, right, tally.tokens);
    tally.sqnr.add(wanted, outcome.output);
    at += outcome.output.size();
    if (keep) tally.output.insert(tally.output.end(), outcome.output.begin(), outcome.output.end());
    tally.stats += outcome;
  });
  if (const std::optional<double> accurate = share(right)) tally.accuracies.push_back(*accurate);
  tally.right.resize(right.size());
  for (std::size_t i = 0; i < right.size(); ++i) tally.right[i] += right[i];
}

/// Inputs of quantised layers, and how many of them the ranges of calibration clipped.
std::vector<InputCodes> input_codes(const Quantized& quantized, const Inputs& inputs, const Tally& tally,
                                    std::int64_t trials) {
  const workloads::Network& network = inputs.network;
  std::vector<InputCodes> codes(network.layers.size());
  for (const workloads::QuantizedLayer& quantized_layer : quantized.network.layers) {
    const std::size_t index = quantized_layer.layer.value();
    const workloads::Shape& shape = network.tensor(network.layers[index].inputs.front()).shape;
    codes[index] = {workloads::elements(shape) * inputs.samples * trials,
                    tally.stats.layer_counts[index][ops::Event::kClippedInputs]};
  }
  return codes;
}

void summarise(const Tally& tally, const Machine& machine, const Reference& reference, Accuracy& accuracy) {
  accuracy.output_sqnr_dB = tally.sqnr.dB();
  for (const ops::Counts& counts : tally.stats.layer_counts) {
    accuracy.conversions += counts[ops::Event::kAdcConversions];
    accuracy.clipped_conversions += counts[ops::Event::kClippedConversions];
  }
  if (!tally.tokens.empty()) {
    accuracy.token_agreement = tally.tokens.agreement();
    accuracy.perplexity = tally.tokens.perplexity();
  }
  if (tally.accuracies.empty()) return;
  const auto trials = static_cast<double>(tally.accuracies.size());
  accuracy.device = std::accumulate(tally.accuracies.begin(), tally.accuracies.end(), 0.0) / trials;
  const std::optional<double> spread = sample_std(tally.accuracies);
  accuracy.device_std = machine.deterministic() ? 0.0 : spread;
  const PairedLoss paired = paired_loss(reference.right, tally.right, accuracy.trials, spread);
  accuracy.loss = paired.loss;
  // A machine whose arithmetic is the reference's own loses nothing on any image.
  accuracy.loss_ci95 = machine.quantizes() ? paired.ci95 : Interval{paired.loss, paired.loss};
}

}  // namespace

InputCodes Accuracy::all_input_codes() const {
  InputCodes sum;
  for (const InputCodes& layer : input_codes) sum.all += layer.all, sum.clipped += layer.clipped;
  return sum;
}

Reference run_reference(const Inputs& inputs, const Progress& progress) {
  Reference reference;
  for_chunks(inputs, "FP32 reference", progress, [&](const Batch& batch) {
    const Values output = workloads::infer(inputs.network, batch);
    check_finite(inputs, batch, output);
    judge(inputs, output, output, batch, reference.right, reference.tokens);
    reference.output.insert(reference.output.end(), output.begin(), output.end());
  });
  reference.accuracy = share(reference.right);
  return reference;
}

workloads::QuantizedNetwork quantize(const Inputs& inputs, int weight_bits, int activation_bits) {
  workloads::QuantizeOptions options;
  options.weight_bits = weight_bits;
  options.activation_bits = activation_bits;
  options.calibration = inputs.experiment.calibration;
  const workloads::Batch none;
  return workloads::quantize(inputs.network, options, inputs.calibration ? inputs.calibration->batch : none);
}

Quantized run_quantized(const Inputs& inputs, int weight_bits, int activation_bits, const Reference& reference,
                        const Progress& progress) {
  Quantized quantized;
  if (weight_bits == 0) {
    quantized.network.network = &inputs.network;
    quantized.accuracy = reference.accuracy;
    quantized.tokens = reference.tokens;
    return quantized;
  }
  quantized.network = quantize(inputs, weight_bits, activation_bits);
  std::vector<std::uint8_t> right;
  const std::string what = fmt::format("exact integers, {}-bit weights, {}-bit inputs", weight_bits, activation_bits);
  Sqnr sqnr;
  std::size_t at = 0;
  for_chunks(inputs, what, progress, [&](const Batch& batch) {
    const Values output = workloads::infer_integer(quantized.network, batch);
    const auto wanted = std::span(reference.output).subspan(at, output.size());
    judge(inputs, output, wanted, batch, right, quantized.tokens);
    sqnr.add(wanted, output);
    at += output.size();
  });
  quantized.accuracy = share(right);
  quantized.sqnr_dB = sqnr.dB();
  return quantized;
}

DeviceRun run_device(const Inputs& inputs, const Machine& machine, const mapping::Mapped& mapped,
                     const Quantized& quantized, const Reference& reference, const Progress& progress) {
  Accuracy accuracy;
  accuracy.samples = inputs.samples;
  accuracy.trials = machine.deterministic() ? 1 : inputs.experiment.trials;
  accuracy.reference = reference.accuracy;
  accuracy.quantized = quantized.accuracy;
  accuracy.quantized_sqnr_dB = quantized.sqnr_dB;
  if (!reference.tokens.empty()) {
    accuracy.reference_perplexity = reference.tokens.perplexity();
    accuracy.quantized_perplexity = quantized.tokens.perplexity();
    accuracy.quantized_token_agreement = quantized.tokens.agreement();
  }
  const functional::ConverterRanges ranges = converter_ranges(inputs, machine, quantized);
  Tally tally;
  for (std::int64_t trial = 0; trial < accuracy.trials; ++trial) {
    const functional::Draw draw{inputs.experiment.seed, static_cast<std::uint64_t>(trial)};
    const functional::Executor executor(mapped.run, mapped.load, machine.spec, quantized.network,
                                        machine.cell ? machine.cell->model.get() : nullptr, draw, ranges);
    std::optional<functional::Outcome> first;
    if (trial == 0) {
      first = check_operations(executor, mapped, inputs);
      if (machine.quantizes()) accuracy.layer_errors = layer_errors(inputs, executor);
    }
    std::string what = machine.spec.name + ", device accuracy";
    if (accuracy.trials > 1) what += fmt::format(", trial {} of {}", trial + 1, accuracy.trials);
    add_trial(executor, inputs, what, reference, first ? &*first : nullptr,
              trial == 0 && inputs.experiment.keep_outputs, progress, tally);
  }
  accuracy.input_codes = input_codes(quantized, inputs, tally, accuracy.trials);
  summarise(tally, machine, reference, accuracy);
  std::optional<Outputs> outputs;
  if (inputs.experiment.keep_outputs) outputs = Outputs{reference.output, std::move(tally.output)};
  return {accuracy, std::move(outputs), std::move(tally.stats)};
}

}  // namespace cimera::study
