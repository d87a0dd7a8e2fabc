// What ships with cimera, by name.
#pragma once

#include <string>
#include <vector>

namespace cimera::study {

/// Names of workloads/catalog, sorted.
std::vector<std::string> network_names();
/// The .onnx file of a name, or the path itself where one is given; "" means the synthetic default. Throws
/// Error(kInput) for an unknown name, with the nearest.
std::string network_file(const std::string& name_or_path);
/// Whether the file is the network that was trained on synthetic digits.
bool is_synthetic(const std::string& network_file);

/// Names of devices/catalog, sorted.
std::vector<std::string> device_names();

}  // namespace cimera::study
