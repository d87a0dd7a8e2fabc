// docs/validation.md against the program: each figure in its tables is what the machine files give today, and its
// difference from the published one is what the page says.
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "models/ops/machine.h"
#include "tests/docs/markdown.h"
#include "tests/paths.h"

namespace cimera::docs {
namespace {

/// A figure in the unit that the page uses.
struct Figure {
  double value;
  std::string unit;
};
using Figures = std::map<std::string, Figure>;

constexpr double kMilli = 1e3, kSquareMillimetres = 1e6, kPico = 1e12, kGiga = 1e-9;

Figures isaac_figures() {
  const ops::MachineSpec spec = ops::load_machine("isaac");
  const ops::CrossbarMachine& machine = *spec.crossbar();
  const ops::CrossbarOrganisation& o = machine.organisation;
  const ops::CrossbarPeak peak = ops::peak(machine);
  const double gops = 2 * peak.macs_per_second * kGiga, watts = peak.power.value().si(),
               mm2 = peak.area.value().si() * kSquareMillimetres;

  const ops::LevelCounts levels = machine.levels();
  const ops::PowerTable machine_watts = spec.full_use();
  const auto tiles = static_cast<double>(levels.at("tile"));
  double unit_watts = 0, unit_mm2 = 0, tile_watts = 0, tile_mm2 = 0;  // of a tile, its share of a router included
  Figures figures;
  for (const auto& [name, component] : machine.components) {
    const auto parents = static_cast<double>(levels.at(component.per));
    const double w = machine_watts.at(name).value().si() / parents,
                 a = component.area.value().si() * kSquareMillimetres;
    figures["ISAAC " + name] = {w * parents / peak.macs_per_second * kPico, "pJ"};
    if (component.per == "chip") continue;
    tile_watts += w * parents / tiles, tile_mm2 += a * parents / tiles;
    if (component.per == "ima") unit_watts += w * parents / tiles, unit_mm2 += a * parents / tiles;
  }
  const double cells = tiles * static_cast<double>(o.arrays_per_tile() * o.rows * o.columns);
  const double mebibytes = cells * static_cast<double>(machine.precision.cell_bits) / 8 / (1 << 20);
  figures.merge(Figures{
      {"ISAAC 12 units, power", {unit_watts * kMilli, "mW"}},
      {"ISAAC 12 units, area", {unit_mm2, "mm^2"}},
      {"ISAAC tile, power", {tile_watts * kMilli, "mW"}},
      {"ISAAC tile, area", {tile_mm2, "mm^2"}},
      {"ISAAC chip, power", {watts, "W"}},
      {"ISAAC chip, area", {mm2, "mm^2"}},
      {"ISAAC peak, 16 bits", {gops, "GOPS"}},
      {"ISAAC peak per power", {gops / watts, "GOPS/W"}},
      {"ISAAC peak per area", {gops / mm2, "GOPS/mm^2"}},
      {"ISAAC weights per area", {mebibytes / mm2, "MB/mm^2"}},
      {"ISAAC chip", {peak.per_mac.value().si() * kPico, "pJ"}},
      {"ISAAC all tiles", {tile_watts * tiles / peak.macs_per_second * kPico, "pJ"}},
  });
  return figures;
}

Figures cpu_figures() {
  const ops::MachineSpec spec = ops::load_machine("cpu_ddr4");
  const ops::HostMachine& cpu = *spec.host();
  const double memory = cpu.memory.peak().si() / 8 * kGiga;
  const auto all_cores = [&](const ops::HostCache& cache) {
    return static_cast<double>(cpu.cores.count) * cpu.cores.clock.si() * cache.per_cycle.si() / 8 * kGiga;
  };
  double watts = 0;
  for (const char* name : {"package", "cores", "cores_awake"})
    watts += spec.components().at(name).full_use().value().si();
  return {{"cpu_ddr4 peak, FP32", {cpu.peak_flops() * kGiga, "GFLOP/s"}},
          {"cpu_ddr4 memory, peak", {memory, "GB/s"}},
          {"cpu_ddr4 memory, streaming reads", {memory * cpu.memory.efficiency, "GB/s"}},
          {"cpu_ddr4 L1 loads, 18 cores", {all_cores(cpu.l1), "GB/s"}},
          {"cpu_ddr4 L2 loads, 18 cores", {all_cores(cpu.l2), "GB/s"}},
          {"cpu_ddr4 L3 loads, 18 cores", {all_cores(cpu.l3), "GB/s"}},
          {"cpu_ddr4 package, all cores busy", {watts, "W"}},
          {"cpu_ddr4 die", {spec.area().value().si() * kSquareMillimetres, "mm^2"}}};
}

std::string printed(const Figure& figure) { return fmt::format("{:.5g} {}", figure.value, figure.unit); }

std::string difference(const Figure& figure, const std::string& published) {
  const std::string text = fmt::format("{:+.2f} %", 100 * (figure.value / std::atof(published.c_str()) - 1));
  return text.substr(1) == "0.00 %" ? "0.00 %" : text;
}

const std::filesystem::path kPage = std::filesystem::path(CIMERA_SOURCE_DIR) / "docs/validation.md";

/// CIMERA_RENEW_DOCS=1 in the environment: writes the figures of today into the page, to be read as a diff.
void renew(const Figures& figures) {
  std::vector<std::string> lines = lines_of(read_whole(kPage));
  for (Row& row : table_rows(read_whole(kPage))) {
    const auto figure = figures.find(row.cells[0]);
    if (figure == figures.end() || row.cells.size() < 4) continue;
    row.cells[2] = printed(figure->second);
    row.cells[3] = difference(figure->second, row.cells[1]);
    lines.at(static_cast<std::size_t>(row.line - 1)) = fmt::format("| {} |", fmt::join(row.cells, " | "));
  }
  write_whole(std::filesystem::canonical(kPage), fmt::format("{}\n", fmt::join(lines, "\n")));
}

// A row of the page: figure, published, cimera, difference, and what else there is to say.
void expect_rows(const Figures& figures, const std::string& prefix, std::size_t least) {
  std::map<std::string, int> seen;
  for (const Row& row : table_rows(read_whole(kPage))) {
    if (row.cells.empty() || !row.cells[0].starts_with(prefix)) continue;
    SCOPED_TRACE(fmt::format("docs/validation.md:{}: {}", row.line, row.cells[0]));
    ASSERT_GE(row.cells.size(), 4u);
    const auto figure = figures.find(row.cells[0]);
    ASSERT_NE(figure, figures.end()) << "the test computes no such figure";
    ++seen[row.cells[0]];
    EXPECT_TRUE(row.cells[1].ends_with(" " + figure->second.unit)) << "published: " << row.cells[1];
    EXPECT_EQ(row.cells[2], printed(figure->second));
    EXPECT_EQ(row.cells[3], difference(figure->second, row.cells[1]));
  }
  for (const auto& [name, count] : seen) EXPECT_EQ(count, 1) << name;
  EXPECT_GE(seen.size(), least);
  if (std::getenv("CIMERA_RENEW_DOCS") != nullptr) renew(figures);
}

TEST(Validation, IsaacFiguresAreTodays) { expect_rows(isaac_figures(), "ISAAC ", 20); }

TEST(Validation, ProcessorFiguresAreTodays) { expect_rows(cpu_figures(), "cpu_ddr4 ", cpu_figures().size()); }

}  // namespace
}  // namespace cimera::docs
