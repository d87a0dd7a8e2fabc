// Files of sweeps: the values of axes, the points, and what is refused with its line.
#include "study/sweep/sweep.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "study/sweep/figure.h"
#include "study/sweep/plan.h"
#include "study/sweep/table.h"
#include "study/sweep/values.h"
#include "tests/core/error_text.h"

namespace cimera::study {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> expanded(const std::vector<std::string>& texts) { return expand_values(texts, {"x.yaml", 3}); }

TEST(SweepValues, Ranges) {
  EXPECT_THAT(expanded({"4..7"}), ElementsAre("4", "5", "6", "7"));
  EXPECT_THAT(expanded({"-1 .. 1", "8"}), ElementsAre("-1", "0", "1", "8"));
  EXPECT_THAT(expanded({"0..0.3 step 0.1"}), ElementsAre("0", "0.1", "0.2", "0.3"));
  EXPECT_THAT(expanded({"0..1 step 0.4"}), ElementsAre("0", "0.4", "0.8"));
  EXPECT_THAT(expanded({"0..1 linear 5"}), ElementsAre("0", "0.25", "0.5", "0.75", "1"));
  EXPECT_THAT(expanded({"1e-6..1e-3 log 4"}), ElementsAre("1e-06", "1e-05", "0.0001", "0.001"));
  EXPECT_THAT(expanded({"1e-6..1e-5 log 3"}), ElementsAre("1e-06", "3.162e-06", "1e-05"));
  EXPECT_THAT(expanded({"10..1000 mOhm log 3"}), ElementsAre("10 mOhm", "100 mOhm", "1000 mOhm"));
  EXPECT_THAT(expanded({"1..3 ns"}), ElementsAre("1 ns", "2 ns", "3 ns"));
}

TEST(SweepValues, WhatIsNoRangeStays) {
  EXPECT_THAT(expanded({"reram", "../net.onnx", "5 %", "8,8"}), ElementsAre("reram", "../net.onnx", "5 %", "8,8"));
}

TEST(SweepValues, AreRefusedWithTheirPlace) {
  const auto refusal = [](const std::string& text) { return error_text([&] { expanded({text}); }); };
  EXPECT_THAT(refusal("7..4"), StartsWith("x.yaml:3: '7..4': a range goes from a number to a larger one"));
  EXPECT_THAT(refusal("0..0.5"), HasSubstr("needs step S, linear COUNT or log COUNT"));
  EXPECT_THAT(refusal("0..1 step 0"), HasSubstr("the step must be above 0"));
  EXPECT_THAT(refusal("0..1 log 3"), HasSubstr("a logarithmic range begins above 0"));
  EXPECT_THAT(refusal("1..2 log 1"), HasSubstr("at least 2"));
  EXPECT_THAT(refusal("1..2 log 2.5"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("1 ns..2 ns"), HasSubstr("with a unit only behind HIGH"));
  EXPECT_THAT(refusal("1..1e9"), HasSubstr("an axis has at most 10000"));
  EXPECT_THAT(error_text([] { expanded({"1..3", "2"}); }), HasSubstr("the value '2' comes twice"));
}

TEST(SweepValues, TimesAQuantity) {
  EXPECT_EQ(times("1e-06", "10 kOhm", {}), "1e-05 kOhm");
  EXPECT_EQ(times("3", "0.5", {}), "1.5");
  EXPECT_THAT(error_text([] { times("3 ns", "2", {"x.yaml", 3}); }), HasSubstr("x.yaml:3: '3 ns'"));
}

class SweepPlanTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  Plan plan(const std::string& text, const std::vector<Filling>& fillings = {}) const {
    std::ofstream(file_) << text;
    return load_plan(file_, fillings);
  }
  std::string refusal(const std::string& text, const std::vector<Filling>& fillings = {}) const {
    const std::string error = error_text([&] { plan(text, fillings); });
    EXPECT_THAT(error, HasSubstr(fillings.empty() ? file_.string() + ":" : "--"));
    return error;
  }

  const std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("cimera_sweep_" + std::to_string(::getpid()) + ".yaml");
};

TEST_F(SweepPlanTest, PointsAreAllCombinationsTheLastAxisFastest) {
  const Plan made = plan(
      "machines: [isaac, cpu_ddr4]\nseed: 7\nset: {precision.adc_bits: 6}\n"
      "vary:\n- {key: trials, values: [1..3]}\n");
  ASSERT_EQ(made.points.size(), 6U);
  EXPECT_THAT(made.points[1].labels, ElementsAre("isaac", "2"));
  EXPECT_EQ(made.points[4].name(made.axes), "machine = cpu_ddr4, trials = 2");
  EXPECT_THAT(made.points[4].experiment.machines, ElementsAre("cpu_ddr4"));
  EXPECT_EQ(made.points[4].experiment.trials, 2);
  EXPECT_EQ(made.points[4].experiment.seed, 7U);
  EXPECT_THAT(made.points[4].experiment.overrides, ElementsAre("precision.adc_bits=6"));
}

TEST_F(SweepPlanTest, SeveralKeysMoveTogether) {
  const Plan made = plan(
      "vary:\n"
      "- {name: ratio, keys: [a.row, a.column], times: 20 Ohm, values: [0.1, 0.2]}\n"
      "- name: kind\n  choices:\n"
      "  - {label: quick, set: {samples: 10, b.c: 1}}\n  - {label: slow, set: {samples: 20}}\n");
  ASSERT_EQ(made.points.size(), 4U);
  EXPECT_THAT(made.points[2].experiment.overrides, ElementsAre("a.column=4 Ohm", "a.row=4 Ohm", "b.c=1"));
  EXPECT_EQ(made.points[2].experiment.samples, 10);
  EXPECT_THAT(made.points[3].experiment.overrides, ElementsAre("a.column=4 Ohm", "a.row=4 Ohm"));
  EXPECT_EQ(made.points[3].name(made.axes), "ratio = 0.2, kind = slow");
}

TEST_F(SweepPlanTest, TheCommandLineFillsWhatIsOpen) {
  const Plan made = plan("vary: [{key: bits, values: [\"8,8\", \"4,6\"]}]", {{"samples", "--samples", "12"}});
  EXPECT_EQ(made.points[1].experiment.samples, 12);
  EXPECT_EQ(made.points[1].experiment.weight_bits, 4);
  EXPECT_EQ(made.points[1].experiment.activation_bits, 6);
  EXPECT_THAT(refusal("vary: [{key: seed, values: [1, 2]}]\ntrials: 3", {{"trials", "--trials", "5"}}),
              AllOf(StartsWith("--trials: "), HasSubstr(":2 gives trials already")));
  EXPECT_THAT(refusal("vary: [{key: seed, values: [1, 2]}]", {{"trials", "--trials", "few"}}),
              HasSubstr("--trials: trials = few: expected a whole number"));
}

TEST_F(SweepPlanTest, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_THAT(refusal("samples: 3\nvarry: []\n"),
              HasSubstr("yaml:2: unknown key 'varry' in 'sweep'; did you mean 'vary'?"));
  EXPECT_THAT(refusal("samples: 3\n"), HasSubstr("nothing varies"));
  EXPECT_THAT(refusal("vary:\n- {key: seed, values: [1, x]}\n"),
              HasSubstr("yaml:2: seed = x: expected a whole number"));
  EXPECT_THAT(refusal("vary:\n- {key: bits, values: [\"8\"]}\n"), HasSubstr("yaml:2: bits = 8: expected two numbers"));
  EXPECT_THAT(refusal("vary:\n- {key: bits, values: [\"8,17\"]}\n"), HasSubstr("bits = 8,17: expected two numbers"));
  EXPECT_THAT(refusal("vary:\n- {key: fidelity, values: [low]}\n"), HasSubstr("yaml:2: unknown fidelity 'low'"));
  EXPECT_THAT(refusal("vary:\n- {key: seed, values: [1], choices: [{label: a, set: {b: 1}}]}\n"),
              HasSubstr("an axis has key (or keys) and values, or name and choices"));
  EXPECT_THAT(refusal("vary:\n- {keys: [a.b, a.c], values: [1]}\n"),
              HasSubstr("an axis with several keys needs a name"));
  EXPECT_THAT(refusal("vary:\n- {key: a.b, values: [1]}\n- {name: x, key: a.b, values: [2]}\n"),
              HasSubstr("yaml:3: axis 'x': 'a.b' is set by axis 'a.b' already"));
  EXPECT_THAT(refusal("seed: 2\nvary:\n- {key: seed, values: [1]}\n"), HasSubstr("'seed' is set by "));
  EXPECT_THAT(refusal("vary:\n- {key: a.b, values: [1]}\n- {key: a.b, values: [2]}\n"), HasSubstr("comes twice"));
  EXPECT_THAT(refusal("vary:\n- {name: loss, key: seed, values: [1]}\n"),
              HasSubstr("a column of the results has that name"));
  EXPECT_THAT(refusal("vary:\n- {key: seed, values: [1..10000]}\n- {key: samples, values: [1..11]}\n"),
              HasSubstr("more than 100000 points"));
  EXPECT_THAT(refusal("input_scale: 0\nvary: [{key: seed, values: [1]}]\n"), HasSubstr("input_scale cannot be 0"));
  EXPECT_THAT(refusal("readings: [speed]\nvary: [{key: seed, values: [1]}]\n"),
              HasSubstr("yaml:1: readings.0 = speed"));
}

TEST_F(SweepPlanTest, AFigureShowsWhatIsThere) {
  const std::string axes =
      "vary:\n- {key: seed, values: [1, 2]}\n- {name: adc, key: precision.adc_bits, values: [4, 5]}\n";
  EXPECT_THAT(refusal(axes + "plot: {x: adcs, y: device, series: seed}\n"),
              HasSubstr("yaml:4: plot.x: unknown axis 'adcs'; did you mean 'adc'?"));
  EXPECT_THAT(refusal(axes + "plot: {x: adc, y: devise, series: seed}\n"), HasSubstr("did you mean 'device'?"));
  EXPECT_THAT(refusal(axes + "plot: {x: adc, y: energy_J, series: seed}\n"), HasSubstr("unknown column 'energy_J'"));
  EXPECT_THAT(refusal(axes + "plot: {x: adc, y: device}\n"), HasSubstr("axis 'seed' is neither x nor series"));
  EXPECT_THAT(refusal("vary:\n- {key: seed, values: [0..2]}\nplot: {x: seed, y: device, log_x: true}\n"),
              HasSubstr("plot.log_x: '0' is no number above 0"));
}

/// Four points of two axes, with figures as if they had been evaluated.
SweepReport made_up() {
  SweepReport report;
  report.plan.file = "made_up.yaml";
  report.plan.axes = {{"kind", {"a", "b, c"}}, {"bits", {"4 ns", "6 ns"}}};
  report.plan.readings = {SweepReading::kAccuracy};
  report.plan.plot = SweepPlot{.x = "bits", .y = "device", .series = "kind"};
  for (std::size_t i = 0; i < 4; ++i) {
    report.plan.points.push_back({{report.plan.axes[0].labels[i / 2], report.plan.axes[1].labels[i % 2]}, {}});
    report.rows.push_back({i,
                           "0123456789abcdef",
                           PointState::kEvaluated,
                           "",
                           {{"evaluated", 10},
                            {"reference", 0.9},
                            {"device", 0.8 - 0.1 * static_cast<double>(i)},
                            {"loss_ci95_low", 0.05},
                            {"loss_ci95_high", 0.15}}});
  }
  report.rows[3] = {3, "", PointState::kRefused, "x: \"no\"", nlohmann::ordered_json::object()};
  return report;
}

TEST(SweepTableTest, CsvHasAllPointsInOrder) {
  const std::string csv = sweep_csv(sweep_table(made_up()));
  EXPECT_THAT(csv, StartsWith("kind,bits,status,error,evaluated,draws,reference,quantized,device,"));
  EXPECT_THAT(csv, HasSubstr("\na,6 ns,ok,,10,,0.9,,0.7000000000000001,"));
  EXPECT_THAT(csv, HasSubstr("\n\"b, c\",6 ns,refused,\"x: \"\"no\"\"\",,,,,,"));
}

TEST(SweepFigureTest, LinesBarsAndReference) {
  const LineFigure figure = sweep_figure(made_up());
  ASSERT_EQ(figure.lines.size(), 2U);
  EXPECT_EQ(figure.lines[0].name, "a");
  ASSERT_EQ(figure.lines[0].points.size(), 2U);
  EXPECT_EQ(figure.lines[1].points.size(), 1U) << "the refused point is left out";
  EXPECT_EQ(figure.lines[0].points[1].x, 6);
  EXPECT_NEAR(*figure.lines[0].points[0].low, 0.75, 1e-12);
  EXPECT_NEAR(*figure.lines[0].points[0].high, 0.85, 1e-12);
  EXPECT_EQ(figure.reference, 0.9);
  EXPECT_EQ(figure.x_label, "bits (ns)");
  EXPECT_EQ(figure.y_label, "accuracy on the machine (%)");
  EXPECT_NEAR(figure.y_low, 0.6, 0.05);
  EXPECT_NEAR(figure.y_high, 0.9, 0.05);
  const std::string svg = lines_svg(figure);
  EXPECT_THAT(svg, AllOf(StartsWith("<svg"), HasSubstr(">b, c<"), HasSubstr(">FP32, 90 %<")));
}

TEST(SweepFigureTest, NamesOnTheAxis) {
  SweepReport report = made_up();
  report.plan.plot = SweepPlot{.x = "kind", .y = "reference", .series = "bits"};
  const LineFigure figure = sweep_figure(report);
  EXPECT_THAT(figure.marks, ElementsAre("a", "b, c"));
  EXPECT_THAT(figure.x_ticks, ElementsAre(0, 1));
  EXPECT_LT(figure.y_low, 0.9);
  EXPECT_GT(figure.y_high, 0.9);
}

TEST(SweepShards, EachPointHasOnePart) {
  for (std::size_t point = 0; point < 20; ++point) {
    int owners = 0;
    for (std::int64_t part = 1; part <= 3; ++part) owners += Shard{part, 3}.has(point) ? 1 : 0;
    EXPECT_EQ(owners, 1) << point;
  }
}

}  // namespace
}  // namespace cimera::study
