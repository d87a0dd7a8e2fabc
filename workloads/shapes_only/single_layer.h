// One layer as a network: `--layer conv:64,64,3x3,56x56`.
#pragma once

#include <string>
#include <vector>

#include "workloads/network.h"

namespace cimera::workloads {

/// A network of the one layer that `text` describes, of shapes only. Throws Error(kInput) at `--layer` showing the
/// forms for anything else.
Network single_layer(const std::string& text);

/// "conv:IN,OUT,KxK,HxW[,...]" and what it means, for every kind.
std::vector<std::pair<std::string, std::string>> single_layer_forms();

/// The layer called `name` of a network, alone: its operands become the input (where it has one) and constants. Throws
/// Error(kInput) at `--layer` for a name that the network lacks, with the nearest, and for a layer with two activations
/// as operands.
Network only_layer(const Network& network, const std::string& name);

}  // namespace cimera::workloads
