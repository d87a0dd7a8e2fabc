#include "study/normalize.h"

#include <algorithm>

#include <fmt/format.h>

#include "study/table_parts.h"
#include "study/text.h"

namespace cimera::study {
namespace {

std::optional<double> size_of(const Result& result, Normalize by) {
  if (by == Normalize::kArea) return result.area ? std::optional(result.area->si()) : std::nullopt;
  const std::optional<Watts> power = result.power();
  return power ? std::optional(power->si()) : std::nullopt;
}

template <Dim D>
std::optional<Quantity<D>> times(const std::optional<Quantity<D>>& value, double factor) {
  return value ? std::optional(*value * factor) : std::nullopt;
}

}  // namespace

void normalize(Normalize by, const std::string& reference, std::vector<Result>& results) {
  if (by == Normalize::kNone) return;
  for (Result& result : results) {
    const auto base = std::ranges::find_if(
        results, [&](const Result& other) { return other.machine == reference && other.batch == result.batch; });
    if (result.error || base == results.end() || base->error) continue;
    const std::optional<double> own = size_of(result, by), wanted = size_of(*base, by);
    if (!own || !wanted || *own == 0.0 || base->throughput == 0.0) continue;
    Normalized normalized;
    normalized.copies = *wanted / *own;
    normalized.throughput = normalized.copies * result.throughput;
    normalized.throughput_ratio = normalized.throughput / base->throughput;
    normalized.area = times(result.area, normalized.copies);
    normalized.power = times(result.power(), normalized.copies);
    result.normalized = normalized;
  }
}

std::string normalized_by(const Report& report) {
  const bool area = report.inputs.experiment.normalize == Normalize::kArea;
  return fmt::format("{} of {}", area ? "area" : "power", report.inputs.reference());
}

std::string normalized_table(const Report& report) {
  TextTable table;
  table.column("machine", TextTable::Align::kLeft);
  for (const char* header : {"batch", "copies", "images/s", "area", "power", "ratio of images/s"}) table.column(header);
  for (const Result* at : by_batch(report)) {
    const Result& r = *at;
    if (r.error) continue;
    std::vector<std::string> row{r.machine, std::to_string(r.batch)};
    if (!r.normalized) {
      row.resize(7, "unknown");
    } else {
      const Normalized& n = *r.normalized;
      for (const std::string& entry :
           {fmt::format("{:.4g}", n.copies), si_text(n.throughput, ""), n.area ? format(*n.area) : "unknown",
            n.power ? format(*n.power) : "unknown", fmt::format("{:.4g}x", n.throughput_ratio)})
        row.push_back(entry);
    }
    table.row(std::move(row));
  }
  return table.str();
}

}  // namespace cimera::study
