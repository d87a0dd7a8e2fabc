// The commands of examples/README.md, run as they stand there.
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/apps/program.h"
#include "tests/paths.h"

namespace cimera::apps {
namespace {

using ::testing::HasSubstr;

class Examples : public ProgramTest {
 protected:
  /// Runs in a folder where examples/ is that of the repository.
  void SetUp() override {
    ProgramTest::SetUp();
    std::filesystem::create_symlink(CIMERA_SOURCE_DIR "/examples", folder_ / "examples");
  }
};

std::vector<std::string> words(const std::string& line) {
  std::istringstream text(line);
  return {std::istream_iterator<std::string>(text), {}};
}

TEST_F(Examples, EveryCommandOfThePageWorks) {
  std::istringstream page(read_whole(CIMERA_SOURCE_DIR "/examples/README.md"));
  int commands = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("cimera ")) continue;
    ++commands;
    std::vector<std::string> arguments = words(line);
    arguments.erase(arguments.begin());
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.code, 0) << line << "\n" << ran.err;
    EXPECT_EQ(ran.err, "") << line;
  }
  EXPECT_EQ(commands, 4);
}

TEST_F(Examples, ASmallerChipHasLessAreaAndStandingPower) {
  const auto results =
      run_json({"compare", "--machines", "isaac,examples/isaac_small.yaml", "--samples", "20"})["results"];
  EXPECT_LT(results[1]["area_mm2"].get<double>(), 0.3 * results[0]["area_mm2"].get<double>());
  EXPECT_LT(results[1]["standing_energy_J"].get<double>(), 0.3 * results[0]["standing_energy_J"].get<double>());
}

TEST_F(Examples, ANoisyCellIsNamedAndCostsAccuracy) {
  const auto document = run_json({"run", "--set", "cell=examples/reram_noisy.yaml", "--samples", "100"});
  EXPECT_EQ(document["inputs"]["resolved"]["machines"]["isaac"]["cell"]["name"], "examples/reram_noisy.yaml");
  const auto& a = document["results"][0]["accuracy"];
  EXPECT_LT(a["output_sqnr_dB"], a["quantized_sqnr_dB"]);
}

}  // namespace
}  // namespace cimera::apps
