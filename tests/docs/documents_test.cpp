// The documents of the repository: their commands run and print what is shown, and their links lead somewhere.
//
// CIMERA_RENEW_DOCS=1 in the environment writes what the commands print now into the documents, to be read as a diff.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/docs/markdown.h"
#include "tests/docs/walkthrough.h"
#include "tests/paths.h"

namespace cimera::docs {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = CIMERA_SOURCE_DIR;

std::string text_of(const std::string& document) { return read_whole(kRoot / document); }

void expect_true(const std::string& document, const std::vector<Step>& steps) {
  const std::string markdown = text_of(document);
  const Report report = follow(document, markdown, steps);
  for (const std::string& problem : report.problems) ADD_FAILURE() << problem;
  if (report.renewed == markdown) return;
  if (std::getenv("CIMERA_RENEW_DOCS") == nullptr)
    std::cerr << "CIMERA_RENEW_DOCS=1 " << CIMERA_BINARY_DIR << "/tests/docs_test writes today's output into it.\n";
  else write_whole(fs::canonical(kRoot / document), report.renewed);
}

class Document : public ::testing::TestWithParam<const char*> {};

TEST_P(Document, DoesWhatItSays) {
  const std::vector<Step> steps = steps_of(GetParam(), text_of(GetParam()));
  EXPECT_TRUE(std::ranges::any_of(steps, [](const Step& step) { return step.output.has_value(); }));
  expect_true(GetParam(), steps);
}

INSTANTIATE_TEST_SUITE_P(Docs, Document,
                         ::testing::Values("docs/architecture.md", "docs/add-a-device.md", "docs/add-a-machine.md",
                                           "docs/devices.md", "docs/experiments.md", "docs/validation.md"),
                         [](const auto& info) {
                           std::string name = fs::path(info.param).stem();
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

/// What scripts/demo runs in the end: "compare --machines ...".
std::string demo_arguments() {
  static const std::regex kCall(R"re(exec "\$root/build/cimera" ([^"]+) "\$@")re");
  const std::string script = text_of("scripts/demo");
  std::smatch call;
  return std::regex_search(script, call, kCall) ? call[1].str() : "";
}

// The first output of README.md is that of scripts/demo; the demo itself would build what is being tested.
TEST(Readme, ShowsWhatTheDemoPrints) {
  const std::vector<Block> blocks = fenced_blocks("README.md", text_of("README.md"));
  ASSERT_GE(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].info, "console");
  EXPECT_EQ(blocks[0].text.substr(0, blocks[0].text.find(' ')), "scripts/demo");
  EXPECT_EQ(blocks[1].text, "scripts/demo\n");
  ASSERT_EQ(blocks[2].info, "text");
  ASSERT_NE(demo_arguments(), "");
  std::vector<Step> steps = steps_of("README.md", text_of("README.md"));
  steps.insert(steps.begin(), {.line = blocks[2].line,
                               .file = "",
                               .text = "cimera " + demo_arguments() + "\n",
                               .output = blocks[2].text,
                               .output_line = blocks[2].line});
  expect_true("README.md", steps);
}

std::vector<fs::path> markdown_files() {
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator entry(kRoot), end; entry != end; ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && (name.starts_with(".") || (entry.depth() == 0 && name.starts_with("build"))))
      entry.disable_recursion_pending();
    else if (entry->path().extension() == ".md") files.push_back(entry->path());
  }
  return files;
}

TEST(Links, LeadToFilesThatExist) {
  const std::vector<fs::path> files = markdown_files();
  EXPECT_GT(files.size(), 10u);
  int followed = 0;
  for (const fs::path& file : files) {
    for (const Link& link : links(read_whole(file))) {
      const std::string target = link.target.substr(0, link.target.find('#'));
      if (target.empty() || target.find(':') != std::string::npos) continue;  // in this page, or elsewhere
      ++followed;
      EXPECT_TRUE(fs::exists(file.parent_path() / target)) << file << ":" << link.line << " leads to " << target;
    }
  }
  EXPECT_GT(followed, 10);
}

}  // namespace
}  // namespace cimera::docs
