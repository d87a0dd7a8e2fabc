// What a user asks for: one network on some data, on several machines. Text as on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"
#include "study/networks.h"
#include "study/product.h"
#include "workloads/dataset.h"
#include "workloads/quantize.h"

namespace cimera::study {

/// Which reading gives latency and energy.
enum class Fidelity {
  kCost,    ///< the closed form
  kTiming,  ///< SystemC
  kAuto,    ///< SystemC where it finishes within kTimingBudget (reading.h), else the closed form
};

/// What the readings do with images that repeat earlier ones exactly in time.
enum class Periods {
  kSkip,  ///< jumps over them: the same result, sooner
  kPlay,  ///< goes through every one
};

/// What machines of different sizes are brought to beside each other.
enum class Normalize {
  kNone,
  kArea,   ///< copies of each have the area of the reference together
  kPower,  ///< they draw the power of the reference together, in this run
};

/// An experiment as asked for; load() in inputs.h checks it.
struct Experiment {
  NetworkChoice network;
  std::optional<Product> product;       ///< instead of `network` and `data`
  std::string data;                     ///< as load_dataset reads it; "": the synthetic default
  workloads::InputTransform transform;  ///< from raw samples to what the network is fed
  std::int64_t samples = 0;  ///< the first so many are evaluated; 0: all, or kSyntheticSamples of the default

  std::string calibrate;  ///< DATA or DATA:N, for the ranges of activations; "": see Inputs::calibration
  workloads::Calibration calibration = workloads::Calibration::kMinMax;
  int weight_bits = 0;      ///< 1..16; 0: the machine's own
  int activation_bits = 0;  ///< 1..16; 0: the machine's own

  std::vector<std::string> machines;   ///< names in models/catalog or paths to .yaml files, each once
  std::vector<std::string> overrides;  ///< "[MACHINE:]key.path=value"
  /// Cells for machines[0], which then stands once for each of them: "isaac/reram_prime"; empty: its own.
  std::vector<std::string> devices;
  std::string baseline;  ///< one of `machines`, or "" for none
  Normalize normalize = Normalize::kNone;
  std::vector<std::int64_t> batches = {1};

  std::int64_t trials = 1;  ///< how often devices are drawn, per machine
  std::uint64_t seed = 1;
  Fidelity fidelity = Fidelity::kAuto;
  Periods periods = Periods::kSkip;
  bool accuracy = true;          ///< false: data are computed with only where energies depend on them
  bool keep_evaluation = false;  ///< results keep what they were made from, for explain()
  bool keep_outputs = false;     ///< results keep the outputs of all samples
};

inline constexpr std::int64_t kMostSynthetic = 1'000'000;  ///< drawn for one run: 3 GB
inline constexpr std::int64_t kSyntheticSamples = 2000;    ///< evaluated by default; standard error 0.3 % at 98 % right
inline constexpr std::int64_t kCalibrationSamples = 256;   ///< used by default; more change no range noticeably

EnumNames<Normalize> enum_names(const Normalize*);
EnumNames<Fidelity> enum_names(const Fidelity*);
EnumNames<Periods> enum_names(const Periods*);
EnumNames<workloads::Calibration> calibration_names();

/// The value called `name` in a table of names. Throws Error(kInput) at `where` with the nearest name.
template <class E>
E named(const EnumNames<E>& table, const std::string& kind, const std::string& name, const Where& where) {
  std::vector<std::string> known;
  for (const auto& [text, value] : table) {
    if (text == name) return value;
    known.push_back(text);
  }
  fail_input(where, unknown_name(kind, name, known));
}

/// The name of a value in a table that has it.
template <class E>
std::string name_of(const EnumNames<E>& table, E wanted) {
  for (const auto& [text, value] : table)
    if (value == wanted) return text;
  return "";
}

}  // namespace cimera::study
