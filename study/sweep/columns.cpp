#include "study/sweep/columns.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"

namespace cimera::study {
namespace {

using Json = nlohmann::ordered_json;
using Kind = SweepColumn::Kind;

Json number(double value) {
  if (!std::isfinite(value)) fail_run("fault in cimera: a result is not finite");
  return value;
}

template <class T>
Json maybe(const std::optional<T>& value) {
  if (!value) return nullptr;
  if constexpr (std::is_same_v<T, double>) return number(*value);
  else return number(value->si());
}

/// A figure of the accuracy; null where none was measured.
template <class Figure>
Json of(const Result& result, Figure figure) {
  return result.accuracy ? Json(figure(*result.accuracy)) : Json(nullptr);
}

Json share(std::int64_t part, std::int64_t all) {
  return all > 0 ? number(static_cast<double>(part) / static_cast<double>(all)) : Json(nullptr);
}

constexpr SweepReading kAccuracy = SweepReading::kAccuracy, kCost = SweepReading::kCost;

const SweepColumn kColumns[] = {
    {"evaluated", Kind::kCount, "", "evaluated samples", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return Json(a.samples); }); }},
    {"draws", Kind::kCount, "", "draws of the devices", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return Json(a.trials); }); }},
    {"reference", Kind::kShare, "", "accuracy in FP32", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.reference); }); }},
    {"quantized", Kind::kShare, "", "accuracy in exact integers", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.quantized); }); }},
    {"device", Kind::kShare, "", "accuracy on the machine", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.device); }); }},
    {"device_std", Kind::kShare, "", "standard deviation of the accuracy over draws", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.device_std); }); }},
    {"loss", Kind::kShare, "", "accuracy lost, FP32 less machine", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.loss); }); }},
    {"loss_ci95_low", Kind::kShare, "", "95 % interval of the loss, lower end", kAccuracy,
     [](const Result& r) {
       return of(r, [](const Accuracy& a) { return a.loss_ci95 ? number(a.loss_ci95->low) : Json(nullptr); });
     }},
    {"loss_ci95_high", Kind::kShare, "", "95 % interval of the loss, upper end", kAccuracy,
     [](const Result& r) {
       return of(r, [](const Accuracy& a) { return a.loss_ci95 ? number(a.loss_ci95->high) : Json(nullptr); });
     }},
    {"output_sqnr_dB", Kind::kNumber, "dB", "signal to error of the machine's outputs", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.output_sqnr_dB); }); }},
    {"quantized_sqnr_dB", Kind::kNumber, "dB", "signal to error of the exact integers' outputs", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.quantized_sqnr_dB); }); }},
    {"token_agreement", Kind::kShare, "", "tokens predicted as by FP32", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.token_agreement); }); }},
    {"perplexity", Kind::kNumber, "", "perplexity on the machine", kAccuracy,
     [](const Result& r) { return of(r, [](const Accuracy& a) { return maybe(a.perplexity); }); }},
    {"clipped_conversions", Kind::kShare, "", "share of conversions that were clipped", kAccuracy,
     [](const Result& r) {
       return of(r, [](const Accuracy& a) { return share(a.clipped_conversions, a.conversions); });
     }},
    {"evaluator", Kind::kText, "", "which reading found the latency", kCost,
     [](const Result& r) { return Json(to_string(r.evaluator)); }},
    {"latency_s", Kind::kNumber, "s", "latency of a batch", kCost,
     [](const Result& r) { return number(r.latency.seconds().si()); }},
    {"throughput_per_s", Kind::kNumber, "1/s", "images per second", kCost,
     [](const Result& r) { return number(r.throughput); }},
    {"energy_J", Kind::kNumber, "J", "energy of a batch", kCost, [](const Result& r) { return maybe(r.energy); }},
    {"power_W", Kind::kNumber, "W", "power", kCost, [](const Result& r) { return maybe(r.power()); }},
    {"area_mm2", Kind::kNumber, "mm2", "area of the machine", kCost,
     [](const Result& r) { return r.area ? number(r.area->si() * 1e6) : Json(nullptr); }},
    {"tops_per_W", Kind::kNumber, "TOPS/W", "operations per joule", kCost,
     [](const Result& r) { return maybe(r.tops_per_watt()); }},
    {"unknown", Kind::kText, "", "components without a known energy", kCost,
     [](const Result& r) {
       return r.unknown.empty() ? Json(nullptr) : Json(fmt::format("{}", fmt::join(r.unknown, " ")));
     }},
};

}  // namespace

std::span<const SweepColumn> column_table() { return kColumns; }

std::vector<const SweepColumn*> columns_of(const std::vector<SweepReading>& readings) {
  std::vector<const SweepColumn*> columns;
  for (const SweepColumn& column : kColumns)
    if (std::ranges::find(readings, column.reading) != readings.end()) columns.push_back(&column);
  return columns;
}

std::vector<std::string> column_names() {
  std::vector<std::string> names{"status", "error"};
  for (const SweepColumn& column : kColumns) names.emplace_back(column.name);
  names.emplace_back("point");
  return names;
}

std::vector<std::string> numeric_columns(const std::vector<SweepReading>& readings) {
  std::vector<std::string> names;
  for (const SweepColumn* column : columns_of(readings))
    if (column->kind != Kind::kText) names.emplace_back(column->name);
  return names;
}

const SweepColumn& column_named(const std::string& name) {
  for (const SweepColumn& column : kColumns)
    if (name == column.name) return column;
  fail_run("fault in cimera: no column '" + name + "'");
}

}  // namespace cimera::study
