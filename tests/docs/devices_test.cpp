// docs/devices.md: its figures are what the program draws today, and its table is the catalog.
//
// CIMERA_RENEW_DOCS=1 in the environment writes both anew.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "devices/catalog.h"
#include "devices/resistive_cell.h"
#include "study/catalogs.h"
#include "study/device_plot/device_svg.h"
#include "tests/paths.h"

namespace cimera::docs {
namespace {

namespace fs = std::filesystem;
using namespace literals;

const fs::path kRoot = CIMERA_SOURCE_DIR;
const fs::path kPage = kRoot / "docs/devices.md", kFigures = kRoot / "docs/figures/devices";

struct Figure {
  std::string file, device;
  std::vector<std::string> set;
};

std::vector<Figure> figures() {
  const std::string levels = "max_levels=16";
  std::vector<Figure> all = {
      {"error_proportional", "reram_isaac", {levels, "sigma_program=0.1"}},
      {"error_range", "reram_isaac", {levels, "sigma_program=0.04", "program_error=range"}},
      {"variation",
       "reram_isaac",
       {levels, "sigma_program=0.1", "variation.device_to_device=0.05", "variation.cycle_to_cycle=0.02"}},
      {"stuck", "reram_isaac", {levels, "sigma_program=0.05", "stuck.on=0.01", "stuck.off=0.02"}},
      {"write_verify",
       "reram_isaac",
       {levels, "sigma_program=0.1", "write_verify.tolerance=0.05", "write_verify.max_pulses=50"}},
  };
  for (const std::string& name : study::device_names()) {
    const devices::Cell cell = devices::load_cell(name);
    const auto* model = dynamic_cast<const devices::ResistiveCell*>(cell.model.get());
    if (model != nullptr && model->params().program_error == devices::ErrorOf::kLaw) all.push_back({name, name, {}});
  }
  return all;
}

bool renewing() { return std::getenv("CIMERA_RENEW_DOCS") != nullptr; }

void expect_same(const fs::path& file, const std::string& today) {
  const std::string now = fs::exists(file) ? read_whole(file) : "";
  if (now == today) return;
  if (renewing()) {
    fs::create_directories(file.parent_path());
    write_whole(file, today);
    return;
  }
  ADD_FAILURE() << file << " is not what is drawn today; CIMERA_RENEW_DOCS=1 " << CIMERA_BINARY_DIR
                << "/tests/docs_test renews it";
}

TEST(DevicesPage, FiguresAreWhatIsDrawnToday) {
  const std::string page = read_whole(kPage);
  std::set<std::string> files;
  for (const Figure& figure : figures()) {
    files.insert(figure.file + ".svg");
    expect_same(kFigures / (figure.file + ".svg"),
                study::device_svg(figure.device, devices::load_cell(figure.device, figure.set)));
    EXPECT_NE(page.find("figures/devices/" + figure.file + ".svg"), std::string::npos)
        << "docs/devices.md does not show " << figure.file;
  }
  for (const auto& entry : fs::directory_iterator(kFigures))
    EXPECT_TRUE(files.contains(entry.path().filename())) << entry.path() << " is nobody's figure";
}

/// Four digits at most, with its unit.
std::string conductance(Siemens g) { return g < Siemens::si(1e-11) ? "0" : format(g); }

std::string relative(Siemens sigma, Siemens range) { return fmt::format("{:.3g} %", 100 * (sigma / range)); }

std::string row(const std::string& name) {
  const devices::Cell cell = devices::load_cell(name);
  const devices::CellFigures f = cell.model->figures();
  const auto* model = dynamic_cast<const devices::ResistiveCell*>(cell.model.get());
  std::string range, levels = "2", error, reads, time, description;
  for (const FieldInfo& field : cell.fields)
    if (field.path == "description") description = field.value;
  if (model != nullptr) {
    const devices::ResistiveParams& p = model->params();
    const Siemens middle = (p.g_on() + p.g_off()) / 2, width = p.g_on() - p.g_off();
    range = conductance(p.g_off()) + " to " + conductance(p.g_on());
    levels = p.max_levels ? std::to_string(*p.max_levels) : "?";
    const devices::Variation variation = p.variation.value_or(devices::Variation());
    const double others = std::hypot(variation.device_to_device * (middle / width), variation.cycle_to_cycle);
    error = p.sigma_program ? relative(width * std::hypot(model->sigma(middle) / width, others), width) : "?";
    if (model->read_noise() != devices::ReadNoise::kNone) {
      reads = relative(model->read_sigma(middle), width);
      if (model->read_noise() == devices::ReadNoise::kFlicker) reads += ", 1/f";
    }
    if (p.drift) time = "drift";
    if (p.relaxation) time = "relaxation";
    if (p.programming && p.programming->laws.size() > 1) time = std::to_string(p.programming->laws.size()) + " ages";
  }
  const std::string area = f.area_f2 ? fmt::format("{:.5g}", *f.area_f2) : "?";
  return fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", name, description, range, levels, error, reads,
                     time, area);
}

TEST(DevicesPage, TableIsTheCatalog) {
  const std::string begin = "<!-- cells: renewed by tests/docs -->\n", end = "<!-- end of cells -->\n";
  const std::string page = read_whole(kPage);
  const std::size_t from = page.find(begin), to = page.find(end);
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos && from < to);
  std::string table =
      "\n| name | cell | conductance | levels | error | reads | time | F^2 |\n|---|---|---|---|---|---|---|---|\n";
  for (const std::string& name : study::device_names()) table += row(name);
  expect_same(kPage, page.substr(0, from + begin.size()) + table + "\n" + page.substr(to));
}

}  // namespace
}  // namespace cimera::docs
