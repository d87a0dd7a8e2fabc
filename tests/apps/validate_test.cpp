// cimera validate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/apps/program.h"

namespace cimera::apps {
namespace {

using testing::HasSubstr;

class Validate : public ProgramTest {};

TEST_F(Validate, PrintsFiguresFitsAndWhatWasHeldOut) {
  const Ran ran = run({"validate"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(ran.out, testing::ContainsRegex("1.2 V +TOPS/W +192 +201.2 +\\+4.8 % +5.0 % +held_out"));
  EXPECT_THAT(ran.out, HasSubstr("fitted: supply.threshold = 0.63635 V"));
  EXPECT_THAT(ran.out, testing::ContainsRegex("[0-9]+ of them held out: mean .error. [0-9.]+ %"));
}

TEST_F(Validate, SomeMachinesAsJson) {
  const auto json = run_json({"validate", "isaac", "wan_nature_2022"});
  EXPECT_EQ(json["rows"][0]["machine"], "isaac");
  EXPECT_EQ(json["rows"].back()["machine"], "wan_nature_2022");
}

constexpr const char* kDraft = R"(machine: isaac
about: a draft
tolerance: 1 %
status: held_out
rows:
  - {id: power, quantity: W, published: %PUBLISHED%, components: [%COMPONENT%]}
source: mine
sources: {mine: "a draft"}
)";

std::string draft(const std::string& published, const std::string& component) {
  std::string text = kDraft;
  text.replace(text.find("%PUBLISHED%"), 11, published);
  return text.replace(text.find("%COMPONENT%"), 11, component);
}

// 2,016 units of 16 mW.
TEST_F(Validate, AFigureOutsideItsToleranceFailsTheRun) {
  write("draft.yaml", draft("32.256", "adc"));
  EXPECT_EQ(run({"validate", "draft.yaml"}).code, 0);
  write("draft.yaml", draft("33", "adc"));
  const Ran ran = run({"validate", "draft.yaml"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("OUTSIDE"));
  EXPECT_EQ(ran.err, "cimera: 1 of 1 figures are outside their tolerance: isaac: power\n");
}

TEST_F(Validate, WrongInputIsRefused) {
  EXPECT_THAT(refusal({"validate", "isac"}), HasSubstr("unknown validation 'isac'; did you mean 'isaac'?"));
  write("draft.yaml", draft("33", "adcs"));
  EXPECT_THAT(refusal({"validate", "draft.yaml"}), HasSubstr("unknown component 'adcs'; did you mean 'adc'?"));
}

}  // namespace
}  // namespace cimera::apps
