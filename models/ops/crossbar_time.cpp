// The times of a crossbar machine, and what its supply makes of them.
#include <algorithm>
#include <numeric>

#include "models/ops/crossbar_machine.h"

namespace cimera::ops {

Duration CrossbarMachine::step() const {
  if (pipeline.serial)
    return Duration::fs(
        std::gcd(pipeline.array_read.fs(), std::gcd(pipeline.serial->decision.fs(), pipeline.serial->phase.fs())));
  const std::int64_t reads = config().row_groups(organisation.rows);  // of a full array, one after the other
  const Duration read = pipeline.array_read * config().pulses();
  if (!pipeline.adc_rate) return read * reads;
  const std::int64_t columns = organisation.columns * organisation.arrays_per_ima;
  const std::int64_t each = (columns + organisation.adcs_per_ima - 1) / organisation.adcs_per_ima;
  const Duration conversion = Duration::from(Seconds::si(static_cast<double>(each) / pipeline.adc_rate->si()));
  return std::max(read, conversion) * reads;
}

SerialCounts CrossbarMachine::serial(const CrossbarConfig& config) const {
  return pipeline.serial ? serial_counts(config) : SerialCounts{};
}

std::int64_t CrossbarMachine::beats(const CrossbarConfig& config) const {
  if (!pipeline.serial) return config.steps();
  const SerialCounts n = serial_counts(config);
  const Duration time = pipeline.array_read * n.integrations + pipeline.serial->decision * n.decisions +
                        pipeline.serial->phase * n.phases;
  return time.fs() / step().fs() * config.row_groups(organisation.rows);
}

void CrossbarMachine::apply_supply() {
  if (!supply) return;
  const double times = supply->time_ratio();
  const auto longer = [&](Duration time) { return Duration::from(time.seconds() * times); };
  pipeline.array_read = longer(pipeline.array_read);
  if (pipeline.serial) pipeline.serial = SerialRead{longer(pipeline.serial->decision), longer(pipeline.serial->phase)};
  if (pipeline.adc_rate) pipeline.adc_rate = *pipeline.adc_rate / times;
  if (pipeline.cell_write) pipeline.cell_write = *pipeline.cell_write * times;
  for (auto& [name, row] : components) {
    if (!row.at_supply) continue;
    const double energy = supply->energy_ratio(*row.at_supply);
    if (row.energy) row.energy = *row.energy * energy;
    if (row.power) row.power = *row.power * (energy / times);
    if (row.full_rate) row.full_rate = *row.full_rate / times;
  }
}

}  // namespace cimera::ops
