// The version is written in CMakeLists.txt. What must repeat it by hand is compared with it here.

#include "core/version.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "tests/paths.h"

namespace cimera {
namespace {

// The first group of the first line of a file that matches, or "".
std::string first_match(const std::string& file, const std::regex& pattern) {
  std::ifstream stream(std::filesystem::path(CIMERA_SOURCE_DIR) / file);
  std::string line;
  while (std::getline(stream, line)) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) return match[1];
  }
  return "";
}

TEST(Version, IsThatOfTheProject) {
  EXPECT_EQ(first_match("CMakeLists.txt", std::regex(R"(^project\(cimera VERSION (\S+))")), kVersion);
}

TEST(Version, CitationCarriesIt) {
  EXPECT_EQ(first_match("CITATION.cff", std::regex(R"(^version: (\S+)$)")), kVersion);
}

TEST(Version, ChangelogBeginsWithIt) { EXPECT_EQ(first_match("CHANGELOG.md", std::regex(R"(^## (\S+))")), kVersion); }

TEST(Version, BuildNamesCompilerAndType) {
  EXPECT_TRUE(std::regex_match(std::string(kBuild), std::regex(R"(\S+ \d+(\.\d+)* \S+)"))) << kBuild;
}

}  // namespace
}  // namespace cimera
