#include "models/ops/event.h"

#include <string>
#include <vector>

#include "core/error.h"

namespace cimera::ops {
namespace {

constexpr auto kProgram = EventClass::kProgram;
constexpr auto kDerived = EventClass::kDerived;

constexpr std::array<EventInfo, kEventCount> kTable{{
    {Event::kCellWrites, kProgram, "cell_writes", "memory cells programmed once"},
    {Event::kArrayReads, kProgram, "array_reads", "crossbar arrays read for one input step"},
    {Event::kRowDrives, kProgram, "row_drives", "wordlines driven by a DAC for one input step"},
    {Event::kRowPlanes, kProgram, "row_planes", "rows driven for one bit of their input (serial reads)"},
    {Event::kColumnPlanes, kProgram, "column_planes", "columns that integrate one bit of the inputs (serial reads)"},
    {Event::kSampleHolds, kProgram, "sample_holds", "column values captured by a sample-and-hold"},
    {Event::kAdcConversions, kProgram, "adc_conversions", "analog to digital conversions"},
    {Event::kAdcDecisions, kProgram, "adc_decisions", "decisions of converters that take one a bit (serial reads)"},
    {Event::kShiftAdds, kProgram, "shift_adds", "shift-and-add operations inside a multiply-accumulate unit"},
    {Event::kInputRegisterBits, kProgram, "input_register_bits", "input bits streamed from input registers to arrays"},
    {Event::kOutputRegisterBits, kProgram, "output_register_bits", "result bits held in output registers of a unit"},
    {Event::kEdramReadBits, kProgram, "edram_read_bits", "bits read from tile buffers"},
    {Event::kEdramWriteBits, kProgram, "edram_write_bits", "bits written to tile buffers"},
    {Event::kBusBits, kProgram, "bus_bits", "bits moved over tile buses"},
    {Event::kTileShiftAdds, kProgram, "tile_shift_adds", "partial sums or elements added in a tile"},
    {Event::kTileRegisterBits, kProgram, "tile_register_bits", "result bits held in the output register of a tile"},
    {Event::kActivations, kProgram, "activations", "elements scaled and passed through an activation unit"},
    {Event::kPoolOutputs, kProgram, "pool_outputs", "elements produced by a pooling unit"},
    {Event::kRouterBits, kProgram, "router_bits", "bits passed through one router and its output link"},
    {Event::kChipLinkBits, kProgram, "chip_link_bits", "bits moved over one chip-to-chip or host link"},
    {Event::kHostFlops, kProgram, "host_flops", "floating-point operations of host cores (1 MAC = 2)"},
    {Event::kHostCacheBits, kProgram, "host_cache_bits", "bits of operands and results of host layers, each once"},
    {Event::kMemoryReadBits, kProgram, "memory_read_bits", "bits read from host memory"},
    {Event::kMemoryWriteBits, kProgram, "memory_write_bits", "bits written to host memory"},
    {Event::kClippedConversions, kDerived, "clipped_conversions", "conversions whose input lay outside the ADC range"},
    {Event::kClippedInputs, kDerived, "clipped_inputs", "activations beyond the calibrated range of the input codes"},
    {Event::kCoreClocks, kDerived, "core_clocks", "clocks that host cores are awake, computing or waiting"},
    {Event::kL2Bits, kDerived, "l2_bits", "bits moved between first- and second-level caches of the host"},
    {Event::kL3Bits, kDerived, "l3_bits", "bits moved between second-level caches and the last level of the host"},
    {Event::kLineFillBits, kDerived, "line_fill_bits", "bits that caches of the host read from its memory"},
    {Event::kWriteBackBits, kDerived, "write_back_bits", "bits that caches of the host write back to its memory"},
}};

}  // namespace

std::span<const EventInfo, kEventCount> event_table() { return kTable; }

const EventInfo& info(Event event) { return kTable[static_cast<std::size_t>(event)]; }

Event event_named(std::string_view name) {
  std::vector<std::string> names;
  for (const EventInfo& row : kTable) {
    if (row.name == name) return row.event;
    names.emplace_back(row.name);
  }
  fail_input(unknown_name("event", name, names));
}

Counts& Counts::operator+=(const Counts& other) {
  add(other, 1);
  return *this;
}

void Counts::add(const Counts& other, std::int64_t times) {
  for (std::size_t i = 0; i < kEventCount; ++i) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(other.n_[i], times, &product)) overflow(kTable[i].event);
    add(kTable[i].event, product);
  }
}

void Counts::overflow(Event e) { fail_run("the count of " + std::string(info(e).name) + " does not fit in 64 bits"); }

Counts Counts::operator-(const Counts& other) const {
  Counts result = *this;
  result.add(other, -1);
  return result;
}

Counts program_operations(const Counts& counts) {
  Counts result;
  for (const EventInfo& row : kTable)
    if (row.kind == EventClass::kProgram) result[row.event] = counts[row.event];
  return result;
}

}  // namespace cimera::ops
