// Cells beside each other on one machine, and machines brought to one size.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace cimera::apps {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Compare : public ProgramTest {};

TEST_F(Compare, CellsOnOneMachine) {
  const json report = run_json({"compare", "--devices", "reram_isaac,reram_prime", "--on", "isaac", "--set",
                                "isaac:cell.sigma_program=0.1", "--baseline", "reram_prime", "--samples", "50"});
  const json& results = report["results"];
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0]["machine"], "isaac/reram_isaac");
  EXPECT_EQ(results[1]["machine"], "isaac/reram_prime");
  EXPECT_EQ(results[0]["baseline"]["machine"], "isaac/reram_prime");
  const json& machines = report["inputs"]["resolved"]["machines"];
  EXPECT_EQ(machines["isaac/reram_prime"]["cell"]["name"], "reram_prime");
  EXPECT_EQ(machines["isaac/reram_prime"]["cell"]["parameters"]["sigma_program"]["value"], "0.1");
  // The same as setting the cell of the one machine.
  const json alone = run_json({"run", "--machine", "isaac", "--set", "isaac:cell=reram_prime", "--set",
                               "isaac:cell.sigma_program=0.1", "--samples", "50"})["results"][0];
  EXPECT_EQ(results[1]["accuracy"]["device"], alone["accuracy"]["device"]);
  EXPECT_EQ(results[1]["accuracy"]["output_sqnr_dB"], alone["accuracy"]["output_sqnr_dB"]);
  EXPECT_EQ(results[1]["energy_J"], alone["energy_J"]);
}

TEST_F(Compare, SaysWhatCellsDoNotChange) {
  EXPECT_THAT(
      run({"compare", "--devices", "reram_isaac,reram_prime", "--set", "cell.sigma_program=0.1", "--samples", "10"})
          .out,
      HasSubstr("The components of isaac keep their published times, powers and areas"));
}

TEST_F(Compare, CellsOnOneLayer) {
  const json results = run_json({"compare", "--layer", "conv:8,8,3x3,9x9", "--devices", "reram_isaac,reram_prime",
                                 "--set", "cell.sigma_program=0.05"})["results"];
  ASSERT_EQ(results.size(), 2U);
  for (const json& result : results) EXPECT_GT(result["output_sqnr_dB"], 5.0) << result["machine"];
}

TEST_F(Compare, EqualAreaByHand) {
  const json report = run_json({"compare", "--normalize", "area", "--baseline", "cpu_ddr4", "--samples", "10"});
  const json &isaac = report["results"][0], &cpu = report["results"][1];
  const double copies = cpu["area_mm2"].get<double>() / isaac["area_mm2"].get<double>();
  EXPECT_DOUBLE_EQ(isaac["normalized"]["copies"], copies);
  EXPECT_EQ(isaac["normalized"]["reference"], "cpu_ddr4");
  EXPECT_DOUBLE_EQ(isaac["normalized"]["area_mm2"], cpu["area_mm2"]);
  EXPECT_DOUBLE_EQ(isaac["normalized"]["throughput_per_s"], copies * isaac["throughput_per_s"].get<double>());
  EXPECT_DOUBLE_EQ(isaac["normalized"]["power_W"], copies * isaac["power_W"].get<double>());
  EXPECT_DOUBLE_EQ(isaac["normalized"]["throughput_ratio"],
                   copies * isaac["throughput_per_s"].get<double>() / cpu["throughput_per_s"].get<double>());
  EXPECT_EQ(cpu["normalized"]["copies"], 1.0);
}

TEST_F(Compare, EqualPowerIsThatOfTheFirstMachineWithoutABaseline) {
  const json report = run_json({"compare", "--normalize", "power", "--samples", "10"});
  const json &isaac = report["results"][0], &cpu = report["results"][1];
  EXPECT_EQ(cpu["normalized"]["reference"], "isaac");
  EXPECT_NEAR(cpu["normalized"]["power_W"], isaac["power_W"], 1e-9);
  EXPECT_DOUBLE_EQ(cpu["normalized"]["copies"], isaac["power_W"].get<double>() / cpu["power_W"].get<double>());
  EXPECT_THAT(
      run({"compare", "--normalize", "power", "--samples", "10"}).out,
      HasSubstr(
          "\nAs many copies of each as have the power of isaac, each at work on its own images; the hosts that\n"));
  EXPECT_EQ(run_json({"compare", "--samples", "10"})["results"][0]["normalized"], nullptr);
}

TEST_F(Compare, Refusals) {
  EXPECT_EQ(refusal({"compare", "--devices", "reram_isaac", "--on", "cpu_ddr4"}),
            "--on: machine 'cpu_ddr4' has no memory cells");
  EXPECT_EQ(refusal({"compare", "--devices", "reram_isaac", "--machines", "isaac"}),
            "--machines: --devices are compared on one machine: --on M");
  EXPECT_EQ(refusal({"compare", "--on", "isaac"}), "--on: it is the machine of --devices, which are missing");
  EXPECT_EQ(refusal({"compare", "--devices", "reram_isaac", "--set", "isaac:cell=reram_prime"}),
            "--set: 'isaac:cell=reram_prime': --devices names the cells already");
  EXPECT_THAT(refusal({"compare", "--devices", "reram_isaac,reram_isac"}), HasSubstr("did you mean 'reram_isaac'?"));
  EXPECT_EQ(refusal({"compare", "--devices", "reram_isaac,reram_isaac"}),
            "--machines: machine 'isaac/reram_isaac' is named twice");
  EXPECT_THAT(refusal({"compare", "--normalize", "are"}), HasSubstr("did you mean 'area'?"));
}

}  // namespace
}  // namespace cimera::apps
