#include "study/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/error_text.h"

namespace cimera::study {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

const std::vector<MachineKeys> kMachines = {
    {"isaac", {"organisation.chips", "components.adc.power", "cell", "cell.r_on", "tile_functions"}},
    {"cpu", {"cores.count", "components.memory.power"}},
    {"gpu", {"cores.count"}},
};

auto route(std::vector<std::string> overrides) { return route_overrides(overrides, kMachines); }
std::string failure(const std::string& text) {
  return error_text([&] { route({text}); });
}

TEST(RouteOverrides, APrefixNamesTheMachine) {
  EXPECT_THAT(route({"cpu:cores.count=4"}), ElementsAre(Pair("cpu", ElementsAre("cores.count=4"))));
}

TEST(RouteOverrides, WithoutPrefixEveryMachineThatHasTheKey) {
  EXPECT_THAT(route({"cores.count=4", "organisation.chips=2"}),
              UnorderedElementsAre(Pair("cpu", ElementsAre("cores.count=4")), Pair("gpu", ElementsAre("cores.count=4")),
                                   Pair("isaac", ElementsAre("organisation.chips=2"))));
}

TEST(RouteOverrides, WhatNamesAMachineWins) {
  const auto routed = route({"gpu:cores.count=4", "cores.count=5", "cpu:components.memory.power=1 W"});
  EXPECT_THAT(routed.at("gpu"), ElementsAre("cores.count=5", "cores.count=4")) << "the last one stays";
  EXPECT_THAT(routed.at("cpu"), ElementsAre("cores.count=5", "components.memory.power=1 W"));
}

TEST(RouteOverrides, OneKeyIsSetOnce) {
  EXPECT_EQ(error_text([] {
              route({"gpu:cores.count=4", "gpu:cores.count=6"});
            }),
            "--set: 'gpu:cores.count=4' would be replaced by 'gpu:cores.count=6'; give one of the two");
  EXPECT_EQ(
      error_text([] {
        route({"components.adc.power=1 W", "components.adc={power: 2 W}"});
      }),
      "--set: 'components.adc.power=1 W' would be replaced by 'components.adc={power: 2 W}'; give one of the two");
  EXPECT_EQ(error_text([] {
              route({"components.adc={power: 2 W}", "components.adc.power=1 W"});
            }),
            "no error")
      << "a part may follow its whole";
  EXPECT_EQ(error_text([] { route({"cell.r_on=1 kOhm", "cell=reram_x"}); }), "no error") << "the name of another file";
}

TEST(RouteOverrides, TablesAndListsCanBeSetWholeOrInPart) {
  EXPECT_THAT(route({"components.adc={power: 1 W}"}), ElementsAre(Pair("isaac", testing::SizeIs(1))));
  EXPECT_THAT(route({"tile_functions.0=relu"}), ElementsAre(Pair("isaac", testing::SizeIs(1))));
}

TEST(RouteOverrides, ColonsInTheValueAreNoPrefix) {
  EXPECT_THAT(route({"cell.r_on=a:b"}), ElementsAre(Pair("isaac", ElementsAre("cell.r_on=a:b"))));
}

TEST(RouteOverrides, UnknownKeyNamesTheNearest) {
  EXPECT_THAT(failure("core.count=4"),
              testing::AllOf(HasSubstr("--set: core.count=4: no machine of this run has the key 'core.count'"),
                             HasSubstr("did you mean 'cores.count'?")));
}

TEST(RouteOverrides, KeyWithoutWhatStandsBeforeIt) {
  EXPECT_THAT(failure("chips=4"), HasSubstr("did you mean 'isaac:organisation.chips'?"));
  EXPECT_EQ(
      failure("isaac:r_on=1 kOhm"),
      "--set: isaac:r_on=1 kOhm: isaac does not have the key 'r_on'; did you mean 'isaac:cell.r_on'? (`cimera describe "
      "machine isaac` lists the keys)");
  EXPECT_THAT(failure("isaac:chip=4"), HasSubstr("did you mean 'organisation.chips'?"));
  EXPECT_EQ(failure("isaac:components.sram.power=1 W"), "no error") << "a new row of a table";
}

TEST(RouteOverrides, UnknownMachineNamesTheNearest) {
  EXPECT_THAT(failure("issac:cell.r_on=1"),
              testing::AllOf(HasSubstr("unknown machine 'issac'"), HasSubstr("did you mean 'isaac'?")));
}

TEST(RouteOverrides, WithoutEqualsSignOrKey) {
  EXPECT_THAT(failure("isaac:cell.r_on"), HasSubstr("expected [MACHINE:]key.path=value"));
  EXPECT_THAT(failure("=3"), HasSubstr("expected [MACHINE:]key.path=value"));
}

}  // namespace
}  // namespace cimera::study
