// cimera sweep.
#include "study/sweep/sweep.h"

#include <charconv>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "apps/command.h"
#include "apps/experiment_arguments.h"
#include "core/error.h"
#include "study/output.h"
#include "study/progress_line.h"
#include "study/sweep/figure.h"
#include "study/sweep/table.h"

namespace cimera::apps {
namespace {

using study::PointState;

/// Options that give a file what it leaves open, and the keys that they are.
constexpr const char* kFillings[][2] = {{"network", "network"}, {"data", "data"},       {"calibrate", "calibrate"},
                                        {"machine", "machine"}, {"samples", "samples"}, {"trials", "trials"},
                                        {"seed", "seed"},       {"bits", "bits"},       {"fidelity", "fidelity"}};

/// "2/8": the second of eight parts.
study::Shard read_shard(const std::string& text) {
  study::Shard shard;
  const char* end = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), end, shard.part);
  bool right = error == std::errc() && slash != end && *slash == '/';
  if (right) {
    const auto [rest, wrong] = std::from_chars(slash + 1, end, shard.parts);
    right = wrong == std::errc() && rest == end;
  }
  if (!right || shard.part < 1 || shard.part > shard.parts)
    fail_input({"--shard"}, fmt::format("'{}': expected i/n with 1 <= i <= n, such as 2/8", text));
  return shard;
}

study::SweepOptions options_from(const Arguments& arguments) {
  study::SweepOptions options;
  if (arguments.has("out")) {
    options.folder = arguments.text("out");
    study::check_output(options.folder);
  }
  options.evaluate = !arguments.has("merge");
  if (arguments.has("shard")) options.shard = read_shard(arguments.text("shard"));
  for (const char* option : {"shard", "merge"})
    if (arguments.has(option) && !arguments.has("out"))
      fail_input({fmt::format("--{}", option)}, "parts meet in a folder: --out DIR");
  if (arguments.has("shard") && arguments.has("merge"))
    fail_input({"--merge"}, "it puts all parts together; leave --shard out");
  return options;
}

void refuse_missing(const study::SweepReport& report, const std::string& folder) {
  const std::int64_t missing = report.count(PointState::kMissing);
  if (missing == 0) return;
  const study::SweepRow& first = report.first(PointState::kMissing);
  fail_input({"--merge"},
             fmt::format("{} of {} points are missing in {}; the first is {}. Without --merge, `cimera sweep` "
                         "evaluates them",
                         missing, report.rows.size(), folder, report.plan.points[first.point].name(report.plan.axes)));
}

/// Points that were refused or failed are rows of the results; the exit code says that there are some.
void fail_with(const study::SweepReport& report) {
  for (const PointState state : {PointState::kFailed, PointState::kRefused}) {
    const std::int64_t count = report.count(state);
    if (count == 0) continue;
    const study::SweepRow& row = report.first(state);
    const bool failed = state == PointState::kFailed;
    const std::string text = fmt::format("{} of {} points {}; the first ({}): {}", count, report.rows.size(),
                                         failed ? "failed" : "were refused",
                                         report.plan.points[row.point].name(report.plan.axes), row.error);
    if (failed) fail_run(text);
    fail_input({report.plan.file}, text);
  }
}

}  // namespace

void run_sweep(const Arguments& arguments) {
  std::vector<study::Filling> fillings;
  for (const auto& [option, key] : kFillings)
    if (arguments.has(option)) fillings.push_back({key, fmt::format("--{}", option), arguments.text(option)});
  set_threads_from(arguments);
  const study::SweepOptions options = options_from(arguments);
  const study::Plan plan = study::load_plan(arguments.operand(0), fillings);
  study::SweepReport report;
  {
    study::ProgressLine line(STDERR_FILENO);
    report = study::sweep(plan, options, line.progress());
  }
  refuse_missing(report, options.folder.string());
  const std::string printed = arguments.has("json") ? sweep_json(report) : sweep_text(report);
  std::fwrite(printed.data(), 1, printed.size(), stdout);
  if (!options.folder.empty() && options.shard.parts == 1 && report.count(PointState::kFailed) == 0) {
    const study::SweepTable table = study::sweep_table(report);
    study::Files files{{"results.csv", sweep_csv(table)}, {"results.sqlite", sweep_sqlite(table, plan)}};
    if (plan.plot) files["figure.svg"] = lines_svg(sweep_figure(report));
    study::write_folder(files, options.folder);
  }
  fail_with(report);
}

}  // namespace cimera::apps
