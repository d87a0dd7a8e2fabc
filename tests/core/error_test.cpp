#include "core/error.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/error_text.h"

namespace cimera {
namespace {

const std::vector<std::string> kMachines{"cpu_ddr4", "isaac", "neurram"};

TEST(Where, PrintsFileAndLine) {
  EXPECT_EQ((Where{"models/catalog/x.yaml", 7}).str(), "models/catalog/x.yaml:7");
  EXPECT_EQ((Where{"--set"}).str(), "--set");
  EXPECT_EQ(Where{}.str(), "");
}

TEST(Error, PutsThePlaceInFront) {
  EXPECT_EQ(error_text([] { fail_input({"x.yaml", 3}, "wrong"); }), "x.yaml:3: wrong");
  EXPECT_EQ(error_text([] { fail_input("wrong"); }), "wrong");
  EXPECT_EQ(error_text([] { fail_run("broken"); }), "[run] broken");
}

TEST(DidYouMean, FindsTheNearestName) {
  EXPECT_EQ(did_you_mean("isac", kMachines), "; did you mean 'isaac'?");
  EXPECT_EQ(did_you_mean("isaca", kMachines), "; did you mean 'isaac'?");  // two letters swapped are one edit
  EXPECT_EQ(did_you_mean("ISAAC", kMachines), "; did you mean 'isaac'?");
  EXPECT_EQ(did_you_mean("cpu-ddr4", kMachines), "; did you mean 'cpu_ddr4'?");
}

TEST(DidYouMean, FindsANameThatIsTheStartOfTheOther) {
  EXPECT_EQ(did_you_mean("cpu", kMachines), "; did you mean 'cpu_ddr4'?");
  EXPECT_EQ(did_you_mean("isaac_with_16_bits", kMachines), "; did you mean 'isaac'?");
}

TEST(DidYouMean, PrefersTheSameCaseAmongEquallyNear) {
  const std::vector<std::string> units{"kb", "kB"};
  EXPECT_EQ(did_you_mean("KB", units), "; did you mean 'kB'?");
}

TEST(DidYouMean, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("timeloop", kMachines), "");
  EXPECT_EQ(did_you_mean("", kMachines), "");
  EXPECT_EQ(did_you_mean("x", kMachines), "");
  EXPECT_EQ(did_you_mean("isac", {}), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'i'), kMachines), "");
}

TEST(UnknownName, ListsTheNames) {
  EXPECT_EQ(unknown_name("machine", "isac", kMachines),
            "unknown machine 'isac'; did you mean 'isaac'? Machines: cpu_ddr4, isaac, neurram.");
  EXPECT_EQ(unknown_name("memory", "zzz", std::vector<std::string>{"hbm2"}), "unknown memory 'zzz'. Memories: hbm2.");
  EXPECT_EQ(unknown_name("device", "a", {}), "unknown device 'a'. There are no devices.");
}

}  // namespace
}  // namespace cimera
