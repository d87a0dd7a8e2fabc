#include "apps/experiment_arguments.h"

#include <cstdio>
#include <tuple>

#include <fmt/format.h>
#include <unistd.h>

#include "core/error.h"
#include "core/parallel.h"
#include "study/json.h"
#include "study/output.h"
#include "study/progress_line.h"
#include "study/run.h"

namespace cimera::apps {
namespace {

void read_transform(const Arguments& arguments, workloads::InputTransform& transform) {
  if (arguments.has("input-scale")) {
    const std::vector<double> scale = arguments.numbers("input-scale");
    if (scale.size() != 1 || scale[0] == 0.0)
      fail_input({"--input-scale"}, arguments.text("input-scale") + ": expected one number that is not 0");
    transform.scale = scale[0];
  }
  transform.mean = arguments.numbers("input-mean");
  transform.std = arguments.numbers("input-std");
  for (const double std : transform.std)
    if (std == 0.0) fail_input({"--input-std"}, arguments.text("input-std") + ": a standard deviation cannot be 0");
}

void fail_if_points_failed(const study::Report& report) {
  std::string first;
  int failed = 0;
  for (const study::Result& result : report.results) {
    if (!result.error) continue;
    if (failed++ == 0) first = fmt::format("{}, batch {}: {}", result.machine, result.batch, *result.error);
  }
  if (failed == 1) fail_run(first);
  if (failed > 1) fail_run(fmt::format("{} points failed; the first: {}", failed, first));
}

}  // namespace

std::optional<std::pair<int, int>> bits_from(const Arguments& arguments) {
  if (!arguments.has("bits")) return std::nullopt;
  const std::vector<std::int64_t> bits = arguments.integers("bits", 1);
  if (bits.size() != 2)
    fail_input({"--bits"},
               arguments.text("bits") + ": expected two numbers, of weights and of activations, such as 8,8");
  for (const std::int64_t b : bits)
    if (b > 16) fail_input({"--bits"}, fmt::format("{}: must be 1 to 16", b));
  return std::pair(static_cast<int>(bits[0]), static_cast<int>(bits[1]));
}

study::NetworkChoice network_from(const Arguments& arguments) {
  study::NetworkChoice choice{arguments.text("network"), arguments.text("layer"), {}};
  if (arguments.has("layer") && choice.layer.empty()) fail_input({"--layer"}, "it names no layer");
  if (arguments.has("phase"))
    choice.use.phase = study::named(enum_names(static_cast<const workloads::Phase*>(nullptr)), "phase",
                                    arguments.text("phase"), {"--phase"});
  if (arguments.has("context")) choice.use.context = arguments.integer("context", 0, 1);
  return choice;
}

study::Experiment experiment_from(const Arguments& arguments) {
  study::Experiment experiment;
  experiment.network = network_from(arguments);
  experiment.data = arguments.text("data");
  experiment.samples = arguments.integer("samples", 0, 1);
  read_transform(arguments, experiment.transform);
  if (const auto bits = bits_from(arguments)) std::tie(experiment.weight_bits, experiment.activation_bits) = *bits;
  experiment.calibrate = arguments.text("calibrate");
  if (arguments.has("calibration"))
    experiment.calibration =
        study::named(study::calibration_names(), "calibration", arguments.text("calibration"), {"--calibration"});
  if (arguments.has("fidelity"))
    experiment.fidelity = study::named(enum_names(static_cast<const study::Fidelity*>(nullptr)), "fidelity",
                                       arguments.text("fidelity"), {"--fidelity"});
  if (arguments.has("periods"))
    experiment.periods = study::named(enum_names(static_cast<const study::Periods*>(nullptr)), "period mode",
                                      arguments.text("periods"), {"--periods"});
  if (arguments.has("batch")) experiment.batches = arguments.integers("batch", 1);
  experiment.overrides = arguments.all("set");
  experiment.trials = arguments.integer("trials", 1, 1);
  experiment.seed = static_cast<std::uint64_t>(arguments.integer("seed", 1, 0));
  return experiment;
}

void set_threads_from(const Arguments& arguments) {
  const std::int64_t threads = arguments.integer("threads", 0, 1);
  if (threads > 1024) fail_input({"--threads"}, fmt::format("{}: must be at most 1024", threads));
  set_threads(static_cast<int>(threads));
}

study::Report run_experiment(const study::Experiment& experiment, const Arguments& arguments) {
  set_threads_from(arguments);
  study::ProgressLine line(STDERR_FILENO);
  return study::run(experiment, line.progress());
}

void execute(const study::Experiment& experiment, const Arguments& arguments,
             std::string (*text)(const study::Report& report), const std::function<void(const study::Report&)>& also) {
  const bool out = arguments.has("out");
  if (out) study::check_output(arguments.text("out"));
  const study::Report report = run_experiment(experiment, arguments);
  const std::string printed = arguments.has("json") ? study::to_json(report) : text(report);
  std::fwrite(printed.data(), 1, printed.size(), stdout);
  fail_if_points_failed(report);
  if (out) study::write_output(report, arguments.text("out"));
  if (also) also(report);
}

}  // namespace cimera::apps
