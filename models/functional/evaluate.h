// The functional reading: executes the operations of a Program on tensors, and counts what it did.
#pragma once

#include <memory>
#include <vector>

#include "devices/cell_model.h"
#include "models/ops/machine.h"
#include "models/ops/op_stats.h"
#include "models/ops/program.h"
#include "workloads/inference.h"
#include "workloads/quantize.h"

namespace cimera::functional {

/// Whose random draws a run uses.
struct Draw {
  std::uint64_t seed = 1;
  std::uint64_t trial = 0;
};

/// What the functional reading gives: the values, and statistics of all `count` images.
struct Outcome : ops::OpStats {
  workloads::Values output;  ///< [count][elements of the network output]
};

/// A network programmed into the arrays of a crossbar machine once (one draw of the devices), ready for any number of
/// batches. Results of an image do not depend on the batch it comes in, nor on threads.
class Executor {
 public:
  /// `program` is the `run` Program of the mapping of `network.network`. For a host machine `cell` is null and nothing
  /// is quantised: weighted layers run in FP32. Measures what components of the machine are charged
  /// (Charge::kMeasured). Throws Error(kInput) when a figure of the cell that this needs is unknown. References must
  /// outlive the executor.
  Executor(const ops::Program& program, const ops::MachineSpec& machine, const workloads::QuantizedNetwork& network,
           const devices::CellModel* cell, const Draw& draw);
  ~Executor();

  /// Runs `input` (any count of images) through the Program's operations.
  Outcome run(const workloads::Batch& input) const;
  /// Cells written when the weights were programmed, by layer.
  const std::vector<ops::Counts>& programming() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cimera::functional
