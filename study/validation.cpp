#include "study/validation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"
#include "core/resources.h"
#include "core/yaml.h"
#include "models/ops/machine.h"

namespace cimera::study {
namespace {

constexpr const char* kFolder = "models/validation";

/// One row's machine at full use.
class FullUse {
 public:
  FullUse(const ValidationFile& file, const PublishedFigure& row) : file_(file), row_(row) {
    std::vector<std::string> overrides = file.set;
    overrides.insert(overrides.end(), row.set.begin(), row.set.end());
    spec_ = ops::load_machine(file.machine, overrides);
    if (spec_.crossbar() == nullptr) fail("is not a crossbar machine");
    peak_ = ops::peak(*spec_.crossbar());
    check();
  }

  double value() const {
    const double ops = 2 * peak_.macs_per_second;
    switch (row_.quantity) {
      case Quantity::kTops:
        return ops / 1e12;
      case Quantity::kTopsPerWatt:
        return ops / watts() / 1e12;
      case Quantity::kTopsPerMm2:
        return ops / (square_metres() * 1e6) / 1e12;
      case Quantity::kFemtojoulesPerOp:
        return watts() / ops * 1e15;
      case Quantity::kPicojoulesPerMac:
        return watts() / peak_.macs_per_second * 1e12;
      case Quantity::kPicojoules:
        return picojoules();
      case Quantity::kWatts:
        return watts() / parents();
      case Quantity::kMm2:
        return square_metres() * 1e6 / parents();
    }
    return 0;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    fail_input({std::string(kFolder) + "/" + file_.machine + ".yaml"},
               fmt::format("row '{}': {} {}", row_.id, file_.machine, what));
  }

  void check() const {
    std::vector<std::string> names;
    for (const auto& [name, row] : spec_.components()) names.push_back(name);
    for (const std::string& name : row_.components)
      if (!spec_.components().contains(name)) fail("has no such part: " + unknown_name("component", name, names));
    std::vector<std::string> levels = row_.levels;
    if (!row_.per.empty()) levels.push_back(row_.per);
    for (const std::string& level : levels)
      if (!spec_.levels().contains(level)) fail("has no level '" + level + "'");
  }

  bool meant(const std::string& name, const ops::Component& row) const {
    const auto in = [](const std::vector<std::string>& list, const std::string& text) {
      return std::find(list.begin(), list.end(), text) != list.end();
    };
    return (row_.components.empty() || in(row_.components, name)) && (row_.levels.empty() || in(row_.levels, row.per));
  }

  double parents() const { return row_.per.empty() ? 1.0 : static_cast<double>(spec_.levels().at(row_.per)); }

  double watts() const {
    double sum = 0;
    for (const auto& [name, watts] : spec_.full_use()) {
      if (!meant(name, spec_.components().at(name))) continue;
      if (!watts) fail("does not know the power of " + name);
      sum += watts->si();
    }
    return sum;
  }

  double square_metres() const {
    double sum = 0;
    for (const auto& [name, row] : spec_.components()) {
      if (!meant(name, row) || row.off_chip) continue;
      if (!row.area) fail("does not know the area of " + name);
      sum += row.area->si() * static_cast<double>(spec_.levels().at(row.per));
    }
    return sum;
  }

  double picojoules() const {
    double sum = 0;
    for (const auto& [name, row] : spec_.components()) {
      if (!meant(name, row)) continue;
      if (!row.event_energy()) fail("does not know the energy of an event of " + name);
      sum += row.event_energy()->si() * 1e12;
    }
    return sum;
  }

  const ValidationFile& file_;
  const PublishedFigure& row_;
  ops::MachineSpec spec_;
  ops::CrossbarPeak peak_;
};

const FieldInfo& field(const std::vector<FieldInfo>& fields, const std::string& path, const std::string& file) {
  for (const FieldInfo& info : fields)
    if (info.path == path) return info;
  fail_input({file}, fmt::format("fitted: the machine has no parameter '{}'", path));
}

/// That what a file calls fitted is what its machine has, and that the rows exist and say so.
void check_fits(const ValidationFile& file, const std::string& where) {
  const ops::MachineSpec machine = ops::load_machine(file.machine);
  for (const FittedParameter& fit : file.fitted) {
    const FieldInfo& actual = field(machine.fields, fit.parameter, where);
    const double value = parse_quantity(fit.value, actual.dim, {where}, fit.parameter);
    if (!actual.number || std::abs(*actual.number / value - 1) > 1e-9)
      fail_input({where},
                 fmt::format("fitted: {} = {}, but {} has {}", fit.parameter, fit.value, file.machine, actual.value));
    for (const std::string& id : fit.rows) {
      const auto row = std::ranges::find(file.rows, id, &PublishedFigure::id);
      if (row == file.rows.end()) fail_input({where}, fmt::format("fitted: no row '{}'", id));
      if (row->standing.value_or(file.standing) != Standing::kFitted)
        fail_input({where}, fmt::format("row '{}': {} was fitted to it, so its status is fitted", id, fit.parameter));
    }
  }
}

std::string name_of(Quantity quantity) {
  for (const auto& [name, value] : enum_names(static_cast<const Quantity*>(nullptr)))
    if (value == quantity) return name;
  return "";
}

std::string source_of(const std::vector<FieldInfo>& fields, std::size_t row) {
  return field(fields, fmt::format("rows.{}.published", row), kFolder).source;
}

}  // namespace

bool ValidationRow::inside() const { return standing == Standing::kUnverified || std::abs(error()) <= tolerance; }

std::vector<std::string> Validation::outside() const {
  std::vector<std::string> ids;
  for (const ValidationRow& row : rows)
    if (!row.inside()) ids.push_back(row.machine + ": " + row.id);
  return ids;
}

Validation::Spread Validation::held_out() const {
  Spread spread;
  for (const ValidationRow& row : rows) {
    if (row.standing != Standing::kHeldOut) continue;
    ++spread.rows;
    spread.mean += std::abs(row.error());
    spread.largest = std::max(spread.largest, std::abs(row.error()));
  }
  if (spread.rows > 0) spread.mean /= spread.rows;
  return spread;
}

std::vector<std::string> validation_names() { return catalog_names(kFolder); }

Validation validate(const std::vector<std::string>& names) {
  Validation validation;
  for (const std::string& name : names.empty() ? validation_names() : names) {
    const std::filesystem::path path =
        name.ends_with(".yaml") ? std::filesystem::path(name) : catalog_file(kFolder, "validation", name);
    const Loaded<ValidationFile> loaded = load<ValidationFile>(read_document(path, {}, {}));
    const ValidationFile& file = loaded.value;
    check_fits(file, path.string());
    std::set<std::string> ids;
    for (std::size_t i = 0; i < file.rows.size(); ++i) {
      const PublishedFigure& row = file.rows[i];
      if (!ids.insert(row.id).second) fail_input({path.string()}, fmt::format("two rows are called '{}'", row.id));
      validation.rows.push_back({.id = row.id,
                                 .machine = file.machine,
                                 .quantity = name_of(row.quantity),
                                 .published = row.published,
                                 .ours = FullUse(file, row).value(),
                                 .tolerance = row.tolerance.value_or(file.tolerance),
                                 .standing = row.standing.value_or(file.standing),
                                 .note = row.note,
                                 .source = source_of(loaded.fields, i)});
    }
    validation.files.push_back(file);
  }
  return validation;
}

}  // namespace cimera::study
