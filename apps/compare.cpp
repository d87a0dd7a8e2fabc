// cimera compare and cimera run.
#include <algorithm>
#include <filesystem>

#include "apps/command.h"
#include "apps/experiment_arguments.h"
#include "core/error.h"
#include "study/tables.h"

namespace cimera::apps {

namespace {

void read_machines(const Arguments& arguments, study::Experiment& experiment) {
  experiment.machines = {"isaac", "cpu_ddr4"};
  if (arguments.has("machines")) experiment.machines = arguments.list("machines");
  experiment.baseline = arguments.text("baseline");
  if (!arguments.has("devices")) {
    if (arguments.has("on")) fail_input({"--on"}, "it is the machine of --devices, which are missing");
    return;
  }
  if (arguments.has("machines")) fail_input({"--machines"}, "--devices are compared on one machine: --on M");
  experiment.devices = arguments.list("devices");
  experiment.machines = {arguments.has("on") ? arguments.text("on") : "isaac"};
  const std::string on = std::filesystem::path(experiment.machines[0]).stem().string();
  if (std::ranges::find(experiment.devices, experiment.baseline) != experiment.devices.end())
    experiment.baseline = on + "/" + std::filesystem::path(experiment.baseline).stem().string();
}

}  // namespace

void run_compare(const Arguments& arguments) {
  study::Experiment experiment = experiment_from(arguments);
  read_machines(arguments, experiment);
  if (arguments.has("normalize"))
    experiment.normalize = study::named(enum_names(static_cast<const study::Normalize*>(nullptr)), "normalization",
                                        arguments.text("normalize"), {"--normalize"});
  execute(experiment, arguments, study::compare_text);
}

void run_run(const Arguments& arguments) {
  study::Experiment experiment = experiment_from(arguments);
  experiment.machines = {arguments.has("machine") ? arguments.text("machine") : "isaac"};
  execute(experiment, arguments, study::run_text);
}

}  // namespace cimera::apps
