// The same question has the same answer: seeds, threads, batch sizes, and who else is compared.
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace cimera::apps {
namespace {

using nlohmann::json;

/// Devices with a programming error, so that randomness takes part.
const std::vector<std::string> kNoisy = {"compare", "--set", "cell.sigma_program=0.1", "--trials", "2", "--samples",
                                         "100",     "--json"};

class Repeat : public ProgramTest {
 protected:
  std::string answer(std::vector<std::string> more) const {
    more.insert(more.begin(), kNoisy.begin(), kNoisy.end());
    const Ran ran = run(more);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.out;
  }
};

TEST_F(Repeat, EqualSeedsGiveEqualBytes) {
  const std::string first = answer({"--seed", "7"});
  EXPECT_EQ(first, answer({"--seed", "7"}));
  EXPECT_NE(json::parse(first)["results"], json::parse(answer({"--seed", "8"}))["results"]);
}

TEST_F(Repeat, ThreadsDoNotMatter) {
  const std::string one = answer({"--threads", "1"});
  EXPECT_EQ(one, answer({"--threads", "2"}));
  EXPECT_EQ(one, answer({"--threads", "7"}));
}

TEST_F(Repeat, AskingForSeveralBatchSizesIsAskingForEach) {
  const json both = json::parse(answer({"--batch", "1,3"}))["results"];
  EXPECT_EQ(both[0], json::parse(answer({"--batch", "1"}))["results"][0]);
  EXPECT_EQ(both[1], json::parse(answer({"--batch", "3"}))["results"][0]);
  EXPECT_EQ(both[0]["accuracy"], both[1]["accuracy"]);
}

TEST_F(Repeat, OtherMachinesDoNotMatter) {
  const json both = json::parse(answer({"--machines", "cpu_ddr4,isaac"}))["results"];
  const json alone = json::parse(answer({"--machines", "isaac"}))["results"];
  EXPECT_EQ(both[1], alone[0]);
}

TEST_F(Repeat, ProgrammingErrorCostsSomethingAndTheIdealDeviceNothing) {
  const json ideal = run_json({"run", "--samples", "100"})["results"][0]["accuracy"];
  EXPECT_EQ(ideal["output_sqnr_dB"], ideal["quantized_sqnr_dB"]);
  EXPECT_EQ(ideal["device"], ideal["quantized"]);
  EXPECT_EQ(ideal["device_std"], 0.0);
  const json noisy = json::parse(answer({}))["results"][0]["accuracy"];
  EXPECT_LT(noisy["output_sqnr_dB"], noisy["quantized_sqnr_dB"]);
  EXPECT_EQ(noisy["trials"], 2);
  EXPECT_GT(noisy["device_std"], 0.0);
  EXPECT_EQ(
      run_json({"run", "--set", "cell.sigma_program=0.1", "--samples", "20"})["results"][0]["accuracy"]["device_std"],
      nullptr)
      << "the spread of one draw is not known";
}

}  // namespace
}  // namespace cimera::apps
