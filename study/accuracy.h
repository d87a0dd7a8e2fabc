// How much of a network's accuracy a machine keeps: the same images through FP32, exact integers and the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mapping/map.h"
#include "models/ops/op_stats.h"
#include "study/inputs.h"
#include "study/progress.h"
#include "study/statistics.h"
#include "study/tokens.h"
#include "workloads/inference.h"
#include "workloads/quantize.h"

namespace cimera::study {

/// FP32 outputs of all evaluated samples, and where their largest value is the label.
struct Reference {
  workloads::Values output;         ///< [samples][elements of the network output]
  std::vector<std::uint8_t> right;  ///< by sample: 1 or 0; empty when the data have no labels
  std::optional<double> accuracy;   ///< share of right ones; none without labels
  TokenScore tokens;                ///< of a network that predicts tokens; `right` is by token then
};

/// The network in the number formats of a machine, computed exactly.
struct Quantized {
  workloads::QuantizedNetwork network;
  std::optional<double> accuracy;
  std::optional<double> sqnr_dB;  ///< of its outputs against FP32; none where they are identical
  TokenScore tokens;
};

/// Input codes of one layer, over all samples and trials.
struct InputCodes {
  std::int64_t all = 0;      ///< 0: the layer is not quantised
  std::int64_t clipped = 0;  ///< beyond the calibrated range
};

/// Images on which the error of each layer is looked at.
inline constexpr std::int64_t kLayerImages = 32;

/// What the arrays of one layer give, before any activation function, against FP32: with the errors that come in with
/// its inputs.
struct LayerError {
  bool measured = false;          ///< false: the layer has no arrays
  std::optional<double> sqnr_dB;  ///< none where the values are identical
};

/// Shares are fractions; all are none when the data have no labels. Paired image by image.
struct Accuracy {
  std::int64_t samples = 0;
  std::int64_t trials = 1;
  std::optional<double> reference;   ///< FP32
  std::optional<double> quantized;   ///< integers without rounding; of a machine that computes in FP32: the reference
  std::optional<double> device;      ///< the machine's own arithmetic, mean over trials
  std::optional<double> device_std;  ///< over trials; 0 where all draws are alike, none for one trial of others
  std::optional<double> loss;        ///< reference - device
  std::optional<Interval> loss_ci95;
  std::optional<double> quantized_sqnr_dB;  ///< of the integer network's outputs against FP32
  std::optional<double> output_sqnr_dB;     ///< of the machine's outputs against FP32; none where they are identical
  /// Of networks that predict tokens, whose shares above are of tokens: share of tokens for which the largest logit is
  /// that of FP32, and perplexity of the data's own next tokens. The machine's over all trials.
  std::optional<double> quantized_token_agreement, token_agreement;
  std::optional<double> reference_perplexity, quantized_perplexity, perplexity;
  std::int64_t conversions = 0, clipped_conversions = 0;  ///< of converters, all samples and trials
  std::vector<InputCodes> input_codes;                    ///< by layer of the network
  InputCodes all_input_codes() const;
  std::vector<LayerError> layer_errors;  ///< by layer of the network; of the first kLayerImages samples, first trial
};

Reference run_reference(const Inputs& inputs, const Progress& progress);

/// The network in integers, calibrated on the data of the experiment. `inputs` must outlive it.
workloads::QuantizedNetwork quantize(const Inputs& inputs, int weight_bits, int activation_bits);

/// `weight_bits` 0 gives a network without integers, for machines that compute in FP32. `inputs` must outlive it.
Quantized run_quantized(const Inputs& inputs, int weight_bits, int activation_bits, const Reference& reference,
                        const Progress& progress);

/// Outputs of all samples, [samples][elements of the network output].
struct Outputs {
  workloads::Values reference;  ///< FP32
  workloads::Values device;     ///< of the first trial
};

/// What running a machine's operations on data gives.
struct DeviceRun {
  Accuracy accuracy;
  std::optional<Outputs> outputs;  ///< with Experiment::keep_outputs
  ops::OpStats stats;              ///< all samples and trials together: the ledger charges what data made it cost
};

/// Runs all samples through `mapped`, the machine's Programs for one image, once per trial (once in all where draws are
/// alike). Its operations for one image are compared with the closed form's; Error(kRun) when they differ (a fault of
/// cimera).
DeviceRun run_device(const Inputs& inputs, const Machine& machine, const mapping::Mapped& mapped,
                     const Quantized& quantized, const Reference& reference, const Progress& progress);

}  // namespace cimera::study
