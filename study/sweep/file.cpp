#include "study/sweep/file.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::study {
namespace {

Where place_of(const Node& tree, const std::string& key) {
  const Node* node = tree.find(key);
  return node == nullptr ? tree.where : node->where;
}

/// "W,A": two whole numbers of 1 to 16.
std::pair<int, int> read_bits(const std::string& text, const Where& where) {
  int bits[2] = {0, 0};
  const char* at = text.data();
  const char* end = at + text.size();
  for (int i = 0; i < 2; ++i) {
    while (i == 1 && at != end && (*at == ' ' || *at == ',')) ++at;
    const auto [rest, error] = std::from_chars(at, end, bits[i]);
    if (error != std::errc() || bits[i] < 1 || bits[i] > 16 || (i == 0 ? rest == end || *rest != ',' : rest != end))
      fail_input(where, fmt::format("bits = {}: expected two numbers of 1 to 16, of weights and of activations, such "
                                    "as 8,8",
                                    text));
    at = rest;
  }
  return {bits[0], bits[1]};
}

}  // namespace

EnumNames<SweepReading> enum_names(const SweepReading*) {
  return {{"accuracy", SweepReading::kAccuracy}, {"cost", SweepReading::kCost}};
}

Schema<SweepChoice> schema(const SweepChoice*) {
  using T = SweepChoice;
  return Schema<T>("choice", "a place on an axis on which several keys move together")
      .need("label", &T::label, "what results call it")
      .need("set", &T::set, "the value of each key");
}

Schema<SweepAxis> schema(const SweepAxis*) {
  using T = SweepAxis;
  return Schema<T>("axis", "what is varied")
      .opt("name", &T::name, "what results call the axis", "the key")
      .opt("key", &T::key, "what varies: a key of the experiment, or of a machine as in --set", "keys, or choices")
      .opt("keys", &T::keys, "keys that have the same value", "key, or choices")
      .opt("values", &T::values, "values, and ranges: 4..10, 0..1 step 0.25, 1e-6..1e-3 log 4", "choices")
      .opt("times", &T::times, "the keys get the value times this quantity", "the value itself")
      .group("choices", &T::choices, "places at which several keys move together")
      .check("an axis has key (or keys) and values, or name and choices",
             [](const T& a) {
               const bool valued = (a.key.empty() != a.keys.empty()) && !a.values.empty() && a.choices.empty();
               const bool chosen = a.key.empty() && a.keys.empty() && a.values.empty() && a.times.empty() &&
                                   !a.choices.empty() && !a.name.empty();
               return valued || chosen;
             })
      .check("an axis with several keys needs a name", [](const T& a) { return a.keys.empty() || !a.name.empty(); });
}

Schema<SweepPlot> schema(const SweepPlot*) {
  using T = SweepPlot;
  return Schema<T>("plot", "the figure of a sweep")
      .need("x", &T::x, "an axis")
      .need("y", &T::y, "a column of the results")
      .opt("series", &T::series, "an axis: one line for each of its values", "one line")
      .opt("title", &T::title, "what stands above", "the column over the axis")
      .opt("x_label", &T::x_label, "below the axis", "the name of the axis")
      .opt("y_label", &T::y_label, "beside the axis", "the meaning of the column")
      .opt("log_x", &T::log_x, "whether the axis is logarithmic", "linear");
}

Schema<SweepFile> schema(const SweepFile*) {
  using T = SweepFile;
  return Schema<T>("sweep", "experiments over a design space")
      .opt("network", &T::network, "as --network", "the synthetic default")
      .opt("layer", &T::layer, "as --layer", "all layers")
      .opt("phase", &T::phase, "as --phase", "the network's own")
      .opt("context", &T::context, "as --context", "the network's own")
      .at_least(1)
      .opt("data", &T::data, "as --data", "the synthetic digits, for the default network only")
      .opt("calibrate", &T::calibrate, "as --calibrate", "as without --calibrate")
      .opt("calibration", &T::calibration, "as --calibration", "as without --calibration")
      .opt("samples", &T::samples, "as --samples", "all")
      .at_least(1)
      .opt("input_scale", &T::input_scale, "as --input-scale", "raw values")
      .opt("input_mean", &T::input_mean, "as --input-mean, a list", "raw values")
      .opt("input_std", &T::input_std, "as --input-std, a list", "raw values")
      .opt("bits", &T::bits, "as --bits", "the machine's own")
      .opt("machine", &T::machine, "as --machine", "as without --machine")
      .opt("machines", &T::machines, "machines, as an axis of its own", "machine")
      .opt("set", &T::set, "values of machines' keys, as --set", "as in their files")
      .opt("batch", &T::batch, "as --batch, one size", "one image")
      .at_least(1)
      .opt("trials", &T::trials, "as --trials", "one draw")
      .at_least(1)
      .opt("seed", &T::seed, "as --seed", "as without --seed")
      .at_least(0)
      .opt("fidelity", &T::fidelity, "as --fidelity", "as without --fidelity")
      .opt("readings", &T::readings, "what is found at each point: accuracy, cost", "accuracy only")
      .group("vary", &T::vary, "the axes; points are all combinations")
      .group("plot", &T::plot, "a figure")
      .check("readings is empty", [](const T& f) { return !f.readings.empty(); })
      .check("input_scale cannot be 0", [](const T& f) { return f.input_scale != 0.0; })
      .check("input_std cannot be 0", [](const T& f) {
        return std::none_of(f.input_std.begin(), f.input_std.end(), [](double std) { return std == 0.0; });
      });
}

Experiment experiment_of(const SweepFile& file, const Node& tree) {
  Experiment experiment;
  experiment.network = {file.network, file.layer, {file.phase, file.context}};
  experiment.data = file.data;
  experiment.samples = file.samples;
  experiment.transform = {file.input_scale, file.input_mean, file.input_std};
  experiment.calibrate = file.calibrate;
  experiment.calibration = named(calibration_names(), "calibration", file.calibration, place_of(tree, "calibration"));
  if (!file.bits.empty())
    std::tie(experiment.weight_bits, experiment.activation_bits) = read_bits(file.bits, place_of(tree, "bits"));
  experiment.machines = {file.machine};
  for (const auto& [key, value] : file.set) experiment.overrides.push_back(key + "=" + value);
  experiment.batches = {file.batch};
  experiment.trials = file.trials;
  experiment.seed = static_cast<std::uint64_t>(file.seed);
  const auto has = [&](SweepReading reading) {
    return std::find(file.readings.begin(), file.readings.end(), reading) != file.readings.end();
  };
  experiment.accuracy = has(SweepReading::kAccuracy);
  // Without a cost that anybody wants, the closed form is quick.
  const auto fidelities = enum_names(static_cast<const Fidelity*>(nullptr));
  experiment.fidelity = named(fidelities, "fidelity", file.fidelity, place_of(tree, "fidelity"));
  if (!has(SweepReading::kCost)) experiment.fidelity = Fidelity::kCost;
  return experiment;
}

const std::vector<std::string>& varied_keys() {
  static const std::vector<std::string> kKeys{"network",     "layer", "phase",   "context", "data",
                                              "calibrate",   "bits",  "samples", "machine", "calibration",
                                              "input_scale", "batch", "trials",  "seed",    "fidelity"};
  return kKeys;
}

}  // namespace cimera::study
