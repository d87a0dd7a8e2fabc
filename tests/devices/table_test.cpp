// Every kind of cell and every file of the catalog.
#include "devices/table.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/yaml.h"
#include "devices/catalog.h"
#include "devices/level_scale.h"
#include "devices/resistive_cell.h"
#include "tests/devices/cell_statistics.h"
#include "tests/paths.h"

namespace cimera::devices {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::filesystem::path kCatalog = std::filesystem::path(CIMERA_SOURCE_DIR) / "devices/catalog";

TEST(CellKinds, AreDocumentedAndNamedOnce) {
  std::set<std::string> names;
  for (const CellKind& kind : cell_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_FALSE(kind.table().empty()) << kind.name;
    for (const FieldInfo& field : kind.table()) {
      EXPECT_GE(field.meaning.size(), 10u) << kind.name << "." << field.path;
      EXPECT_FALSE(field.kind.empty()) << kind.name << "." << field.path;
    }
  }
}

class CellCatalog : public testing::TestWithParam<std::string> {
 protected:
  Cell load(const std::vector<std::string>& overrides = {}) const { return load_cell(kCatalog, GetParam(), overrides); }
};

TEST_P(CellCatalog, EveryFigureHasItsSource) {
  const Cell cell = load();
  for (const FieldInfo& field : cell.fields) {
    EXPECT_FALSE(field.value.empty()) << field.path;
    if (field.number && field.value != "unknown") {
      EXPECT_GE(field.source.size(), 10u) << field.path << " = " << field.value;
    }
  }
}

TEST_P(CellCatalog, FiguresArePhysical) {
  const Cell cell = load();
  const CellFigures figures = cell.model->figures();
  if (figures.v_read && figures.t_read) {
    EXPECT_GT(figures.v_read->si(), 0.0);
    EXPECT_GT(figures.t_read->fs(), 0);
  }
  if (figures.write_energy) {
    EXPECT_GT(figures.write_energy->si(), 0.0);
  }
  if (figures.area_f2) {
    EXPECT_GE(*figures.area_f2, 1.0);
  }
  ASSERT_EQ(figures.g_off.has_value(), figures.g_on.has_value());
  ASSERT_EQ(figures.g_on.has_value(), !cell.kind.starts_with("sram"));
  if (!figures.g_on) return;
  EXPECT_GT(figures.g_off->si(), 0.0);
  EXPECT_LT(*figures.g_off, *figures.g_on);
}

/// What is to be tested of a cell: as its file has it, with what is unknown filled in and without stuck cells.
std::vector<std::string> testable(const Cell& cell) {
  std::vector<std::string> overrides;
  for (const FieldInfo& field : cell.fields) {
    if (field.path == "max_levels" && field.value == "unknown") overrides.push_back("max_levels=4");
    if (field.path == "sigma_program" && field.value == "unknown") overrides.push_back("sigma_program=0.1");
    if (field.path.starts_with("stuck.") && field.number != 0.0) overrides.push_back(field.path + "=0");
  }
  return overrides;
}

/// Mean and spread of programmed cells are those of the cell's own law; of a few levels from the lowest to the highest.
TEST_P(CellCatalog, ProgramsAsItsFileSays) {
  const Cell cell = load(testable(load()));
  const auto* resistive = dynamic_cast<const ResistiveCell*>(cell.model.get());
  const int level_count = std::min(cell.model->max_levels(), 16);
  for (int level = 0; level<level_count; level += level_count> 4 ? 5 : 1) {
    const Sample sample = sample_level(*cell.model, level_count, level);
    if (cell.kind.starts_with("sram")) {
      EXPECT_EQ(sample.mean, level);
      EXPECT_EQ(sample.deviation, 0.0);
      continue;
    }
    ASSERT_NE(resistive, nullptr) << "a new kind of cell: say here what its spread should be";
    const LevelScale scale = level_scale(cell.model->figures(), level_count);
    const Siemens g = scale.conductance(level);
    const Variation variation = resistive->params().variation.value_or(Variation());
    ASSERT_EQ(variation.device_to_device, 0.0) << "say here what it does to the spread";
    const double cycle = variation.cycle_to_cycle * (level_count - 1), one = resistive->sigma(g) / scale.step;
    const Clipped expected(resistive->mean(g) / scale.step, std::hypot(cycle, one));
    EXPECT_NEAR(sample.mean, scale.level(scale.step * expected.mean), sample.mean_bound() + 1e-6) << level;
    EXPECT_NEAR(sample.deviation, expected.deviation, sample.deviation_bound() + 1e-6) << level;
  }
}

/// Noise of reads is what the file says at every effective level, and reads of a noisy cell have that spread.
TEST_P(CellCatalog, IsReadAsItsFileSays) {
  const Cell cell = load(testable(load()));
  const int level_count = std::min(cell.model->max_levels(), 16);
  const std::vector<float> effective = {0.0f, 0.5f, 1.0f, static_cast<float>(level_count - 1)};
  std::vector<float> sigma(4, 9.0f);
  cell.model->read_sigma(level_count, effective, sigma);
  const bool noisy = cell.model->read_noise() != ReadNoise::kNone;
  EXPECT_EQ(cell.model->read_octaves() > 0, cell.model->read_noise() == ReadNoise::kFlicker);
  for (std::size_t i = 0; i < sigma.size(); ++i) {
    EXPECT_EQ(sigma[i] > 0.0f, noisy) << i;
    if (!noisy) continue;
    const LevelScale scale = level_scale(cell.model->figures(), level_count);
    const auto& resistive = dynamic_cast<const ResistiveCell&>(*cell.model);
    EXPECT_NEAR(scale.step.si() * sigma[i], resistive.read_sigma(scale.conductance(effective[i])).si(),
                1e-6 * scale.step.si());
  }
}

/// Errors may leave a cell without any conductance: it is read all the same, and so is one far above the highest level.
TEST_P(CellCatalog, IsReadWhereverErrorsPutIt) {
  const Cell cell = load(testable(load()));
  const CellFigures figures = cell.model->figures();
  if (!figures.g_on) return;
  const LevelScale scale = level_scale(figures, 2);
  const std::vector<float> effective = {static_cast<float>(scale.level(Siemens::si(0))), 3.0f};
  std::vector<float> sigma(2);
  cell.model->read_sigma(2, effective, sigma);
  for (const float s : sigma) EXPECT_TRUE(std::isfinite(s) && s >= 0.0f) << s;
  for (const double g : {0.0, 3 * figures.g_on->si()}) {
    const CubicCurrent current = cell.model->cubic(Siemens::si(g));
    EXPECT_TRUE(std::isfinite(current.a2) && std::isfinite(current.a3));
  }
}

TEST_P(CellCatalog, WithoutErrorsItIsExact) {
  std::vector<std::string> overrides = testable(load());
  const Cell given = load(overrides);
  overrides.push_back(given.kind == "sram_charge" ? "sigma_capacitor=0" : "sigma_program=0");
  if (given.kind == "sram") overrides.pop_back();
  if (const auto* resistive = dynamic_cast<const ResistiveCell*>(given.model.get()))
    if (resistive->params().variation) overrides.push_back("variation.cycle_to_cycle=0");
  const Cell cell = load(overrides);
  ASSERT_TRUE(cell.model->ideal());
  const std::vector<std::uint8_t> levels = {0, 1, 1, 0};
  std::vector<float> effective(4);
  const Programming took = cell.model->program(2, levels, effective, test_stream(), {});
  EXPECT_EQ(effective, std::vector<float>({0, 1, 1, 0}));
  EXPECT_EQ(took.pulses, 4);
  EXPECT_EQ(took.longest, 1);
}

TEST_P(CellCatalog, EqualStreamsGiveEqualBits) {
  const std::vector<std::string> overrides = testable(load());
  const Cell one = load(overrides), other = load(overrides);
  const std::vector<std::uint8_t> levels(64, 1);
  std::vector<float> a(64), b(64);
  one.model->program(2, levels, a, test_stream(), {1, 2, 3});
  other.model->program(2, levels, b, test_stream(), {1, 2, 3});
  EXPECT_EQ(a, b);
}

INSTANTIATE_TEST_SUITE_P(Files, CellCatalog, testing::ValuesIn(cell_names(kCatalog)),
                         [](const auto& info) { return info.param; });

TEST(CellCatalogFiles, IsaacByHand) {
  const Cell isaac = load_cell(kCatalog, "reram_isaac");
  EXPECT_EQ(isaac.kind, "reram");
  EXPECT_EQ(isaac.model->max_levels(), 4);
  EXPECT_TRUE(isaac.model->ideal());
  EXPECT_EQ(*isaac.model->figures().t_write, Duration::from(Seconds::si(40e-9)));
  EXPECT_NEAR(isaac.model->figures().write_energy->si(), 80e-12, 1e-18);  // (2 V)^2 / 2 kOhm x 40 ns
  const Cell cimloop = load_cell(kCatalog, "reram_isaac_cimloop");
  EXPECT_EQ(cimloop.model->max_levels(), 4);  // from its base
  EXPECT_EQ(dynamic_cast<const ResistiveCell&>(*cimloop.model).params().r_on.si(), 1333.0);
}

std::string refusal(const std::string& text) {
  try {
    make_cell(parse_yaml(text, "x.yaml"));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::Kind::kInput);
    return error.what();
  }
  return "no error";
}

