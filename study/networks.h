// The network that a user means: a name of the catalog, an .onnx file, or one layer.
#pragma once

#include <string>
#include <vector>

#include "workloads/network.h"
#include "workloads/shapes_only/transformer.h"

namespace cimera::study {

/// As on the command line.
struct NetworkChoice {
  std::string network;            ///< name in workloads/catalog, or path to an .onnx file; "": the synthetic default
  std::string layer;              ///< one layer of `network`, or one by itself ("conv:..."); "": all of them
  workloads::TransformerUse use;  ///< of a transformer of the catalog
};

struct NamedNetwork {
  workloads::Network network;
  std::string description;  ///< of the catalog; "" for others
  bool synthetic = false;   ///< trained on synthetic digits
};

/// Names of workloads/catalog, sorted.
std::vector<std::string> network_names();

/// Throws Error(kInput) for an unknown name, with the nearest, and for whatever is wrong with the file, the layer or
/// the use.
NamedNetwork load_network(const NetworkChoice& choice);

}  // namespace cimera::study
