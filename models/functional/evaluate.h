// The functional reading: executes the operations of a Program on tensors, and counts what it did.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/range.h"
#include "devices/cell_model.h"
#include "models/functional/converter_ranges.h"
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

/// What the arrays of a layer gave for some images: real values, before any activation function, of elements [range]
/// of its output, [count][range.size()]. The order of elements is that of workloads/position_order.h.
struct ProductOutput {
  std::uint32_t layer;  ///< index in the network
  Range range;
  std::int64_t first, count;  ///< images of the data set
  std::span<const float> values;
};
/// Called from several threads at once, for disjoint parts.
using ProductObserver = std::function<void(const ProductOutput&)>;

/// A network programmed into the arrays of a crossbar machine (one draw of the devices: cells that are written for
/// every batch err each time alike), ready for any number of batches. Results of an image do not depend on the batch it
/// comes in, nor on threads.
class Executor {
 public:
  /// `run` and `load` are the Programs of the mapping of `network.network`; loading, also that of `run`, is done here.
  /// `ranges`: of calibrated converters; a machine that has such needs them.
  /// For a host machine `cell` is null and nothing is quantised: weighted layers run in FP32. Measures what components
  /// of the machine are charged (Charge::kMeasured). Throws Error(kInput) when a figure of the cell that this needs is
  /// unknown, Error(kRun) when arrays are read that were not written where they are read, or are replaced too early
  /// (see resident.h). References must outlive the executor.
  Executor(const ops::Program& run, const ops::Program& load, const ops::MachineSpec& machine,
           const workloads::QuantizedNetwork& network, const devices::CellModel* cell, const Draw& draw,
           const ConverterRanges& ranges = {});
  ~Executor();

  /// Runs `input` (any count of images) through the Program's operations. Every place (host memory, each tile) has its
  /// own stores: what an operation reads must have been brought there by a transfer or computed there, else Error(kRun)
  /// names operation, elements and place. The operation must also wait for that one, over the Program's edges.
  /// `seen` is called with all that arrays gave.
  Outcome run(const workloads::Batch& input, const ProductObserver& seen = {}) const;
  /// What loading the weights did, by layer.
  const std::vector<ops::Counts>& loading() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cimera::functional
