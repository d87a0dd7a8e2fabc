// Runs the cimera program itself, as a user does.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cimera::apps {

/// What a run left behind.
struct Ran {
  int code = -1;  ///< exit code; 128 + signal where it was killed
  std::string out, err;

  /// Lines of `err`.
  std::size_t error_lines() const;
};

/// Runs build/cimera with `arguments` and, on top of the environment, `environment`; the working folder is `folder`.
Ran run_cimera(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
               const std::map<std::string, std::string>& environment = {});

/// A test with an empty folder of its own, which the program runs in.
class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  Ran run(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {}) const {
    return run_cimera(arguments, folder_, environment);
  }
  /// Runs with --json, expects success and nothing on standard error, and parses the answer.
  nlohmann::json run_json(std::vector<std::string> arguments) const;
  /// Expects exit code 2, one line on standard error, nothing on standard output and no folder of --out; returns the
  /// line without "cimera: ".
  std::string refusal(std::vector<std::string> arguments) const;

  std::filesystem::path write(const std::string& name, const std::string& text) const;
  /// A catalog file of the machines with `from` replaced by `to`, which must occur once.
  std::filesystem::path changed_machine(const std::string& machine, const std::string& from,
                                        const std::string& to) const;

  std::filesystem::path folder_;
};

/// The folder of real data, or empty: then the test is to be skipped.
std::filesystem::path real_data();

}  // namespace cimera::apps
