#include "study/sweep/sweep.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "study/sweep/columns.h"
#include "study/sweep/evaluator.h"
#include "study/sweep/store.h"

namespace cimera::study {
namespace {

using Json = nlohmann::ordered_json;

/// Points of the shard so that those which share work follow each other.
std::vector<std::size_t> order_of(const Plan& plan, const Shard& shard) {
  std::vector<std::size_t> order;
  std::vector<std::size_t> firsts;  // of the groups of one workload
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    if (!shard.has(i)) continue;
    std::size_t group = 0;
    while (group < firsts.size() && !same_workload(plan.points[firsts[group]].experiment, plan.points[i].experiment))
      ++group;
    if (group == firsts.size()) firsts.push_back(i), groups.emplace_back();
    groups[group].push_back(i);
  }
  for (const std::vector<std::size_t>& group : groups) order.insert(order.end(), group.begin(), group.end());
  return order;
}

Json figures_of(const Plan& plan, const Result& result) {
  Json figures = Json::object();
  for (const SweepColumn* column : columns_of(plan.readings)) figures[column->name] = column->value(result);
  return figures;
}

/// Evaluates one point, with its progress behind its own number.
void evaluate(const Plan& plan, const SweepOptions& options, const PointIdentity& identity, SweepEvaluator& evaluator,
              const Progress& progress, SweepRow& row) {
  PointOutcome outcome{"", Json::object()};
  try {
    const Result result = evaluator.evaluate(progress);
    if (result.error) {
      row.state = PointState::kFailed, row.error = *result.error;
      return;
    }
    outcome.figures = figures_of(plan, result);
    row.state = PointState::kEvaluated;
  } catch (const Error& error) {
    row.error = error.what();
    row.state = error.kind() == Error::Kind::kInput ? PointState::kRefused : PointState::kFailed;
    if (row.state == PointState::kFailed) return;
    outcome.error = row.error;
  }
  row.figures = outcome.figures;
  if (!options.folder.empty()) store_point(options.folder, identity, outcome);
}

void look_up(const PointOutcome& outcome, SweepRow& row) {
  row.state = outcome.error.empty() ? PointState::kFound : PointState::kRefused;
  row.error = outcome.error;
  row.figures = outcome.figures;
}

SweepRow row_of(const Plan& plan, std::size_t point, const SweepOptions& options, SweepEvaluator& evaluator,
                const Progress& progress) {
  SweepRow row;
  row.point = point;
  row.figures = Json::object();
  PointIdentity identity;
  try {
    identity = identity_of(evaluator.prepare(plan.points[point].experiment), plan.readings);
  } catch (const Error& error) {
    row.state = error.kind() == Error::Kind::kInput ? PointState::kRefused : PointState::kFailed;
    row.error = error.what();
    return row;
  }
  row.id = identity.id();
  std::optional<PointOutcome> found;
  if (!options.folder.empty()) found = find_point(options.folder, identity, plan.readings);
  if (found) look_up(*found, row);
  else if (options.evaluate) evaluate(plan, options, identity, evaluator, progress, row);
  return row;
}

}  // namespace

std::int64_t SweepReport::count(PointState state) const { return std::ranges::count(rows, state, &SweepRow::state); }

const SweepRow& SweepReport::first(PointState state) const { return *std::ranges::find(rows, state, &SweepRow::state); }

SweepReport sweep(const Plan& plan, const SweepOptions& options, const Progress& progress) {
  SweepReport report{plan, options.shard, {}};
  const std::vector<std::size_t> order = order_of(plan, options.shard);
  SweepEvaluator evaluator;
  for (std::size_t i = 0; i < order.size(); ++i) {
    Progress own;
    if (progress)
      own = [&](const std::string& what, std::int64_t done, std::int64_t total) {
        progress(fmt::format("point {} of {}, {}", i + 1, order.size(), what), done, total);
      };
    if (progress) progress("points", static_cast<std::int64_t>(i), static_cast<std::int64_t>(order.size()));
    report.rows.push_back(row_of(plan, order[i], options, evaluator, own));
  }
  std::ranges::sort(report.rows, {}, &SweepRow::point);
  const bool whole = report.rows.size() == plan.points.size();
  if (whole && report.count(PointState::kRefused) == std::ssize(report.rows))
    fail_input(fmt::format("{}: every point is refused; the first ({}): {}", plan.file,
                           plan.points[report.rows.front().point].name(plan.axes), report.rows.front().error));
  return report;
}

}  // namespace cimera::study
