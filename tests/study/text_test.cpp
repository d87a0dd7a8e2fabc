#include "study/text.h"

#include <gtest/gtest.h>

namespace cimera::study {
namespace {

TEST(Wrapped, LinesStayBelowTheWidth) {
  std::string words;
  for (int i = 0; i < 60; ++i) words += "word" + std::to_string(i) + " ";
  const std::string text = wrapped("  " + words, 4);
  EXPECT_TRUE(text.starts_with("  word0 word1 "));
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < text.size(); ++lines) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, kTextWidth);
    EXPECT_EQ(text.substr(begin, 5), lines == 0 ? "  wor" : "    w");
    begin = end + 1;
  }
  EXPECT_EQ(lines, 5U);
}

TEST(Wrapped, LongWordsStayWhole) {
  const std::string path(150, 'x');
  EXPECT_EQ(wrapped("see " + path + " there", 2), "see\n  " + path + "\n  there\n");
  EXPECT_EQ(wrapped(path, 2), path + "\n");
  EXPECT_EQ(wrapped("", 2), "\n");
}

TEST(Wrapped, PercentSignsStayWithTheirNumbers) {
  const std::string filler(kTextWidth - 4, 'x');
  EXPECT_EQ(wrapped(filler + " 10 % of", 0), filler + "\n10 % of\n");
}

TEST(Wrapped, GoesOnWhereALineHasBegun) { EXPECT_EQ(wrapped("ab cd", 3, kTextWidth - 3), "ab\n   cd\n"); }

TEST(TwoColumns, MeaningsAreAligned) {
  EXPECT_EQ(two_columns({{"a", "one"}, {"long", "two words"}}), "  a     one\n  long  two words\n");
  const std::string meaning = std::string(86, 'y') + " tail end";
  EXPECT_EQ(two_columns({{"name", meaning}}), "  name  " + std::string(86, 'y') + " tail\n        end\n");
}

TEST(TextTable, AlignsAndDropsEmptyColumns) {
  TextTable table;
  table.column("name", TextTable::Align::kLeft);
  table.column("empty");
  table.column("value");
  table.row({"a", "", "1"});
  table.row({"bcdef", "", "1234567"});
  EXPECT_EQ(table.str(),
            "  name     value\n"
            "  a            1\n"
            "  bcdef  1234567\n");
}

TEST(TextTable, CountsCharactersNotBytes) {
  EXPECT_EQ(text_width("\xC2\xB5s"), 2U);
  TextTable table;
  table.column("x");
  table.row({"\xC2\xB5s"});
  table.row({"abc"});
  EXPECT_EQ(table.str(), "    x\n   \xC2\xB5s\n  abc\n");
}

TEST(SiText, FourDigitsAndAPrefix) {
  EXPECT_EQ(si_text(12345.6, "OPS"), "12.35 kOPS");
  EXPECT_EQ(si_text(0.00012, "J"), "120 uJ");
  EXPECT_EQ(si_text(1.0, "J"), "1 J");
  EXPECT_EQ(si_text(999.96, ""), "1 k");  // rounds up into the next prefix
  EXPECT_EQ(si_text(999.94, ""), "999.9");
  EXPECT_EQ(si_text(-0.5, "V"), "-500 mV");
  EXPECT_EQ(si_text(0.0, "J"), "0 J");
  EXPECT_EQ(si_text(1e-24, "J"), "1e-06 aJ");
}

TEST(Numbers, PercentAndGroups) {
  EXPECT_EQ(percent_text(0.9891), "98.91 %");
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
  EXPECT_EQ(counted(1, "tile"), "1 tile");
  EXPECT_EQ(counted(1200, "tile"), "1,200 tiles");
}

}  // namespace
}  // namespace cimera::study
