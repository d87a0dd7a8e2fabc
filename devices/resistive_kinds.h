// The kinds of resistive cells: their names, and what is different about them beside the numbers.
#pragma once

#include "devices/resistive_schema.h"

namespace cimera::devices {

/// `Kind` has kName, kMeaning and kHighestLevels.
template <class Kind>
struct ResistiveKind : ResistiveParams {};

template <class Kind>
Schema<ResistiveKind<Kind>> schema(const ResistiveKind<Kind>*) {
  return resistive_schema<ResistiveKind<Kind>>(Kind::kName, Kind::kMeaning, Kind::kHighestLevels);
}

struct ReramKind {
  static constexpr const char* kName = "reram";
  static constexpr const char* kMeaning = "a filament or an interface of an oxide that grows and shrinks";
  static constexpr double kHighestLevels = 256;
};
struct PcmKind {
  static constexpr const char* kName = "pcm";
  static constexpr const char* kMeaning = "phase-change material, crystalline or amorphous; it drifts";
  static constexpr double kHighestLevels = 256;
};
struct SttMramKind {
  static constexpr const char* kName = "stt_mram";
  static constexpr const char* kMeaning = "a magnetic tunnel junction, which has two states";
  static constexpr double kHighestLevels = 2;
};
struct FefetKind {
  static constexpr const char* kName = "fefet";
  static constexpr const char* kMeaning = "a transistor with a ferroelectric gate, read by its channel";
  static constexpr double kHighestLevels = 256;
};
struct FlashKind {
  static constexpr const char* kName = "flash";
  static constexpr const char* kMeaning = "a transistor whose gate stores charge (SONOS), read at one voltage";
  static constexpr double kHighestLevels = 256;
};

}  // namespace cimera::devices
