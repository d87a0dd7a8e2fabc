// A sweep as its YAML file says it: an experiment with the keys of the command line, what varies, and a figure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"
#include "study/experiment.h"

namespace cimera::study {

/// One place on an axis on which several keys move together.
struct SweepChoice {
  std::string label;
  std::map<std::string, std::string> set;  ///< values by key
};

/// Either `values` of one key (or of several that are equal), or `choices`.
struct SweepAxis {
  std::string name;                 ///< "": the key
  std::string key;                  ///< a key of the experiment, or of a machine as in --set; "" with `keys`
  std::vector<std::string> keys;    ///< that all get the value
  std::vector<std::string> values;  ///< texts and ranges, as expand_values() reads them
  std::string times;                ///< the keys get the value times this quantity; "": the value
  std::vector<SweepChoice> choices;
};

/// What a figure shows.
struct SweepPlot {
  std::string x, y;              ///< an axis; a column of the results
  std::string series;            ///< an axis, one line for each of its values; "": one line
  std::string title;             ///< "": `y` over `x`
  std::string x_label, y_label;  ///< "": the name of the axis; what the column means
  bool log_x = false;
};

/// Which figures of a point are found.
enum class SweepReading {
  kAccuracy,
  kCost,  ///< latency, energy, area
};
EnumNames<SweepReading> enum_names(const SweepReading*);

/// What the file says, before axes are put in. Members as in Experiment; texts as on the command line.
struct SweepFile {
  std::string network, layer, data, calibrate, calibration = "minmax", bits, machine = "isaac", fidelity = "auto";
  std::optional<workloads::Phase> phase;
  std::optional<std::int64_t> context;
  std::int64_t samples = 0, batch = 1, trials = 1, seed = 1;
  double input_scale = 1.0;
  std::vector<double> input_mean, input_std;
  std::vector<std::string> machines;       ///< an axis of its own, named "machine"
  std::map<std::string, std::string> set;  ///< values by key, as in --set
  std::vector<SweepReading> readings = {SweepReading::kAccuracy};
  std::vector<SweepAxis> vary;
  std::optional<SweepPlot> plot;
};

/// Schemas of the above, for load().
Schema<SweepChoice> schema(const SweepChoice*);
Schema<SweepAxis> schema(const SweepAxis*);
Schema<SweepPlot> schema(const SweepPlot*);
Schema<SweepFile> schema(const SweepFile*);

/// The experiment of one point. `tree` is what `file` was loaded from; messages name its lines. Throws Error(kInput).
Experiment experiment_of(const SweepFile& file, const Node& tree);

/// Keys of a SweepFile that an axis may vary; all others are keys of machines.
const std::vector<std::string>& varied_keys();

}  // namespace cimera::study
