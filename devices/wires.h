// Resistance of the wires of an array, by technology node: rho / (w^2 AR) x length, as NeuroSim has it.
#pragma once

#include <string>
#include <vector>

#include "core/quantity.h"
#include "core/schema.h"

namespace cimera::devices {

using OhmMetres = Quantity<Ohms::kDim + Metres::kDim>;

/// The wire of one node. NeuroSim's feature size F is its width.
struct WireNode {
  Metres node;            ///< the name of the technology: 22 nm
  Metres width;           ///< w
  OhmMetres resistivity;  ///< of the copper, at 300 K
  double aspect = 0;      ///< AR: height over width
  Metres barrier;         ///< thickness of the layer around the copper, on the sides and the bottom
};
Schema<WireNode> schema(const WireNode*);

/// Whether the barrier takes its share of the cross-section; see docs/decisions/0013-barrier-of-a-wire.md.
enum class Barrier {
  kCounted,
  kIgnored,  ///< what NeuroSim V1.4 computes, for comparison with it: its unit error loses the barrier
};

struct WireTable {
  std::string description;
  std::vector<WireNode> nodes;

  /// Resistance of `length` of wire (the pitch of a cell: NeuroSim's 1T1R cell is 4 F x 12 F, and F the width). Throws
  /// Error(kInput) naming the nodes that are known when `node` is none of them.
  Ohms resistance(Metres node, Metres length, Barrier barrier = Barrier::kCounted) const;
  const WireNode& at(Metres node) const;
};
Schema<WireTable> schema(const WireTable*);

/// Reads devices/wires/NAME.yaml, or a path to a .yaml file. Throws Error(kInput).
WireTable load_wires(const std::string& name_or_path = "neurosim_v14");

}  // namespace cimera::devices
