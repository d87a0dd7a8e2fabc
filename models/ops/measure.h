// The vocabulary of energies that depend on data: the functional reading measures them, components are charged them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/schema.h"
#include "models/ops/event.h"
#include "models/ops/joule_sum.h"

namespace cimera::ops {

/// What can be measured.
enum class Measure : std::uint8_t {
  kCellRead,
  kAdcColumn,
};
inline constexpr std::size_t kMeasureCount = static_cast<std::size_t>(Measure::kAdcColumn) + 1;

struct MeasureInfo {
  Measure measure;
  Event event;               ///< the program operation that takes this energy, more or less of it each time
  std::string_view name;     ///< in files: "cell_read"
  std::string_view meaning;  ///< one sentence
};

/// All measures in order; row i describes Measure(i).
std::span<const MeasureInfo, kMeasureCount> measure_table();
const MeasureInfo& info(Measure measure);
EnumNames<Measure> enum_names(const Measure*);

/// What some events took together. No events: nothing was measured.
struct Measured {
  std::int64_t events = 0;
  JouleSum energy;

  Measured& operator+=(const Measured& other);
  friend bool operator==(const Measured&, const Measured&) = default;
};

/// A Measured per measure.
class Measurements {
 public:
  Measured& operator[](Measure m) { return of_[static_cast<std::size_t>(m)]; }
  const Measured& operator[](Measure m) const { return of_[static_cast<std::size_t>(m)]; }
  Measurements& operator+=(const Measurements& other);
  friend bool operator==(const Measurements&, const Measurements&) = default;

 private:
  std::array<Measured, kMeasureCount> of_;
};

}  // namespace cimera::ops
