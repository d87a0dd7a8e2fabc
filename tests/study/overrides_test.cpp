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

TEST(RouteOverrides, OrderIsKept) {
  EXPECT_THAT(route({"gpu:cores.count=4", "cores.count=5", "gpu:cores.count=6"}).at("gpu"),
              ElementsAre("cores.count=4", "cores.count=5", "cores.count=6"));
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
