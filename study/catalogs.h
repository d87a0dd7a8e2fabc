// What ships with cimera, by name.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "devices/table.h"

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
/// A cell by name, or by the path of a .yaml file, with overrides "key=value". Throws Error(kInput).
devices::Cell load_device(const std::string& name_or_path, std::span<const std::string> overrides = {});

}  // namespace cimera::study
