// Reports for people, against golden files: words, order and layout are compared, figures are not.
// `CIMERA_UPDATE_GOLDEN=1 ctest -R command.Report` writes the files anew, to be reviewed as a diff.
#include <cstdlib>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "study/text.h"
#include "tests/apps/program.h"
#include "tests/paths.h"

namespace cimera::apps {
namespace {

using ::testing::HasSubstr;

/// Lines that were wrapped joined, figures with their units as one 0, bars and runs of blanks as one character.
std::string masked(const std::string& text) {
  static const std::regex kFigure(
      "-?\\b[0-9]+([.,][0-9]+)*( ?[afpnumkMGT]?(s|J|W|Js|OPS|OPS/W|OPS/mm2|m\\^2|%|dB)(?![A-Za-z/^]))?( [kMGT](?=[ "
      "*]))?");
  const std::string unwrapped = std::regex_replace(text, std::regex("\n {4,}"), " ");
  const std::string figures = std::regex_replace(unwrapped, kFigure, "0");
  return std::regex_replace(std::regex_replace(figures, std::regex("#+"), "#"), std::regex("  +"), "  ");
}

std::string whole(const std::string& text) { return text; }

class Report : public ProgramTest {
 protected:
  void expect_golden(const std::string& name, const std::vector<std::string>& arguments,
                     std::string (*comparable)(const std::string&) = masked) const {
    const Ran ran = run(arguments);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(study::text_width(line), study::kTextWidth) << line;
    const std::string file = std::string(CIMERA_SOURCE_DIR "/tests/apps/golden/") + name;
    if (std::getenv("CIMERA_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << comparable(ran.out);
    EXPECT_EQ(comparable(ran.out), read_whole(file)) << "CIMERA_UPDATE_GOLDEN=1 writes it anew";
  }
};

TEST_F(Report, CompareOnTheSyntheticDefault) {
  expect_golden("compare.txt", {"compare", "--baseline", "cpu_ddr4", "--samples", "100"});
}

TEST_F(Report, CompareWithBatchesAndErrors) {
  expect_golden("compare_trials.txt", {"compare", "--batch", "1,16", "--samples", "100", "--set",
                                       "cell.sigma_program=0.1", "--trials", "3", "--bits", "8,8"});
}

TEST_F(Report, RunOnTheSyntheticDefault) { expect_golden("run.txt", {"run", "--samples", "100"}); }

TEST_F(Report, ExplainOneLayer) {
  expect_golden("explain.txt", {"explain", "--machine", "isaac", "--batch", "2", "--layer", "conv2"});
}

TEST_F(Report, Help) { expect_golden("compare_help.txt", {"compare", "--help"}, whole); }

TEST_F(Report, EveryCommandHasHelpAndEveryOptionADescription) {
  const std::string page = read_whole(CIMERA_SOURCE_DIR "/docs/cli.md");
  for (const char* command : {"compare", "run", "explain", "list", "describe", "export"}) {
    const Ran ran = run({command, "--help"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_THAT(ran.out, HasSubstr(std::string("usage: cimera ") + command));
    EXPECT_THAT(ran.out, HasSubstr("examples:"));
    for (std::size_t at = ran.out.find("\n  --"); at != std::string::npos; at = ran.out.find("\n  --", at + 1)) {
      const std::string option = ran.out.substr(at + 5, ran.out.find(' ', at + 5) - at - 5);
      EXPECT_THAT(run({"describe", "option", option}).out, HasSubstr("--" + option));
      EXPECT_TRUE(option == "help" || page.find("--" + option) != std::string::npos)
          << option << " is not in docs/cli.md";
    }
  }
}

TEST_F(Report, Version) {
  EXPECT_THAT(run({"--version"}).out, testing::MatchesRegex("cimera [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Report, ListsNameWhatShips) {
  EXPECT_THAT(run({"list", "machines"}).out, testing::ContainsRegex("\n  isaac +ISAAC-CE"));
  EXPECT_THAT(run({"list", "devices"}).out, HasSubstr("  reram_isaac  "));
  EXPECT_THAT(run({"list", "networks"}).out, HasSubstr("  digits_cnn       SYNTHETIC"));
  EXPECT_EQ(nlohmann::json::parse(run({"list", "machines", "--json"}).out)[1]["name"], "isaac");
}

TEST_F(Report, DescribeMachineShowsValueUnitRangeMeaningSource) {
  const Ran ran = run({"describe", "machine", "isaac", "--set", "pipeline.array_read=50 ns"});
  EXPECT_THAT(ran.out,
              testing::ContainsRegex("adc_rate +1.28 GHz \\[[0-9]+\\] +conversions per second of one converter; > 0"));
  EXPECT_THAT(ran.out, testing::ContainsRegex("array_read +50 ns \\[[0-9]+\\]"));
  EXPECT_THAT(ran.out, HasSubstr("set by the user (--set pipeline.array_read=50 ns)"));
  const auto json = nlohmann::json::parse(run({"describe", "device", "reram_isaac", "--json"}).out);
  EXPECT_EQ(json["r_on"]["value"], "2 kOhm");
  EXPECT_EQ(json["r_on"]["range"], "10 Ohm .. 1 GOhm");
}

TEST_F(Report, DescribeShowsWhatTheFileHasAndWhatIsUsed) {
  const std::vector<std::string> command{"describe", "machine", "isaac", "--set", "isaac:organisation.adcs_per_ima=16"};
  const Ran ran = run(command);
  EXPECT_THAT(ran.out, testing::ContainsRegex("adcs_per_ima +16 \\[[0-9]+\\]; 8 in the file"));
  EXPECT_THAT(ran.out, testing::ContainsRegex("power +16 mW \\[[0-9]+\\]; 32 mW is used"));
  const nlohmann::json json = run_json(command);
  const nlohmann::json& power = json["components.adc.power"];
  EXPECT_EQ(power["value"], "16 mW");
  EXPECT_EQ(power["file_value"], "16 mW");
  EXPECT_EQ(power["used_value"], "32 mW");
  EXPECT_EQ(json["organisation.adcs_per_ima"]["file_value"], "8");
}

TEST_F(Report, DescribeNetworkHasTotals) {
  const Ran ran = run({"describe", "network", "digits_cnn"});
  EXPECT_THAT(ran.out, HasSubstr("in all: 328,512 multiply-accumulates for one sample, 11,912 weights"));
  const auto json = nlohmann::json::parse(run({"describe", "network", "digits_cnn", "--json"}).out);
  EXPECT_EQ(json["macs"], 328512);
  EXPECT_EQ(json["layers"].size(), 10U);
}

TEST_F(Report, ExportedDigitsAreTheDefaultData) {
  ASSERT_EQ(run({"export", "digits", "d.npz", "--count", "50"}).code, 0);
  const auto embedded = run_json({"run", "--samples", "50"}), exported = run_json({"run", "--data", "npz:d.npz"});
  EXPECT_EQ(embedded["results"][0]["accuracy"]["reference"], exported["results"][0]["accuracy"]["reference"]);
  EXPECT_EQ(exported["inputs"]["resolved"]["data"]["synthetic"], false);
}

}  // namespace
}  // namespace cimera::apps
