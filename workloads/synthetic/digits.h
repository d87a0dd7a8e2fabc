// Synthetic digits: pictures like handwritten digits, drawn by a program; the default data of cimera.
#pragma once

#include <cstdint>
#include <string>

#include "workloads/dataset.h"

namespace cimera::workloads {

/// Seed of the pictures that results are reported on. The network was trained on other seeds (scripts/train_digits.py).
inline constexpr std::uint64_t kDigitsEvaluationSeed = 1;
/// The network that fits these pictures, as a name for resource lookup.
inline constexpr const char* kDigitsNetwork = "workloads/catalog/digits_cnn.onnx";

/// Samples first .. first + count - 1 of the endless list of `seed`: grey pictures of shape 1x28x28, light ink (255) on
/// a dark ground (0), whole numbers 0..255; labels 0..9, each once in every ten samples from 10 k to 10 k + 9.
/// Sample i depends on (seed, i) only. The arithmetic is integer draws, + - * / and square roots of doubles, so equal
/// addresses give equal pixels on every IEEE-754 machine. Throws Error(kInput) when first or count is negative.
Batch digits(std::uint64_t seed, std::int64_t first, std::int64_t count);

/// The same samples as data set "synthetic digits (seed S)".
Dataset synthetic_digits(std::uint64_t seed, std::int64_t count);

/// Writes the same samples to a NumPy .npz file: `images` uint8 [count][28][28] and `labels` uint8 [count]. The file
/// appears whole or not at all; throws Error(kRun) when it cannot be written.
void write_digits(const std::string& path, std::uint64_t seed, std::int64_t first, std::int64_t count);

}  // namespace cimera::workloads