TEST(CellCatalogFiles, WrongFilesAreRefused) {
  const std::string rest =
      "description: x\nmax_levels: 2 @ s\nsigma_program: 0 @ s\nt_read: unknown\nv_write: unknown\nt_write: unknown\n"
      "area_f2: unknown\nendurance: unknown\nsources: {s: \"a source of ours\"}\n";
  const std::string good = "kind: reram\nr_on: 1 kOhm @ s\nr_off: 9 kOhm @ s\nv_read: unknown\n" + rest;
  EXPECT_EQ(refusal(good), "no error");
  EXPECT_THAT(refusal("r_on: 1 kOhm\n"), AllOf(HasSubstr("x.yaml"), HasSubstr("needs 'kind', one of: reram, pcm")));
  EXPECT_THAT(refusal("kind: rerm\n"), AllOf(HasSubstr("x.yaml:1"), HasSubstr("did you mean 'reram'")));
  EXPECT_THAT(refusal("kind: reram\nr_on: 9 kOhm @ s\nr_off: 9 kOhm @ s\nv_read: unknown\n" + rest),
              HasSubstr("r_on must be below r_off"));
  EXPECT_THAT(refusal("kind: reram\nr_on: 1 kOhm @ s\nr_off: 9 kOhm @ s\nv_read: 0.2 A @ s\n" + rest),
              AllOf(HasSubstr("x.yaml:4"), HasSubstr("v_read"), HasSubstr("voltage")));
  EXPECT_THAT(refusal("kind: reram\nr_on: 1 kOhm\nr_off: 9 kOhm @ s\nv_read: unknown\n" + rest), HasSubstr("r_on"));
}

TEST(CellCatalogFiles, UnknownNamesAreRefusedWithTheNearest) {
  try {
    load_cell(kCatalog, "reram_isac");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("unknown device 'reram_isac'"), HasSubstr("'reram_isaac'")));
  }
  EXPECT_THROW(cell_names(kCatalog / "nowhere"), Error);
}

}  // namespace
}  // namespace cimera::devices
