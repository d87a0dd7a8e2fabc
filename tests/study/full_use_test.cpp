// What `cimera describe machine` says of a machine at full use is what its component table gives.

#include "study/full_use.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "study/text.h"

namespace cimera::study {
namespace {

using ::testing::HasSubstr;

TEST(FullUse, ShowsEveryComponentOfEveryMachine) {
  for (const std::string& name : ops::machine_names()) {
    const ops::MachineSpec machine = ops::load_machine(name);
    const std::string text = full_use_text(machine);
    for (const auto& [component, row] : machine.components())
      EXPECT_THAT(text, HasSubstr("\n  " + component + " ")) << name;
    const std::optional<Watts> total = ops::total(machine.full_use());
    EXPECT_THAT(text, HasSubstr(total ? format(*total) : "unknown and ")) << name;
  }
}

TEST(FullUse, PeakOfACrossbarMachineIsThatOfItsTable) {
  const ops::MachineSpec machine = ops::load_machine("isaac");
  const ops::CrossbarPeak peak = ops::peak(*machine.crossbar());
  const std::string text = full_use_text(machine);
  EXPECT_THAT(text, HasSubstr(si_text(2 * peak.macs_per_second, "OPS")));
  EXPECT_THAT(text, HasSubstr(format(*peak.per_mac)));
  EXPECT_THAT(text, HasSubstr(si_text(2 * peak.macs_per_second / peak.power->si(), "OPS/W")));
}

TEST(FullUse, AnUnknownFigureStaysUnknown) {
  const std::string overrides[] = {"components.edram.power=unknown", "components.edram.area=unknown"};
  const std::string text = full_use_text(ops::load_machine("isaac", overrides));
  EXPECT_THAT(text, HasSubstr("unknown and unknown in all"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("OPS/W")));
}

TEST(FullUse, PartsFollowTheOrganisation) {
  const std::string overrides[] = {"organisation.adcs_per_ima=4"};
  EXPECT_THAT(full_use_text(ops::load_machine("isaac", overrides)), HasSubstr(" 8 mW "));
}

}  // namespace
}  // namespace cimera::study
