// cimera export.
#include <cstdio>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "apps/command.h"
#include "apps/experiment_arguments.h"
#include "core/error.h"
#include "core/files.h"
#include "study/export_spice.h"
#include "workloads/synthetic/digits.h"

namespace cimera::apps {
namespace {

void export_digits(const Arguments& arguments) {
  if (arguments.operands().size() != 2) fail_input({"export"}, "digits: name the file, such as digits.npz");
  workloads::write_digits(arguments.operand(1), static_cast<std::uint64_t>(arguments.integer("seed", 1, 0)),
                          arguments.integer("first", 0, 0), arguments.integer("count", 1000, 1));
}

void export_spice(const Arguments& arguments) {
  if (arguments.operands().size() != 1)
    fail_input({"export"}, fmt::format("spice: unexpected argument '{0}'; use --out {0}", arguments.operand(1)));
  study::Experiment experiment = experiment_from(arguments);
  experiment.machines = {arguments.has("machine") ? arguments.text("machine") : "isaac"};
  study::SpiceChoice choice;
  // A shape stands for a network; a name means a layer in its network.
  if (experiment.network.layer.find(':') == std::string::npos) choice.layer.swap(experiment.network.layer);
  choice.array = arguments.integer("array", 0, 0);
  if (arguments.has("rows")) choice.rows = arguments.integer("rows", 0, 1);
  if (arguments.has("columns")) choice.columns = arguments.integer("columns", 0, 1);
  const std::string netlist = study::spice_of(experiment, choice);
  if (arguments.has("out")) write_whole(arguments.text("out"), netlist);
  else std::fwrite(netlist.data(), 1, netlist.size(), stdout);
}

struct Export {
  const char* what;
  std::vector<std::string> others;  ///< options of `export` that are not for it
  void (*run)(const Arguments& arguments);
};

const Export kExports[] = {
    {"digits",
     {"network", "layer", "phase", "context", "machine", "data", "samples", "input-scale", "input-mean", "input-std",
      "bits", "calibrate", "calibration", "set", "array", "rows", "columns", "out"},
     export_digits},
    {"spice", {"first", "count"}, export_spice},
};

}  // namespace

void run_export(const Arguments& arguments) {
  const std::string& what = arguments.operand(0);
  std::vector<std::string> known;
  for (const Export& row : kExports) {
    if (what == row.what) {
      for (const std::string& option : row.others)
        if (arguments.has(option)) fail_input({"--" + option}, fmt::format("`export {}` has no such option", what));
      return row.run(arguments);
    }
    known.emplace_back(row.what);
  }
  fail_input(unknown_name("export", what, known));
}

}  // namespace cimera::apps
