// cimera compare and cimera run.
#include "apps/command.h"
#include "apps/experiment_arguments.h"
#include "study/tables.h"

namespace cimera::apps {

void run_compare(const Arguments& arguments) {
  study::Experiment experiment = experiment_from(arguments);
  experiment.machines = {"isaac", "cpu_ddr4"};
  if (arguments.has("machines")) experiment.machines = arguments.list("machines");
  experiment.baseline = arguments.text("baseline");
  execute(experiment, arguments, study::compare_text);
}

void run_run(const Arguments& arguments) {
  study::Experiment experiment = experiment_from(arguments);
  experiment.machines = {arguments.has("machine") ? arguments.text("machine") : "isaac"};
  execute(experiment, arguments, study::run_text);
}

}  // namespace cimera::apps
