#include "tests/apps/program.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/files.h"
#include "core/resources.h"
#include "tests/paths.h"

extern char** environ;

namespace cimera::apps {
namespace {

namespace fs = std::filesystem;

/// Starts a shell that goes to the folder and becomes the program, with its outputs in files.
int spawn_and_wait(const std::vector<std::string>& arguments, const fs::path& folder,
                   const std::map<std::string, std::string>& environment) {
  std::vector<std::string> words{"/bin/sh",
                                 "-c",
                                 "cd \"$1\" && shift && exec \"$@\" < /dev/null > stdout.txt 2> stderr.txt",
                                 "sh",
                                 folder.string(),
                                 CIMERA_BINARY_DIR "/cimera"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& variable : variables) envp.push_back(variable.data());
  for (char** variable = environ; *variable != nullptr; ++variable) envp.push_back(*variable);
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  pid_t pid = 0;
  if (posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), envp.data()) != 0) return -1;
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::size_t Ran::error_lines() const { return static_cast<std::size_t>(std::ranges::count(err, '\n')); }

Ran run_cimera(const std::vector<std::string>& arguments, const fs::path& folder,
               const std::map<std::string, std::string>& environment) {
  Ran ran;
  ran.code = spawn_and_wait(arguments, folder, environment);
  ran.out = read_whole(folder / "stdout.txt");
  ran.err = read_whole(folder / "stderr.txt");
  return ran;
}

void ProgramTest::SetUp() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  folder_ = fs::temp_directory_path() / ("cimera_" + std::string(test->name()) + "_" + std::to_string(::getpid()));
  fs::create_directory(folder_);
}

void ProgramTest::TearDown() { fs::remove_all(folder_); }

nlohmann::json ProgramTest::run_json(std::vector<std::string> arguments) const {
  arguments.emplace_back("--json");
  const Ran ran = run(arguments);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  return nlohmann::json::parse(ran.out, nullptr, false);
}

std::string ProgramTest::refusal(std::vector<std::string> arguments) const {
  if (arguments[0] == "compare") arguments.insert(arguments.end(), {"--out", "results"});
  const Ran ran = run(arguments);
  EXPECT_EQ(ran.code, 2) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.error_lines(), 1U) << ran.err;
  EXPECT_TRUE(ran.err.starts_with("cimera: ")) << ran.err;
  for (const auto& entry : fs::directory_iterator(folder_))
    EXPECT_FALSE(entry.path().filename().string().starts_with("results")) << entry;
  return ran.err.substr(8, ran.err.size() - 9);
}

fs::path ProgramTest::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
  return folder_ / name;
}

fs::path ProgramTest::changed_machine(const std::string& machine, const std::string& from,
                                      const std::string& to) const {
  std::string text = read_whole(resource("models/catalog/" + machine + ".yaml"));
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from << " occurs twice";
  return write(machine + ".yaml", text.replace(at, from.size(), to));
}

fs::path real_data() {
  const char* folder = std::getenv("CIMERA_DATA");
  return folder == nullptr ? "" : folder;
}

}  // namespace cimera::apps
