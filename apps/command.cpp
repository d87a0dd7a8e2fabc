#include "apps/command.h"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/version.h"
#include "study/text.h"

namespace cimera::apps {
namespace {

constexpr std::array kCompareOptions{
    "network",  "layer",     "phase",   "context",     "machines",   "devices",   "on",   "data",      "batch",
    "baseline", "normalize", "samples", "input-scale", "input-mean", "input-std", "bits", "calibrate", "calibration",
    "trials",   "set",       "seed",    "fidelity",    "periods",    "threads",   "out",  "json",      "help"};
constexpr std::array kRunOptions{"network",   "layer",       "phase",       "context",    "machine",   "data",
                                 "batch",     "samples",     "input-scale", "input-mean", "input-std", "bits",
                                 "calibrate", "calibration", "trials",      "set",        "seed",      "fidelity",
                                 "periods",   "threads",     "out",         "json",       "help"};
constexpr std::array kExplainOptions{"network",   "layer",       "phase",       "context",    "machine",   "data",
                                     "batch",     "samples",     "input-scale", "input-mean", "input-std", "bits",
                                     "calibrate", "calibration", "set",         "seed",       "fidelity",  "threads",
                                     "out",       "json",        "help"};
constexpr std::array kSweepOptions{"network",  "data",  "calibrate", "machine", "samples", "trials", "seed", "bits",
                                   "fidelity", "shard", "merge",     "threads", "out",     "json",   "help"};
constexpr std::array kMvmOptions{"matrix", "input", "device", "machine",  "output",  "bits", "calibration",
                                 "trials", "set",   "seed",   "fidelity", "threads", "json", "help"};
constexpr std::array kListOptions{"json", "help"};
constexpr std::array kDescribeOptions{"set", "layer", "phase", "context", "bits", "plot", "json", "help"};
constexpr std::array kValidateOptions{"json", "help"};
constexpr std::array kExportOptions{"seed",      "first",   "count",     "network",     "layer",       "phase",
                                    "context",   "machine", "data",      "samples",     "input-scale", "input-mean",
                                    "input-std", "bits",    "calibrate", "calibration", "set",         "array",
                                    "rows",      "columns", "out",       "help"};

constexpr std::array kKind{"machines|devices|converters|networks"};
constexpr std::array kKindAndName{"machine|device|converter|network|option", "NAME"};
constexpr std::array kSweepFile{"FILE.yaml"};
constexpr std::array kNames{"[NAME...]"};
constexpr std::array kWhatAndFile{"digits|spice", "[FILE.npz]"};

const Command kCommands[] = {
    {"compare",
     "one network on several machines: latency, energy, area, accuracy",
     {},
     kCompareOptions,
     "cimera compare\n"
     "cimera compare --network mnist-8.onnx --data mnist:DIR --baseline cpu_ddr4\n"
     "cimera compare --layer gemv:64,256 --devices reram_isaac,reram_prime "
     "--set cell.sigma_program=5%\n"
     "cimera compare --batch 1,16 --set isaac:cell.sigma_program=0.1 --trials 5 --out results\n",
     run_compare},
    {"run",
     "one network on one machine, layer by layer",
     {},
     kRunOptions,
     "cimera run\n"
     "cimera run --machine isaac --bits 8,8 --batch 16\n"
     "cimera run --layer conv:64,64,3x3,56x56,pad=1 --machine isaac\n"
     "cimera run --machine my_machine.yaml --network net.onnx --data npz:test.npz --input-scale 255\n",
     run_run},
    {"explain",
     "where the time and the energy of a network go: roofline, waits, joules; as figures too",
     {},
     kExplainOptions,
     "cimera explain --machine isaac --batch 16\n"
     "cimera explain --machine cpu_ddr4 --network net.onnx --layer conv1\n"
     "cimera explain --machine isaac --out figures\n",
     run_explain},
    {"sweep", "many experiments over a design space, as a YAML file says; resumable, in parts, with a figure",
     kSweepFile, kSweepOptions,
     "cimera sweep examples/sweep.yaml\n"
     "cimera sweep examples/sweep.yaml --out results\n"
     "cimera sweep my.yaml --network net.onnx --data cifar10:DIR --out results --shard 1/4\n"
     "cimera sweep my.yaml --network net.onnx --data cifar10:DIR --out results --merge\n",
     run_sweep},
    {"mvm",
     "a plain matrix-vector product on crossbar arrays: result, error, time, energy",
     {},
     kMvmOptions,
     "cimera mvm --matrix W.npy --input X.npy\n"
     "cimera mvm --matrix W.npy --input X.npy --device reram_wan_2022 --set cell.age=1d --output Y.npy\n"
     "cimera mvm --matrix W.npy --input X.npy --bits 8,8 --set precision.adc_bits=6\n",
     run_mvm},
    {"list", "the machines, devices and networks that ship", kKind, kListOptions, "cimera list machines\n", run_list},
    {"describe", "every parameter of a machine or device, every layer of a network, an option", kKindAndName,
     kDescribeOptions,
     "cimera describe machine isaac\n"
     "cimera describe device reram_isaac\n"
     "cimera describe device pcm_nandakumar_2019 --plot pcm.svg\n"
     "cimera describe network net.onnx\n"
     "cimera describe network gpt3_175b --phase decode --context 2048 --bits 8,8\n"
     "cimera describe option fidelity\n",
     run_describe},
    {"validate",
     "published figures of machines beside those computed here; exit code 1 when one is outside its tolerance", kNames,
     kValidateOptions,
     "cimera validate\n"
     "cimera validate jia_jssc_2020 wan_nature_2022 --json\n",
     run_validate},
    {"export", "files for other programs: synthetic digits (.npz), an array of a machine as a netlist for ngspice",
     kWhatAndFile, kExportOptions,
     "cimera export digits digits.npz --count 10000\n"
     "cimera compare --data npz:digits.npz\n"
     "cimera export spice --out array.cir --machine isaac --layer conv1 --set 'isaac:wires.row_per_cell=1 Ohm' "
     "--columns 64\n"
     "ngspice -b array.cir\n",
     run_export},
};

/// "  --set [M:]KEY=VALUE" and what it means, in two columns.
std::string option_lines(const Command& command) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const char* name : command.options) {
    const Option& option = option_named(name);
    rows.emplace_back(
        fmt::format("--{}{}{}", option.name, *option.value != '\0' ? " " : "", option.value),
        *option.fallback != '\0' ? fmt::format("{} (default: {})", option.meaning, option.fallback) : option.meaning);
  }
  return study::two_columns(rows);
}

