// cimera mvm.
#include <cstdio>
#include <span>

#include <fmt/format.h>

#include "apps/command.h"
#include "apps/experiment_arguments.h"
#include "core/error.h"
#include "study/mvm_text.h"
#include "workloads/data/npy.h"

namespace cimera::apps {
namespace {

void write_outputs(const study::Report& report, const std::string& file) {
  const study::Product& product = *report.inputs.experiment.product;
  workloads::save_npy<float>(file, {product.count, product.outputs}, report.results.front().outputs->device);
}

}  // namespace

void run_mvm(const Arguments& arguments) {
  for (const char* option : {"matrix", "input"})
    if (!arguments.has(option)) fail_input({fmt::format("--{}", option)}, "it is missing; it names a .npy file");
  study::Experiment experiment = experiment_from(arguments);
  experiment.product = study::load_product(arguments.text("matrix"), arguments.text("input"));
  experiment.machines = {arguments.has("machine") ? arguments.text("machine") : "isaac"};
  if (arguments.has("device")) experiment.devices = arguments.list("device");
  if (arguments.has("output") && experiment.devices.size() > 1)
    fail_input({"--output"}, "one file holds the products of one device; --device names several");
  experiment.keep_outputs = true;
  execute(experiment, arguments, study::mvm_text, [&](const study::Report& report) {
    if (arguments.has("output")) write_outputs(report, arguments.text("output"));
  });
}

}  // namespace cimera::apps
