// The walk through a document, on small ones: what it accepts, and that it notices whatever is wrong.
#include "tests/docs/walkthrough.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/docs/markdown.h"

namespace cimera::docs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> problems(const std::string& markdown) {
  return follow("doc.md", markdown, steps_of("doc.md", markdown)).problems;
}

std::string refusal(const std::string& markdown) {
  try {
    steps_of("doc.md", markdown);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Markdown, FindsBlocksTablesAndLinks) {
  const std::string text =
      "# a [link](a.md)\n| x | y |\n|---|---|\n| 1 | 2 3 |\n```sh\n| no | [row](b.md) |\n```\n\n```text\n```\nend\n";
  const std::vector<Block> blocks = fenced_blocks("doc.md", text);
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].line, 5);
  EXPECT_EQ(blocks[0].info, "sh");
  EXPECT_EQ(blocks[0].text, "| no | [row](b.md) |\n");
  EXPECT_FALSE(blocks[0].follows);
  EXPECT_TRUE(blocks[1].follows);
  EXPECT_EQ(blocks[1].text, "");
  const std::vector<Row> rows = table_rows(text);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].line, 4);
  EXPECT_THAT(rows[1].cells, ElementsAre("1", "2 3"));
  ASSERT_EQ(links(text).size(), 1u);
  EXPECT_EQ(links(text)[0].target, "a.md");
}

TEST(Markdown, AnOpenBlockIsRefused) { EXPECT_THAT(refusal("text\n```sh\ntrue\n"), HasSubstr("doc.md:2")); }

TEST(Matches, LineByLine) {
  EXPECT_TRUE(matches("a\nb\n", "a\nb\n"));
  EXPECT_FALSE(matches("a\nb\n", "a\nb \n"));
  EXPECT_FALSE(matches("a\n", "a\nb\n"));
  EXPECT_FALSE(matches("a\nb\n", "a\n"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a\n"));
}

TEST(Matches, ThreeDotsStandForAnyLines) {
  EXPECT_TRUE(matches("...\n", ""));
  EXPECT_TRUE(matches("a\n...\nd\n", "a\nb\nc\nd\n"));
  EXPECT_TRUE(matches("a\n...\nd\n", "a\nd\n"));
  EXPECT_TRUE(matches("...\na\nb\n", "a\na\nb\n"));
  EXPECT_FALSE(matches("a\n...\nd\n", "a\nb\nc\n"));
  EXPECT_FALSE(matches("...\na\n", "a\nb\n"));
  EXPECT_FALSE(matches("a ...\n", "a b\n"));
}

TEST(Steps, WhatIsNotCheckedIsRefused) {
  EXPECT_THAT(refusal("```bash\ntrue\n```\n"), HasSubstr("doc.md:1: a block of kind 'bash'"));
  EXPECT_THAT(refusal("```yaml\na: 1\n```\n"), HasSubstr("a block of kind 'yaml'"));
  EXPECT_THAT(refusal("```yaml ../x.yaml\na: 1\n```\n"), HasSubstr("not below"));
  EXPECT_THAT(refusal("```sh\ntrue\n```\nIt prints\n```text\na\n```\n"), HasSubstr("doc.md:5: this output"));
  EXPECT_THAT(refusal("```sh\ntrue\n```\n```text\na\n```\n```text\nb\n```\n"), HasSubstr("doc.md:7: this output"));
}

TEST(Follow, RunsCommandsInOneFolderWithTheData) {
  EXPECT_THAT(problems("```yaml devices/catalog/x.yaml\nkind: reram\n```\n"
                       "```sh\nhead -1 devices/catalog/x.yaml\nls models/catalog/isaac.yaml\n```\n"
                       "```text\nkind: reram\nmodels/catalog/isaac.yaml\n```\n"
                       "```console\nfalse\n```\n```sh\npwd; test \"$CIMERA_SHARE\" = \"$PWD\"\n```\n"
                       "```text\n~/cimera\n```\n"),
              IsEmpty());
}

TEST(Follow, NamesDocumentLineCommandAndOutputs) {
  EXPECT_THAT(problems("a\n```sh\necho one; echo two >&2\n```\n```text\none\n```\n"),
              ElementsAre(AllOf(HasSubstr("doc.md:2"), HasSubstr("    echo one; echo two >&2\n"),
                                HasSubstr("they print\n    one\n    two\n"), HasSubstr("shows\n    one\n"))));
}

TEST(Follow, StopsAtCommandsThatFail) {
  EXPECT_THAT(problems("```sh\necho a\nfalse\necho b\n```\n```text\na\n```\n```sh\nfalse\n```\n"),
              ElementsAre(AllOf(HasSubstr("doc.md:1: these commands fail"), HasSubstr("exit code 1"))));
  EXPECT_THAT(problems("```sh\necho \"$NO_SUCH_VARIABLE\"\n```\n"), ElementsAre(HasSubstr("fail")));
}

TEST(Follow, RenewsOutputsThatHaveNoGap) {
  const std::string old =
      "```sh\nprintf 'a\\nb\\n'\n```\n```text\nx\n```\nand\n```sh\necho c\n```\n```text\ny\nz\n```\n"
      "```sh\necho d\n```\n```text\n...\ne\n```\n";
  const Report report = follow("doc.md", old, steps_of("doc.md", old));
  EXPECT_EQ(report.problems.size(), 3u);
  EXPECT_EQ(report.renewed,
            "```sh\nprintf 'a\\nb\\n'\n```\n```text\na\nb\n```\nand\n```sh\necho c\n```\n```text\nc\n```\n"
            "```sh\necho d\n```\n```text\n...\ne\n```\n");
}

}  // namespace
}  // namespace cimera::docs