std::string indented(const std::string& lines) {
  std::string text;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = lines.find('\n', begin);
    text += "  " + lines.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return text;
}

}  // namespace

std::span<const Command> command_table() { return kCommands; }

const Command& command_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Command& command : kCommands) {
    if (name == command.name) return command;
    known.emplace_back(command.name);
  }
  fail_input(unknown_name("command", name, known));
}

std::string help() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Command& command : kCommands) rows.emplace_back(command.name, command.summary);
  return fmt::format(
      "cimera {}: emulates compute-in-memory machines and the machines they want to replace\n\n"
      "usage: cimera COMMAND [OPTIONS]\n\n{}\n"
      "`cimera COMMAND --help` explains a command, `cimera describe option NAME` an option.\n"
      "`cimera --version` prints the version. Exit code: 0 done, 1 the run failed, 2 the input was wrong.\n",
      kVersion, study::two_columns(rows));
}

std::string help(const Command& command) {
  std::string usage = fmt::format("cimera {}", command.name);
  for (const char* operand : command.operands) usage += fmt::format(" {}", operand);
  return fmt::format("{} - {}\n\nusage: {} [OPTIONS]\n\n{}\nexamples:\n{}", command.name, command.summary, usage,
                     option_lines(command), indented(command.examples));
}

}  // namespace cimera::apps
