// What a run was about: heading, accuracy, and the notes that a reader needs to judge the figures.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "study/file_codes.h"
#include "study/table_parts.h"
#include "study/text.h"
#include "workloads/random_tensors.h"

namespace cimera::study {
namespace {

std::string percent(double fraction) { return fmt::format("{:.2f}", 100.0 * fraction); }
std::string percent(std::optional<double> fraction) { return fraction ? percent(*fraction) : "no labels"; }

std::string device_text(const Accuracy& a) {
  if (!a.device || a.trials == 1) return percent(a.device);
  return fmt::format("{} +- {}", percent(*a.device), percent(a.device_std.value_or(0.0)));
}

std::string loss_text(const Accuracy& a) {
  if (!a.loss) return "";
  return fmt::format("{} [{}, {}]", percent(*a.loss), percent(a.loss_ci95->low), percent(a.loss_ci95->high));
}

std::string sqnr_text(std::optional<double> dB) { return dB ? fmt::format("{:.1f} dB", *dB) : "exact"; }

std::string calibration_note(const Inputs& inputs) {
  const CalibrationData& c = *inputs.calibration;
  const std::string method = name_of(calibration_names(), inputs.experiment.calibration);
  if (!c.from_evaluation)
    return fmt::format("Ranges of activations: {} over {} of {}.", method, counted(c.batch.count, "sample"), c.name);
  return fmt::format(
      "Ranges of activations: {} over the first {} that are evaluated (images, not labels); --calibrate names others.",
      method, counted(c.batch.count, "sample"));
}

/// Scales that the file of the network brings win over calibration.
std::string codes_note(const workloads::FileCodes& codes) {
  std::string text = file_codes_text(codes) + " FP32 rounds activations to the same codes.";
  if (codes.dynamic > 0) text += " Machines cannot measure ranges; theirs are calibrated.";
  return text;
}

/// A network that guesses tells nothing about machines. Agrees with guessing: at most two standard errors better, where
/// the samples are enough for such a statement (our choice).
std::string chance_note(const Inputs& inputs, const Accuracy& a) {
  const auto classes = static_cast<double>(workloads::elements(inputs.network.tensor(inputs.network.output).shape));
  const auto samples = static_cast<double>(a.samples);
  if (!a.reference || classes < 2.0 || samples < 5.0 * classes) return "";
  const double chance = 1.0 / classes, error = std::sqrt(chance * (1.0 - chance) / samples);
  if (*a.reference > chance + 2.0 * error) return "";
  return fmt::format(
      "In FP32 the network is right in {}, no better than guessing one of {} classes ({}). Is it trained, and fed as "
      "in "
      "its training (--input-scale, --input-mean, --input-std)? Its accuracies say nothing about a machine.",
      percent_text(*a.reference), static_cast<std::int64_t>(classes), percent_text(chance));
}

std::string cells_note(const Machine& machine) {
  if (machine.deterministic()) return fmt::format("its cells ({}) are ideal", machine.cell_name);
  return fmt::format("its cells ({}) have errors, drawn from the seed", machine.cell_name);
}

std::string host_note(const Machine& machine, const Result& result) {
  constexpr std::size_t kShown = 4;
  std::string names;
  for (std::size_t i = 0; i < result.host_layers.size() && i < kShown; ++i)
    names += (i == 0 ? " and computes " : ", ") + result.host_layers[i];
  if (result.host_layers.size() > kShown)
    names += " and " + counted(std::ssize(result.host_layers) - static_cast<std::int64_t>(kShown), "other layer");
  return fmt::format(
      "its host {} moves the data{}. Energy and power have the host's work in them; the area is the machine's alone.",
      machine.host.name, names);
}

std::string steps_note(const InputSteps& steps) {
  if (steps.images == 0)
    return fmt::format(
        "input steps in which nothing is driven are skipped, but without data all {} of a position are "
        "executed.",
        steps.most);
  return fmt::format(
      "input steps in which nothing is driven are skipped. Latency and energy are of steps drawn from {}, mean {:.2f} "
      "of "
      "{}{}.",
      counted(steps.images, "image"), steps.mean, steps.most,
      steps.differ ? "; no two images are alike in time, and none is skipped" : "");
}

std::string load_note(const Machine& machine, const WeightLoad& load) {
  std::string text = "loading the weights once, not counted above, takes ";
  if (load.latency && load.energy) {
    text += fmt::format("{} and {}.", format(*load.latency), format(*load.energy));
  } else {
    text += load.latency ? format(*load.latency) + "; its energy is unknown" : "a time and an energy that are unknown";
    text += fmt::format(" (no figure for {}).", fmt::join(load.unknown, ", "));
  }
  if (!machine.cell) return text;
  if (!load.endurance) return text + " How many loads its cells survive is unknown.";
  return text + fmt::format(" Its cells survive {} loads, one write each.", si_text(*load.endurance, ""));
}

std::string time_text(Seconds time) {
  constexpr double kHour = 3600.0, kDay = 24 * kHour, kYear = 365 * kDay;
  const double s = time.si();
  if (s >= kYear) return fmt::format("{:.3g} years", s / kYear);
  if (s >= kDay) return fmt::format("{:.3g} days", s / kDay);
  return s >= kHour ? fmt::format("{:.3g} hours", s / kHour) : format(time);
}

std::string reprogramming_note(const Machine& machine, const Reprogramming& r) {
  std::string text = fmt::format(
      "its weights do not fit, and are written in {} loads for every batch, counted above. Bringing and writing them "
      "alone takes {} at least, and {}. A cell is written up to {} a batch; ",
      r.loads, format(r.latency), r.energy ? format(*r.energy) : "an energy that is unknown",
      counted(r.writes_per_cell, "time"));
  if (!r.endurance)
    return text + fmt::format("how many writes it survives is unknown (endurance of {}).", machine.cell_name);
  return text + fmt::format("it survives {} writes: {} batches, {} without a pause.", si_text(*r.endurance, ""),
                            si_text(*r.batches, ""), time_text(*r.lifetime));
}

/// The calibration is to blame for these, not the machine.
std::string clipped_note(const workloads::Network& network, const Accuracy& a) {
  const InputCodes all = a.all_input_codes();
  const auto worst = std::ranges::max_element(a.input_codes, {}, &InputCodes::clipped);
  return fmt::format(
      "{} of {} ({:.2g} %) lay beyond the calibrated ranges and were clipped, most of them inputs of {}. That error is "
      "in both SQNR; ranges from more samples (--calibrate) clip less.",
      grouped(all.clipped), counted(all.all, "activation"),
      100.0 * static_cast<double>(all.clipped) / static_cast<double>(all.all),
      network.layers[static_cast<std::size_t>(worst - a.input_codes.begin())].name);
}

/// --bits is about arithmetic; what moves keeps the width that the machine gives it.
std::string moved_note(const ops::CrossbarMachine& machine, const Machine& quantized) {
  if (quantized.activation_bits >= machine.precision.result_bits) return "";
  return fmt::format(
      "results move and are stored in {} bits (precision.result_bits), although inputs are computed in {}; time and "
      "energy are of that.",
      machine.precision.result_bits, quantized.activation_bits);
}

void machine_notes(const Inputs& inputs, const Machine& machine, const Result& result,
                   std::vector<std::string>& notes) {
  const auto note = [&](const std::string& text) { notes.push_back(machine.spec.name + ": " + text); };
  if (!result.unknown.empty()) {
    note(fmt::format("energy unknown, and left out of the ranking: there is no figure for {}.",
                     fmt::join(result.unknown, ", ")));
  }
  for (const ops::Withdrawn& row : machine.spec.withdrawn) note(row.why + ".");
  if (!result.area) note("area unknown, and left out of the ranking.");
  if (!machine.quantizes()) {
    note("computes in FP32, so it loses no accuracy. Its weights stay in its memory and are read for every batch.");
    return;
  }
  note(fmt::format("{}-bit weights and {}-bit inputs; {}. The weights are in {}{} on {}, {} of all cells.",
                   machine.weight_bits, machine.activation_bits, cells_note(machine),
                   result.reprogramming ? "up to " : "", counted(result.used_arrays, "array"),
                   counted(result.used_tiles, "tile"), percent_text(result.utilisation)));
  if (const std::string moved = moved_note(*machine.spec.crossbar(), machine); !moved.empty()) note(moved);
  note(host_note(machine, result));
  if (result.input_steps) note(steps_note(*result.input_steps));
  note(result.reprogramming ? reprogramming_note(machine, *result.reprogramming)
                            : load_note(machine, result.weight_load));
  if (!result.accuracy) return;
  const Accuracy& a = *result.accuracy;
  if (a.perplexity)
    note(
        fmt::format("tokens agree with those of FP32 in {} (exact integers: {}); perplexity {:.4g} (exact integers "
                    "{:.4g}, FP32 {:.4g}). Shares above are of tokens that are predicted right.",
                    percent_text(*a.token_agreement), percent_text(*a.quantized_token_agreement), *a.perplexity,
                    *a.quantized_perplexity, *a.reference_perplexity));
  if (a.all_input_codes().clipped > 0) note(clipped_note(inputs.network, a));
  if (a.clipped_conversions > 0)
    note(fmt::format("{} of {} were clipped by the range of the converters.", grouped(a.clipped_conversions),
                     counted(a.conversions, "conversion")));
  if (!machine.deterministic() && a.trials == 1) note("one draw of the devices; --trials tells how much draws differ.");
}

/// What the cells of --devices change, and what not.
std::string devices_note(const Inputs& inputs) {
  if (inputs.experiment.devices.empty()) return "";
  const ops::ComponentTable& components = inputs.machines.front().spec.components();
  const bool measured = std::ranges::any_of(components, [](const auto& row) { return row.second.measure.has_value(); });
  if (measured) return "";
  return fmt::format(
      "The components of {} keep their published times, powers and areas whatever its cells are: the cells differ in "
      "the values that they hold, and in what loading the weights takes.",
      inputs.experiment.machines.front());
}

std::string throughput_note(const Report& report) {
  std::string text = "images/s is batch / latency";
  std::vector<std::string> pipelined;
  for (const Result& r : report.results)
    if (r.pipelined && std::ranges::find(pipelined, r.machine) == pipelined.end()) pipelined.push_back(r.machine);
  if (!pipelined.empty())
    text += fmt::format(
        "; of {}, whose images end one after the other, the rate between the first and the last end, or "
        "what the busiest unit allows",
        fmt::join(pipelined, ", "));
  return text + ".";
}

}  // namespace

std::string heading_text(const Inputs& inputs) {
  const workloads::Network& network = inputs.network;
  std::vector<std::pair<std::string, std::string>> rows;
  rows.emplace_back(
      "network",
      fmt::format("{}{}: {}, {} multiply-accumulates, {} weights", inputs.synthetic_network ? "SYNTHETIC: " : "",
                  network.name, counted(std::ssize(network.layers), "layer"), grouped(workloads::macs(network)),
                  grouped(workloads::weight_count(network))));
  if (!inputs.data) rows.emplace_back("data", "none");
  else
    rows.emplace_back("data",
                      fmt::format("{}{}: {} of {}", inputs.synthetic_data ? "SYNTHETIC: " : "", inputs.data->name,
                                  counted(inputs.samples, "sample"), workloads::format(inputs.data->samples.shape)));
  return two_columns(rows);
}

std::string accuracy_table(const Report& report) {
  TextTable table;
  table.column("machine", TextTable::Align::kLeft);
  table.column("FP32");
  table.column("bits");
  table.column("quantised");
  table.column("SQNR");
  table.column("device");
  table.column("draws");
  table.column("SQNR");
  table.column("loss");
  for (const Machine& machine : report.inputs.machines) {
    const auto found = std::ranges::find_if(
        report.results, [&](const Result& r) { return r.machine == machine.spec.name && r.accuracy; });
    if (found == report.results.end()) continue;
    const Accuracy& a = *found->accuracy;
    const std::string bits =
        machine.quantizes() ? fmt::format("w{} a{}", machine.weight_bits, machine.activation_bits) : "FP32";
    table.row({machine.spec.name, percent(a.reference), bits, percent(a.quantized), sqnr_text(a.quantized_sqnr_dB),
               device_text(a), a.trials > 1 ? std::to_string(a.trials) : "", sqnr_text(a.output_sqnr_dB),
               loss_text(a)});
  }
  return table.str();
}

std::string notes_text(const Report& report) {
  const Inputs& inputs = report.inputs;
  std::vector<std::string> notes;
  if (inputs.synthetic_data)
    notes.emplace_back("SYNTHETIC digits are drawn by cimera itself. Accuracies on them say nothing about real data.");
  else if (inputs.synthetic_network)
    notes.emplace_back("The network was trained on SYNTHETIC digits only, which cimera drew itself.");
  if (inputs.random_tensors)
    notes.push_back(
        fmt::format("The network has shapes only: values are {} (seed {}). The SQNR says how far outputs "
                    "are from FP32 on these; there is no accuracy.",
                    workloads::kRandomTensors, inputs.experiment.seed));
  if (inputs.codes.any()) notes.push_back(codes_note(inputs.codes));
  if (inputs.calibration && std::ranges::any_of(inputs.machines, &Machine::quantizes))
    notes.push_back(calibration_note(inputs));
  if (const std::string cells = devices_note(inputs); !cells.empty()) notes.push_back(cells);
  const auto measured = std::ranges::find_if(report.results, [](const Result& r) { return r.accuracy.has_value(); });
  if (measured != report.results.end())
    if (const std::string chance = chance_note(inputs, *measured->accuracy); !chance.empty()) notes.push_back(chance);
  for (const Machine& machine : inputs.machines) {
    const auto found = std::ranges::find_if(
        report.results, [&](const Result& r) { return r.machine == machine.spec.name && !r.error; });
    if (found != report.results.end()) machine_notes(inputs, machine, *found, notes);
  }
  if (std::ranges::any_of(report.results, [](const Result& r) { return !r.error && r.evaluator == Evaluator::kCost; }))
    notes.emplace_back(
        "A latency from the closed form is a lower bound: nothing waits for a unit that something else uses.");
  notes.push_back(throughput_note(report));
  if (std::ranges::any_of(report.results, [](const Result& r) { return r.skipped_blocks > 0; }))
    notes.emplace_back("Skipped images repeat earlier ones exactly in time; playing them gives the same figures.");
  std::string text;
  for (const std::string& note : notes) text += wrapped("  - " + note, 4);
  return text;
}

}  // namespace cimera::study
