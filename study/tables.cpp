#include "study/tables.h"

#include <fmt/format.h>

#include "study/normalize.h"
#include "study/table_parts.h"
#include "study/text.h"

namespace cimera::study {
namespace {

constexpr std::size_t kFewRows = 6, kAllRows = 1000;  ///< components per machine

std::string batch_text(std::int64_t batch) { return batch == 1 ? "one image" : fmt::format("a batch of {}", batch); }

std::string section(const std::string& title, const std::string& body) { return "\n" + wrapped(title, 0) + body; }

std::string accuracy_section(const Report& report) {
  if (!report.inputs.data) return section("Accuracy", wrapped("  not measured: " + report.inputs.no_accuracy, 2));
  const std::string title =
      fmt::format("Accuracy in % of {}; loss = FP32 - machine, paired by image, with its 95 % interval",
                  counted(report.inputs.samples, "sample"));
  return section(title, accuracy_table(report));
}

std::string failures(const Report& report) {
  std::string text;
  for (const Result& result : report.results)
    if (result.error)
      text += wrapped(fmt::format("  {}, batch {}: {}", result.machine, result.batch, *result.error), 4);
  return text.empty() ? "" : section("Failed", text);
}

std::string host_section(const Report& report, const std::string& best) {
  const std::string body = host_table(report);
  if (body.empty()) return "";
  return section("With the host that serves a machine left on during the batch, idle or not" + best, body);
}

std::string normalized_section(const Report& report) {
  if (report.inputs.experiment.normalize == Normalize::kNone) return "";
  return section("As many copies of each as have the " + normalized_by(report) +
                     ", each at work on its own images; the hosts that serve them are "
                     "in none of these figures but the power of what they do",
                 normalized_table(report));
}

std::string energy_sections(const Report& report, std::size_t rows) {
  std::string text;
  for (const std::int64_t batch : report.inputs.experiment.batches)
    text += section("Where the energy of " + batch_text(batch) + " goes, standing power included",
                    energy_table(report, batch, rows));
  return text;
}

std::string common_sections(const Report& report, std::size_t energy_rows) {
  const std::string best = report.inputs.machines.size() > 1 ? "; * is best" : "";
  const std::string against =
      report.inputs.baseline ? "; a ratio above 1 beats " + report.inputs.experiment.baseline : "";
  return heading_text(report.inputs) +
         section("Time and energy of one batch, host memory to host memory" + best + against, cost_table(report)) +
         section("Area and efficiency; a multiply-accumulate is 2 operations" + best, efficiency_table(report)) +
         normalized_section(report) + host_section(report, best) + accuracy_section(report) +
         energy_sections(report, energy_rows) + section("How the latency was found", reading_table(report));
}

}  // namespace

std::string compare_text(const Report& report) {
  return common_sections(report, kFewRows) + failures(report) + section("Notes", notes_text(report));
}

std::string run_text(const Report& report) {
  std::string text = common_sections(report, kAllRows);
  for (const Result& result : report.results) {
    if (result.error) continue;
    const std::string batch = batch_text(result.batch);
    text += section("Layers of " + batch +
                        "; \"adds\": by how much one ends after all before it; energy without standing power",
                    layer_table(result)) +
            section("What works longest in " + batch, busiest_table(result)) +
            section("What is counted in " + batch, count_table(result));
  }
  return text + failures(report) + section("Notes", notes_text(report));
}

}  // namespace cimera::study
