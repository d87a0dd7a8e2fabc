#include "models/ops/op_events.h"

#include "core/error.h"

// A new kind of operation (an alternative of Work) is one more add() here; without it this file does not compile.

namespace cimera::ops {
namespace {

/// One iteration of an operation at one hop of its path.
struct Passage {
  UnitKind unit;
  bool source;                        ///< the first hop: data leave it
  std::int64_t i, n;                  ///< iteration of its block, of so many
  std::int64_t items;                 ///< of this iteration
  std::optional<std::int64_t> drawn;  ///< beats of an item, where they vary
};

std::int64_t product(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) fail_run("a count of events does not fit in 64 bits");
  return result;
}

/// What this iteration does of `total`: the shares of a block's iterations (2^31 at most) sum to it.
std::int64_t share(std::int64_t total, const Passage& at) {
  const std::int64_t rest = total % at.n;
  return total / at.n + rest * (at.i + 1) / at.n - rest * at.i / at.n;
}

void add(const Transfer& w, const Passage& at, Counts& counts) {
  const std::int64_t bits = product(share(product(w.end - w.begin, w.images), at), w.element_bits);
  switch (at.unit) {
    case UnitKind::kBuffer:  // over the tile's bus into its buffer
      counts.add(Event::kBusBits, bits);
      counts.add(Event::kEdramWriteBits, bits);
      break;
    case UnitKind::kMemory:
      counts.add(at.source ? Event::kMemoryReadBits : Event::kMemoryWriteBits, bits);
      break;
    case UnitKind::kRouterLink:
      counts.add(Event::kRouterBits, bits);
      break;
    case UnitKind::kChipLink:
      counts.add(Event::kChipLinkBits, bits);
      break;
    case UnitKind::kCache:
      counts.add(Event::kHostCacheBits, bits);
      break;
    default:
      fail_run("program: a transfer cannot pass through a " + to_string(at.unit));
  }
}

/// A beat of an array is one input step. A step that is not executed leaves only its bits in the input registers.
void add(const Mvm& w, const Passage& at, Counts& counts) {
  switch (at.unit) {
    case UnitKind::kBuffer:  // out of the tile's buffer over its bus
      counts.add(Event::kEdramReadBits, product(at.items, w.fetch_bits));
      counts.add(Event::kBusBits, product(at.items, w.fetch_bits));
      break;
    case UnitKind::kMvmUnit: {
      const std::int64_t steps = product(at.items, at.drawn.value_or(w.steps));
      counts.add(Event::kArrayReads, product(steps, w.reads));
      counts.add(Event::kRowDrives, product(steps, w.driven_rows));
      counts.add(Event::kRowPlanes, product(product(at.items, w.planes), w.driven_rows));
      counts.add(Event::kColumnPlanes, product(product(at.items, w.planes), w.used_columns));
      counts.add(Event::kSampleHolds, product(steps, w.used_columns));
      counts.add(Event::kAdcConversions, product(steps, w.used_columns));
      counts.add(Event::kAdcDecisions, product(product(at.items, w.decisions), w.used_columns));
      counts.add(Event::kShiftAdds, product(steps, w.used_columns + w.row_sums));
      counts.add(Event::kTileShiftAdds, product(at.items, w.merges));
      counts.add(Event::kInputRegisterBits, product(at.items, w.register_bits));
      counts.add(Event::kOutputRegisterBits, product(at.items, w.result_bits));
      break;
    }
    default:
      fail_run("program: a matrix-vector product cannot run on a " + to_string(at.unit));
  }
}

void add(const Digital& w, const Passage& at, Counts& counts) {
  if (at.unit == UnitKind::kBuffer) {  // operands out of the tile's buffer over its bus
    const std::int64_t bits = share(w.fetch_bits, at);
    counts.add(Event::kEdramReadBits, bits);
    counts.add(Event::kBusBits, bits);
    return;
  }
  const std::int64_t elements = share(w.end - w.begin, at);
  switch (w.function) {
    case Digital::Function::kMerge:
    case Digital::Function::kAdd:
      counts.add(Event::kTileShiftAdds, elements);
      break;
    case Digital::Function::kActivate:
      counts.add(Event::kActivations, elements);
      counts.add(Event::kTileRegisterBits, product(elements, w.element_bits));
      break;
    case Digital::Function::kPool:
      counts.add(Event::kPoolOutputs, elements);
      break;
  }
}

void add(const HostCompute& w, const Passage& at, Counts& counts) {
  if (at.unit != UnitKind::kCores) return;
  counts.add(Event::kHostFlops, share(w.flops, at));
  counts.add(Event::kHostCacheBits, share(w.cache_bits, at));
  counts.add(Event::kCoreClocks, share(w.core_clocks, at));
  counts.add(Event::kL2Bits, share(w.l2_bits, at));
  counts.add(Event::kL3Bits, share(w.l3_bits, at));
  counts.add(Event::kLineFillBits, share(w.fill_bits, at));
  counts.add(Event::kWriteBackBits, share(w.write_back_bits, at));
}

void add(const WriteCells& w, const Passage& at, Counts& counts) { counts.add(Event::kCellWrites, share(w.cells, at)); }

}  // namespace

void add_events(const Program& program, const Task& task, std::size_t hop, std::int64_t iteration, Counts& counts,
                std::optional<std::int64_t> drawn) {
  const Passage at{program.unit(task.op.path[hop].unit).kind,
                   hop == 0,
                   iteration % task.iterations,
                   task.iterations,
                   task.items(iteration),
                   drawn};
  std::visit([&](const auto& work) { add(work, at, counts); }, task.op.work);
}

}  // namespace cimera::ops
