#include "study/catalogs.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/resources.h"
#include "workloads/synthetic/digits.h"

namespace cimera::study {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNetworks = "workloads/catalog";
constexpr const char* kDevices = "devices/catalog";

bool is_path(const std::string& name) { return name.ends_with(".onnx") || name.find('/') != std::string::npos; }

}  // namespace

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(resource(kNetworks)))
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string network_file(const std::string& name_or_path) {
  if (name_or_path.empty()) return resource(workloads::kDigitsNetwork).string();
  if (is_path(name_or_path)) return name_or_path;
  const std::vector<std::string> names = network_names();
  if (!std::binary_search(names.begin(), names.end(), name_or_path))
    fail_input(unknown_name("network", name_or_path, names) + " A path to a file ends in .onnx.");
  return (resource(kNetworks) / (name_or_path + ".onnx")).string();
}

bool is_synthetic(const std::string& network_file) {
  std::error_code missing;
  return fs::equivalent(network_file, resource(workloads::kDigitsNetwork), missing);
}

std::vector<std::string> device_names() { return catalog_names(kDevices); }

}  // namespace cimera::study
