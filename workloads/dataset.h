// Images with labels, as a network is fed: float, NCHW.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/network.h"

namespace cimera::workloads {

/// A block of samples, row-major; `shape` is that of one sample without the batch (C, H, W).
struct Batch {
  std::int64_t first = 0;  ///< index of sample 0 in the data set it was taken from; addresses random streams
  std::int64_t count = 0;
  Shape shape;
  std::vector<float> values;         ///< [count][elements(shape)]
  std::vector<std::int32_t> labels;  ///< [count]; empty when the data have none
};

/// How raw samples become network input: (x / scale - mean[c]) / std[c], in FP64 and rounded once.
struct InputTransform {
  double scale = 1.0;             ///< not 0
  std::vector<double> mean, std;  ///< per channel (dimension 0 of a sample), one for all, or empty for 0 and 1
};

/// The samples to evaluate on, with their origin for the report.
struct Dataset {
  std::string name;  ///< as the user wrote it, "synthetic digits (seed 1)"
  Batch samples;     ///< raw values, before InputTransform

  std::int64_t size() const { return samples.count; }
};

/// Loads what a user names: "mnist:DIR", "cifar10:PATH", "npz:FILE", "npy:X,Y" or "tokens:FILE"
/// (workloads/data/sources.h says what each accepts). Throws Error(kInput) with one message that names the file and
/// what is wrong.
Dataset load_dataset(const std::string& spec);

/// Rows [begin, begin + count) with the transform applied. Throws Error(kInput) when the data have fewer samples, the
/// transform has another number of channels, or a scale or std is 0 or not finite.
Batch take(const Dataset& data, std::int64_t begin, std::int64_t count, const InputTransform& transform);

/// One long list of tokens becomes as many samples as the network's number of tokens goes into it; the name of the data
/// then says how many tokens are used. Does nothing for other data and networks.
void cut_to_windows(const Network& network, Dataset& data);

/// Throws Error(kInput), naming both shapes, unless the network reads samples of the data's shape. A network that reads
/// a vector takes samples of any shape with as many values.
void check_fits(const Network& network, const Dataset& data);

}  // namespace cimera::workloads
