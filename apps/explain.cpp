// cimera explain.
#include <cstdio>

#include "apps/command.h"
#include "apps/experiment_arguments.h"
#include "core/error.h"
#include "study/explain/explain_text.h"
#include "study/explain/figures.h"
#include "study/output.h"

namespace cimera::apps {

void run_explain(const Arguments& arguments) {
  study::Experiment experiment = experiment_from(arguments);
  experiment.machines = {arguments.has("machine") ? arguments.text("machine") : "isaac"};
  experiment.accuracy = false;
  experiment.keep_evaluation = true;
  // A shape stands for a network; a name means a layer in its network.
  std::string layer = experiment.network.layer;
  if (layer.find(':') == std::string::npos) experiment.network.layer.clear();
  else layer.clear();
  if (experiment.batches.size() != 1) fail_input({"--batch"}, "one batch size is explained at a time");
  const bool out = arguments.has("out");
  if (out) study::check_output(arguments.text("out"));
  study::check_layer(experiment.network, layer);
  const study::Report report = run_experiment(experiment, arguments);
  const study::Explanation explanation = study::explain(report, 0, layer);
  const bool json = arguments.has("json");
  const std::string printed = json ? explain_json(report, explanation) : explain_text(report, explanation);
  std::fwrite(printed.data(), 1, printed.size(), stdout);
  if (out)
    study::write_folder({{"explain.json", explain_json(report, explanation)},
                         {"roofline.svg", roofline_svg(report, explanation)},
                         {"time.svg", time_svg(report, explanation)},
                         {"energy.svg", energy_svg(report, explanation)}},
                        arguments.text("out"));
}

}  // namespace cimera::apps
