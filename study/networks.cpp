#include "study/networks.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/resources.h"
#include "workloads/onnx/reader.h"
#include "workloads/shapes_only/catalog.h"
#include "workloads/shapes_only/single_layer.h"
#include "workloads/synthetic/digits.h"

namespace cimera::study {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNetworks = "workloads/catalog";

/// The file of a name (- is as good as _ in it), or the path itself where one is given.
fs::path network_file(const std::string& name) {
  if (name.empty()) return resource(workloads::kDigitsNetwork);
  if (name.ends_with(".onnx") || name.find('/') != std::string::npos) return name;
  const std::vector<std::string> names = network_names();
  std::string listed = name;
  std::ranges::replace(listed, '-', '_');  // gpt2-xl is gpt2_xl
  if (!std::ranges::binary_search(names, listed))
    fail_input(unknown_name("network", name, names) + " A path to a file ends in .onnx.");
  const fs::path stem = resource(kNetworks) / listed;
  const fs::path onnx = stem.string() + ".onnx";
  return fs::exists(onnx) ? onnx : fs::path(stem.string() + ".yaml");
}

NamedNetwork load_file(const fs::path& file, const workloads::TransformerUse& use) {
  if (file.extension() == ".yaml") {
    workloads::CatalogEntry entry = workloads::load_catalog(file, use);
    return {std::move(entry.network), entry.description, false};
  }
  if (use.asked())
    fail_input(
        {use.phase ? "--phase" : "--context"},
        file.string() + " is a fixed graph; phases are of the transformers of the catalog (cimera list networks)");
  std::error_code missing;
  return {workloads::load_onnx(file.string()), "", fs::equivalent(file, resource(workloads::kDigitsNetwork), missing)};
}

}  // namespace

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(resource(kNetworks)))
    if (entry.path().extension() == ".onnx" || entry.path().extension() == ".yaml")
      names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

NamedNetwork load_network(const NetworkChoice& choice) {
  if (!choice.layer.empty() && choice.network.empty()) {
    if (choice.use.asked())
      fail_input({choice.use.phase ? "--phase" : "--context"}, "a single layer is no transformer");
    return {workloads::single_layer(choice.layer), "", false};
  }
  NamedNetwork named = load_file(network_file(choice.network), choice.use);
  if (!choice.layer.empty()) named.network = workloads::only_layer(named.network, choice.layer);
  return named;
}

}  // namespace cimera::study
