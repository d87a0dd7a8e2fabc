#include "models/ops/measure.h"

#include "core/error.h"

namespace cimera::ops {
namespace {

constexpr std::array<MeasureInfo, kMeasureCount> kTable{{
    {Measure::kCellRead, Event::kArrayReads, "cell_read", "V^2 G t dissipated in memory cells while columns are read"},
    {Measure::kAdcColumn, Event::kAdcConversions, "adc_column",
     "drawn by a `converter` for the driven cells of columns"},
}};

}  // namespace

std::span<const MeasureInfo, kMeasureCount> measure_table() { return kTable; }

const MeasureInfo& info(Measure measure) { return kTable[static_cast<std::size_t>(measure)]; }

EnumNames<Measure> enum_names(const Measure*) {
  EnumNames<Measure> names;
  for (const MeasureInfo& row : kTable) names.emplace_back(row.name, row.measure);
  return names;
}

Measured& Measured::operator+=(const Measured& other) {
  if (__builtin_add_overflow(events, other.events, &events)) fail_run("measured events do not fit in 64 bits");
  energy += other.energy;
  return *this;
}

Measurements& Measurements::operator+=(const Measurements& other) {
  for (std::size_t i = 0; i < kMeasureCount; ++i) of_[i] += other.of_[i];
  return *this;
}

}  // namespace cimera::ops
