// Every kind of cell and every file of the catalog.
#include "devices/table.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/yaml.h"
#include "devices/catalog.h"
#include "devices/reram.h"
#include "devices/sram_charge.h"
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
    if (field.path != "description" && field.path != "program_error" && field.path != "charge" &&
        field.value != "unknown") {
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
    EXPECT_GT(figures.t_write->fs(), 0);
  }
  if (figures.area_f2) {
    EXPECT_GE(*figures.area_f2, 1.0);
  }
  ASSERT_EQ(figures.g_off.has_value(), figures.g_on.has_value());
  ASSERT_EQ(figures.g_on.has_value(), cell.kind != "sram_charge");
  if (!figures.g_on) return;
  EXPECT_GT(figures.g_off->si(), 0.0);
  EXPECT_LT(*figures.g_off, *figures.g_on);
}

/// What a cell stores agrees with its file: levels, and an error that is given to it.
TEST_P(CellCatalog, ProgramsAsItsFileSays) {
  if (load().kind == "sram_charge") {
    const Cell cell = load({"charge=unsigned", "sigma_capacitor=0.1"});
    EXPECT_EQ(cell.model->max_levels(), 2);
    const Sample sample = sample_level(*cell.model, 2, 1);
    EXPECT_NEAR(sample.mean, 1.0, sample.mean_bound());
    EXPECT_NEAR(sample.deviation, 0.1, sample.deviation_bound());
    return;
  }
  const Cell ideal = load({"max_levels=2", "sigma_program=0"});
  ASSERT_TRUE(ideal.model->ideal());
  EXPECT_EQ(ideal.model->max_levels(), 2);
  const Cell cell = load({"max_levels=4", "sigma_program=0.1"});
  const auto* reram = dynamic_cast<const Reram*>(cell.model.get());
  ASSERT_NE(reram, nullptr) << "a new kind of cell: say here what its spread should be";
  EXPECT_LT(1.0 / reram->params().r_off, 1.0 / reram->params().r_on);  // g_off < g_on
  const double off = 3.0 / (reram->params().r_off / reram->params().r_on - 1.0);
  for (const int level : {0, 1, 2, 3}) {
    const Sample sample = sample_level(*cell.model, 4, level);
    EXPECT_NEAR(sample.mean, level, sample.mean_bound());
    const bool proportional = reram->params().program_error == ProgramError::kProportional;
    EXPECT_NEAR(sample.deviation, 0.1 * (proportional ? level + off : 3.0), sample.deviation_bound());
  }
}

TEST_P(CellCatalog, EqualStreamsGiveEqualBits) {
  const std::string error = load().kind == "sram_charge" ? "sigma_capacitor=0.1" : "sigma_program=0.1";
  const Cell one = load({error}), other = load({error});
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
  EXPECT_EQ(dynamic_cast<const Reram&>(*cimloop.model).params().r_on.si(), 1333.0);
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
  EXPECT_THAT(refusal("r_on: 1 kOhm\n"),
              AllOf(HasSubstr("x.yaml"), HasSubstr("needs 'kind', one of: reram, sram_charge")));
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
