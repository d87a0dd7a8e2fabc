// Where data sets come from: one function per kind of file.
#pragma once

#include <string>
#include <vector>

#include "workloads/dataset.h"

namespace cimera::workloads {

// Each returns raw values and labels, and throws Error(kInput) naming the file for whatever is missing, damaged or
// contradicts itself.

/// MNIST and data sets in its format (IDX: http://yann.lecun.com/exdb/mnist). `place` is a folder with the test files
/// t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or "IMAGES,LABELS"; gzip or not. Samples are 1 x rows x columns.
Batch load_mnist(const std::string& place);

/// CIFAR-10 in its binary layout (https://www.cs.toronto.edu/~kriz/cifar.html): records of one label byte and 3072
/// bytes of red, green and blue planes. `place` is a .bin file, or a folder with one file test_batch*.bin. Samples
/// 3x32x32.
Batch load_cifar10(const std::string& place);

/// An archive with arrays images and labels, or x and y. See load_npy for the shapes.
Batch load_npz(const std::string& place);

/// "X,Y" or "X": files with the samples and their labels. X is [n][features], [n][rows][columns] (one channel) or
/// [n][channels][rows][columns]; Y is [n] or [n][1] integers.
Batch load_npy(const std::string& place);

/// A .npy file of token ids: [n], one sequence, or [m][n], m of them; integers of 0 to 2^24, which floats hold exactly.
Batch load_tokens(const std::string& place);

/// Splits "a,b"; a text without comma is one part.
std::vector<std::string> split_commas(const std::string& text);

}  // namespace cimera::workloads
