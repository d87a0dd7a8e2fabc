#include "core/schema.h"

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/yaml.h"
#include "tests/core/error_text.h"

namespace cimera::lab {
namespace {

using namespace literals;

enum class Rounding { kNearest, kFloor };
EnumNames<Rounding> enum_names(const Rounding*) {
  return {{"nearest", Rounding::kNearest}, {"floor", Rounding::kFloor}};
}

struct Adc {
  std::int64_t bits = 0;
  Watts power;
  Rounding rounding = Rounding::kNearest;
};
Schema<Adc> schema(const Adc*) {
  return Schema<Adc>("adc", "an analog-to-digital converter")
      .need("bits", &Adc::bits, "resolution")
      .range(1, 16)
      .need("power", &Adc::power, "power when converting")
      .positive()
      .opt("rounding", &Adc::rounding, "how a sample becomes a code", "every converter here rounds");
}

struct Cell {
  Ohms r_on, r_off;
  std::optional<Volts> v_read;
  double drift = 0.05;
};
Schema<Cell> schema(const Cell*) {
  return Schema<Cell>("reram", "a filamentary cell")
      .need("r_on", &Cell::r_on, "resistance when on")
      .range(100_Ohm, 1_MOhm)
      .need("r_off", &Cell::r_off, "resistance when off")
      .at_least(100_Ohm)
      .need("v_read", &Cell::v_read, "read voltage")
      .range(1_mV, 5_V)
      .opt("drift", &Cell::drift, "exponent of the drift law", "no drift is assumed")
      .range(0, 0.2)
      .check("r_on must be below r_off", [](const Cell& c) { return c.r_on < c.r_off; });
}

struct Machine {
  std::string name;
  Cell cell;
  std::map<std::string, Adc> adcs;
  std::vector<Adc> stages;
  std::optional<Adc> spare;
};
Schema<Machine> schema(const Machine*) {
  return Schema<Machine>("machine", "a test machine")
      .need("name", &Machine::name, "what it is called")
      .group("cell", &Machine::cell, "its cells")
      .group("adcs", &Machine::adcs, "converters by name")
      .group("stages", &Machine::stages, "converters in a row")
      .group("spare", &Machine::spare, "one more converter");
}

const std::string kCell =
    "sources:\n"
    "  t1: \"Shafiee et al., ISCA 2016, Table I\"\n"
    "  ours: our choice\n"
    "source: t1\n"
    "r_on: 6 kOhm\n"
    "r_off: 900 kOhm @ ours\n"
    "v_read: 0.2 V\n";

const std::string kMachine =
    "sources: {t1: paper}\n"
    "source: t1\n"
    "name: toy\n"
    "cell:\n"
    "  r_on: 6 kOhm\n"
    "  r_off: 900 kOhm\n"
    "  v_read: unknown\n"
    "adcs:\n"
    "  fast: {bits: 8, power: 2 mW}\n"
    "  slow: {bits: 12, power: 1 mW, rounding: floor}\n"
    "stages:\n"
    "  - {bits: 3, power: 5 uW}\n";

/// The text with its first `from` replaced.
std::string with(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

Loaded<Cell> cell(const std::string& text) { return load<Cell>(parse_yaml(text, "x.yaml")); }
Loaded<Machine> machine(const std::string& text) { return load<Machine>(parse_yaml(text, "m.yaml")); }

std::string cell_refusal(const std::string& from, const std::string& to) {
  return error_text([&] { cell(with(kCell, from, to)); });
}
std::string machine_refusal(const std::string& from, const std::string& to) {
  return error_text([&] { machine(with(kMachine, from, to)); });
}

const FieldInfo& field(const std::vector<FieldInfo>& fields, const std::string& path) {
  for (const FieldInfo& info : fields)
    if (info.path == path) return info;
  throw std::out_of_range(path);
}

TEST(Load, FillsValuesAndKeepsDefaults) {
  const Loaded<Cell> loaded = cell(kCell);
  EXPECT_EQ(loaded.value.r_on, 6_kOhm);
  EXPECT_EQ(loaded.value.r_off, 900_kOhm);
  EXPECT_EQ(loaded.value.v_read, 0.2_V);
  EXPECT_EQ(loaded.value.drift, 0.05);
  EXPECT_EQ(loaded.where.str(), "x.yaml:1");
}

TEST(Load, FillsGroupsTablesAndLists) {
  const Machine m = machine(kMachine).value;
  EXPECT_EQ(m.name, "toy");
  EXPECT_EQ(m.cell.r_on, 6_kOhm);
  EXPECT_FALSE(m.cell.v_read.has_value());
  ASSERT_EQ(m.adcs.size(), 2u);
  EXPECT_EQ(m.adcs.at("fast").bits, 8);
  EXPECT_EQ(m.adcs.at("slow").rounding, Rounding::kFloor);
  ASSERT_EQ(m.stages.size(), 1u);
  EXPECT_EQ(m.stages[0].power, 5_uW);
  EXPECT_FALSE(m.spare.has_value());
  EXPECT_EQ(machine(kMachine + "spare: {bits: 1, power: 1 mW}\n").value.spare->bits, 1);
  EXPECT_TRUE(machine(with(kMachine, "stages:\n  - {bits: 3, power: 5 uW}\n", "")).value.stages.empty());
}

TEST(Load, NamesTheSourceOfEveryFigure) {
  const Loaded<Cell> loaded = cell(kCell);
  EXPECT_EQ(field(loaded.fields, "r_on").source, "Shafiee et al., ISCA 2016, Table I");
  EXPECT_EQ(field(loaded.fields, "r_off").source, "our choice");
  EXPECT_EQ(field(loaded.fields, "drift").source, "default of cimera: no drift is assumed");
  EXPECT_EQ(field(machine(kMachine).fields, "adcs.fast.power").source, "paper");
  EXPECT_EQ(field(machine(kMachine).fields, "name").source, "");
}

TEST(Load, RefusesFiguresWithoutASource) {
  EXPECT_EQ(error_text([] { cell("r_on: 6 kOhm\nr_off: 900 kOhm\nv_read: 0.2 V\n"); }),
            "x.yaml:1: r_on = 6 kOhm: this figure has no source; write '6 kOhm @ key' with a key of 'sources', or "
            "'source: key' in its mapping");
  EXPECT_EQ(cell_refusal("@ ours", "@ our"), "x.yaml:6: unknown source 'our'; did you mean 'ours'? Sources: t1, ours.");
  EXPECT_EQ(error_text([] { load<Adc>(parse_yaml("{bits: 8 @ t1, power: 2 mW}", "x.yaml")); }),
            "x.yaml:1: bits = 8: unknown source 't1'. There are no sources.");
}

TEST(Load, WithoutSourcesWhenTheUserIsTheSource) {
  const Node tree = parse_yaml("{bits: 8, power: 2 mW}", "sweep.yaml");
  EXPECT_EQ(load<Adc>(tree, Figures::kFree).value.bits, 8);
  EXPECT_EQ(field(load<Adc>(tree, Figures::kFree).fields, "bits").source, "");
}

TEST(Load, RefusesUnknownKeys) {
  EXPECT_EQ(cell_refusal("v_read", "v_raed"),
            "x.yaml:7: unknown key 'v_raed' in 'reram'; did you mean 'v_read'? Keys of 'reram': r_on, r_off, v_read, "
            "drift.");
  EXPECT_EQ(machine_refusal("rounding: floor", "colour: red"),
            "m.yaml:10: unknown key 'colour' in 'adcs.slow'. Keys of 'adcs.slow': bits, power, rounding.");
  EXPECT_EQ(machine_refusal("name: toy", "name: toy\nbase: other"),
            "m.yaml:4: unknown key 'base' in 'machine'. Keys of 'machine': name, cell, adcs, "
            "stages, spare.");
}

TEST(Load, RefusesMissingKeysAtTheirMapping) {
  EXPECT_EQ(cell_refusal("v_read: 0.2 V\n", ""),
            "x.yaml:1: 'reram' lacks v_read. Keys of 'reram': r_on, r_off, v_read, drift.");
  EXPECT_EQ(machine_refusal("  r_on: 6 kOhm\n  r_off: 900 kOhm\n", ""),
            "m.yaml:4: 'cell' lacks r_on, r_off. Keys of 'cell': r_on, r_off, v_read, drift.");
  EXPECT_EQ(machine_refusal("{bits: 8, power: 2 mW}", ""),
            "m.yaml:9: 'adcs.fast' lacks bits, power. Keys of 'adcs.fast': bits, power, rounding.");
  EXPECT_EQ(error_text([] { machine("name: toy"); }),
            "m.yaml:1: 'machine' lacks cell. Keys of 'machine': name, cell, adcs, stages, spare.");
}

TEST(Load, RefusesWrongValues) {
  EXPECT_EQ(cell_refusal("0.2 V", "0.2 A"), "x.yaml:7: v_read = 0.2 A: expected a voltage (V, mV), got a current");
  EXPECT_EQ(cell_refusal("0.2 V", ""), "x.yaml:7: v_read = : expected a voltage (V, mV), got nothing");
  EXPECT_EQ(cell_refusal("6 kOhm", "unknown"),
            "x.yaml:5: r_on = unknown: this figure must be known: resistance (Ohm, kOhm)");
  EXPECT_EQ(machine_refusal("bits: 12", "bits: 12.5"), "m.yaml:10: adcs.slow.bits = 12.5: expected a whole number");
  EXPECT_EQ(machine_refusal("bits: 12", "bits: 99999999999999999999"),
            "m.yaml:10: adcs.slow.bits = 99999999999999999999: expected a whole number in -9223372036854775808 .. "
            "9223372036854775807");
  EXPECT_EQ(machine_refusal("rounding: floor", "rounding: flor"),
            "m.yaml:10: adcs.slow.rounding = flor: expected one of: nearest, floor; did you mean 'floor'?");
}

TEST(Load, RefusesValuesOutOfRange) {
  EXPECT_EQ(cell_refusal("6 kOhm", "50 Ohm"), "x.yaml:5: r_on = 50 Ohm: out of range; allowed: 100 Ohm .. 1 MOhm");
  EXPECT_EQ(cell_refusal("900 kOhm", "1 Ohm"), "x.yaml:6: r_off = 1 Ohm: out of range; allowed: >= 100 Ohm");
  EXPECT_EQ(cell_refusal("0.2 V", "9 V"), "x.yaml:7: v_read = 9 V: out of range; allowed: 1 mV .. 5 V");
  EXPECT_EQ(machine_refusal("power: 2 mW", "power: 0 W"),
            "m.yaml:9: adcs.fast.power = 0 W: out of range; allowed: > 0 W");
  EXPECT_EQ(machine_refusal("bits: 3", "bits: 17"), "m.yaml:12: stages.0.bits = 17: out of range; allowed: 1 .. 16");
  EXPECT_EQ(cell_refusal("6 kOhm", "100 Ohm"), "no error") << "bounds themselves are allowed";
  EXPECT_EQ(cell_refusal("6 kOhm", "1 MOhm"), "x.yaml:1: 'reram': r_on must be below r_off");
  EXPECT_EQ(machine_refusal("900 kOhm", "6 kOhm"), "m.yaml:4: 'cell': r_on must be below r_off");
}

TEST(Load, RefusesTheWrongShape) {
  EXPECT_EQ(cell_refusal("0.2 V", "[0.2 V]"), "x.yaml:7: v_read: expected a single value, voltage (V, mV), got a list");
  EXPECT_EQ(machine_refusal("{bits: 8, power: 2 mW}", "8"),
            "m.yaml:9: adcs.fast = 8: expected a mapping with keys, got a single value. Keys of 'adcs.fast': bits, "
            "power, rounding.");
  EXPECT_EQ(machine_refusal("  - {bits: 3, power: 5 uW}", "  bits: 3"),
            "m.yaml:11: stages: expected a list, got a mapping");
  EXPECT_EQ(error_text([] { machine(kMachine + "spare: [1]"); }),
            "m.yaml:13: spare: expected a mapping with keys, got a list. Keys of 'spare': bits, power, rounding.");
  EXPECT_EQ(error_text([] { cell("just text"); }),
            "x.yaml:1: expected a mapping with keys, got a single value. Keys of 'reram': r_on, r_off, v_read, drift.");
}

TEST(Load, ChecksOverridesLikeTheFile) {
  const auto with_set = [](const std::string& text) {
    Node tree = parse_yaml(kMachine, "m.yaml");
    apply_override(tree, text);
    return load<Machine>(tree);
  };
  const Loaded<Machine> loaded = with_set("adcs.fast.power=7 mW");
  EXPECT_EQ(loaded.value.adcs.at("fast").power, 7_mW);
  EXPECT_EQ(field(loaded.fields, "adcs.fast.power").source, "set by the user (--set adcs.fast.power=7 mW)");
  EXPECT_EQ(with_set("cell.v_read=0.3 V").value.cell.v_read, 0.3_V);
  EXPECT_EQ(with_set("spare={bits: 2, power: 1 W}").value.spare->bits, 2);
  EXPECT_EQ(error_text([&] { with_set("adcs.fast.power=7 mV"); }),
            "--set: adcs.fast.power = 7 mV: expected a power (mW, W), got a voltage");
  EXPECT_EQ(error_text([&] { with_set("adcs.fast.bits=17"); }),
            "--set: adcs.fast.bits = 17: out of range; allowed: 1 .. 16");
  EXPECT_EQ(error_text([&] { with_set("adcs.fast.powr=7 mW"); }),
            "--set: unknown key 'powr' in 'adcs.fast'; did you mean 'power'? Keys of 'adcs.fast': bits, power, "
            "rounding.");
  EXPECT_EQ(error_text([&] { with_set("sell.v_read=7 V"); }),
            "--set: unknown key 'sell' in 'machine'; did you mean 'cell'? Keys of 'machine': name, cell, adcs, "
            "stages, spare.");
}

TEST(Load, BlamesTheOverrideForARuleThatItBreaks) {
  const auto with_set = [](const std::vector<std::string>& texts) {
    Node tree = parse_yaml(kMachine, "m.yaml");
    for (const std::string& text : texts) apply_override(tree, text);
    return error_text([&] { load<Machine>(tree); });
  };
  EXPECT_EQ(with_set({"cell.r_on=1 MOhm"}),
            "--set cell.r_on=1 MOhm: 'cell': r_on must be below r_off (m.yaml:4 has the other values)");
  EXPECT_EQ(with_set({"cell.r_on=9 kOhm", "cell.r_off=8 kOhm", "cell.v_read=1 V"}),
            "--set cell.r_on=9 kOhm, --set cell.r_off=8 kOhm, --set cell.v_read=1 V: 'cell': r_on must be below r_off "
            "(m.yaml:4 has the other values)");
  EXPECT_EQ(with_set({"cell={r_on: 9 kOhm, r_off: 8 kOhm, v_read: 1 V}"}),
            "--set cell={r_on: 9 kOhm, r_off: 8 kOhm, v_read: 1 V}: 'cell': r_on must be below r_off");
}

TEST(Describe, ShowsEveryParameter) {
  const std::vector<FieldInfo> fields = cell(kCell).fields;
  ASSERT_EQ(fields.size(), 4u);
  EXPECT_EQ(fields[0].path, "r_on");
  EXPECT_EQ(fields[0].kind, "resistance (Ohm, kOhm)");
  EXPECT_EQ(fields[0].value, "6 kOhm");
  EXPECT_EQ(fields[0].range, "100 Ohm .. 1 MOhm");
  EXPECT_EQ(fields[0].meaning, "resistance when on");
  EXPECT_EQ(fields[0].fallback, "");
  EXPECT_EQ(fields[1].range, ">= 100 Ohm");
  EXPECT_EQ(fields[2].kind, "voltage (V, mV), or unknown");
  EXPECT_EQ(fields[3].kind, "number");
  EXPECT_EQ(fields[3].value, "0.05");
  EXPECT_EQ(fields[3].fallback, "0.05");
}

TEST(Describe, FollowsGroupsInOrder) {
  std::vector<std::string> paths;
  for (const FieldInfo& info : machine(kMachine).fields) paths.push_back(info.path + " = " + info.value);
  EXPECT_EQ(paths,
            (std::vector<std::string>{"name = toy", "cell.r_on = 6 kOhm", "cell.r_off = 900 kOhm",
                                      "cell.v_read = unknown", "cell.drift = 0.05", "adcs.fast.bits = 8",
                                      "adcs.fast.power = 2 mW", "adcs.fast.rounding = nearest", "adcs.slow.bits = 12",
                                      "adcs.slow.power = 1 mW", "adcs.slow.rounding = floor", "stages.0.bits = 3",
                                      "stages.0.power = 5 uW", "stages.0.rounding = nearest"}));
}

TEST(Describe, TakesAValueThatWasNotLoaded) {
  Adc adc;
  adc.bits = 8, adc.power = 2_mW;
  const std::vector<FieldInfo> fields = describe(adc);
  EXPECT_EQ(field(fields, "bits").value, "8");
  EXPECT_EQ(field(fields, "power").value, "2 mW");
  EXPECT_EQ(field(fields, "power").source, "");
}

TEST(SchemaTable, NeedsNoValue) {
  std::vector<std::string> paths;
  for (const FieldInfo& info : schema_table<Machine>()) {
    paths.push_back(info.path);
    EXPECT_EQ(info.value, "");
    EXPECT_NE(info.kind, "");
    EXPECT_NE(info.meaning, "");
  }
  EXPECT_EQ(paths, (std::vector<std::string>{"name", "cell.r_on", "cell.r_off", "cell.v_read", "cell.drift",
                                             "adcs.<name>.bits", "adcs.<name>.power", "adcs.<name>.rounding",
                                             "stages.<n>.bits", "stages.<n>.power", "stages.<n>.rounding", "spare.bits",
                                             "spare.power", "spare.rounding"}));
  EXPECT_EQ(field(schema_table<Machine>(), "cell.drift").fallback, "0.05");
  EXPECT_EQ(field(schema_table<Machine>(), "adcs.<name>.rounding").kind, "one of: nearest, floor");
  EXPECT_EQ(field(schema_table<Machine>(), "stages.<n>.bits").range, "1 .. 16");
}

/// One member of each scalar kind, alone and in containers.
struct Kinds {
  Duration time;
  bool flag = false;
  std::uint8_t small = 0;
  std::vector<std::int64_t> levels;
  std::vector<double> weights;
  std::vector<std::string> names;
  std::map<std::string, Joules> energies;
  std::optional<std::int64_t> count;
};
Schema<Kinds> schema(const Kinds*) {
  return Schema<Kinds>("kinds", "all kinds")
      .need("time", &Kinds::time, "a time")
      .at_least(1_ps)
      .need("flag", &Kinds::flag, "a switch")
      .need("small", &Kinds::small, "a small number")
      .need("levels", &Kinds::levels, "levels")
      .range(0, 15)
      .need("weights", &Kinds::weights, "weights")
      .need("names", &Kinds::names, "names")
      .need("energies", &Kinds::energies, "energies by name")
      .positive()
      .opt("count", &Kinds::count, "a count", "nobody counted");
}

const std::string kKinds =
    "sources: {a: A, b: B}\n"
    "source: a\n"
    "time: 1.5 ns\n"
    "flag: true\n"
    "small: 255\n"
    "levels: [1, 2 @ b, 3]\n"
    "weights: [50 %, 0.25]\n"
    "names: [x, \"y z\"]\n"
    "energies: {read: 1 pJ, write: 2 nJ}\n";

std::string kinds_refusal(const std::string& from, const std::string& to) {
  return error_text([&] { load<Kinds>(parse_yaml(with(kKinds, from, to), "k.yaml")); });
}

TEST(Kinds, AreReadAndPrinted) {
  const Loaded<Kinds> loaded = load<Kinds>(parse_yaml(kKinds, "k.yaml"));
  const Kinds& k = loaded.value;
  EXPECT_EQ(k.time.fs(), 1'500'000);
  EXPECT_TRUE(k.flag);
  EXPECT_EQ(k.small, 255);
  EXPECT_EQ(k.levels, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(k.weights, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(k.names, (std::vector<std::string>{"x", "y z"}));
  EXPECT_EQ(k.energies.at("write"), 2_nJ);
  EXPECT_FALSE(k.count.has_value());

  EXPECT_EQ(field(loaded.fields, "time").value, "1.5 ns");
  EXPECT_EQ(field(loaded.fields, "flag").value, "true");
  EXPECT_EQ(field(loaded.fields, "flag").kind, "true or false");
  EXPECT_EQ(field(loaded.fields, "levels").value, "[1, 2, 3]");
  EXPECT_EQ(field(loaded.fields, "levels").kind, "list of: whole number");
  EXPECT_EQ(field(loaded.fields, "levels").source, "A; B");
  EXPECT_EQ(field(loaded.fields, "names").value, "[x, y z]");
  EXPECT_EQ(field(loaded.fields, "energies.read").value, "1 pJ");
  EXPECT_EQ(field(loaded.fields, "count").value, "unknown");
  EXPECT_EQ(field(loaded.fields, "count").fallback, "unknown");
}

TEST(Kinds, AreCheckedOneByOne) {
  EXPECT_EQ(kinds_refusal("1.5 ns", "-1 ns"), "k.yaml:3: time = -1 ns: expected a time in 0 .. 9223 s");
  EXPECT_EQ(kinds_refusal("1.5 ns", "0 s"), "k.yaml:3: time = 0 s: out of range; allowed: >= 1 ps");
  EXPECT_EQ(kinds_refusal("true", "yes"), "k.yaml:4: flag = yes: expected true or false");
  EXPECT_EQ(kinds_refusal("255", "256"), "k.yaml:5: small = 256: expected a whole number in 0 .. 255");
  EXPECT_EQ(kinds_refusal("3]", "16]"), "k.yaml:6: levels.2 = 16: out of range; allowed: 0 .. 15");
  EXPECT_EQ(kinds_refusal("[1, 2 @ b, 3]", "[1, 2 @ b, unknown]"),
            "k.yaml:6: levels.2 = unknown: this figure must be known: whole number");
  EXPECT_EQ(kinds_refusal("0.25", "0.25 V"),
            "k.yaml:7: weights.1 = 0.25 V: expected a number (no unit, or %), got a voltage");
  EXPECT_EQ(kinds_refusal("2 nJ", "0 J"), "k.yaml:9: energies.write = 0 J: out of range; allowed: > 0 J");
  EXPECT_EQ(kinds_refusal("{read: 1 pJ, write: 2 nJ}", "[1 pJ]"),
            "k.yaml:9: energies: expected a mapping from names, got a list");
}

TEST(Schema, RefusesARangeThatDoesNotFit) {
  EXPECT_THROW(Schema<Cell>("c", "").need("r_on", &Cell::r_on, "").range(1_V, 2_V), std::logic_error);
  EXPECT_THROW(Schema<Cell>("c", "").need("r_on", &Cell::r_on, "").range(1, 2), std::logic_error);
  EXPECT_THROW(Schema<Cell>("c", "").positive(), std::logic_error);
  EXPECT_THROW(Schema<Machine>("m", "").need("name", &Machine::name, "").positive(), std::logic_error);
  EXPECT_THROW(Schema<Machine>("m", "").group("cell", &Machine::cell, "").positive(), std::logic_error);
}

}  // namespace
}  // namespace cimera::lab
