// Where results go: the folder of --out, standard output, and what happens when a worker dies.
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/apps/program.h"
#include "tests/paths.h"

namespace cimera::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class Output : public ProgramTest {
 protected:
  std::vector<std::string> names(const fs::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    return names;
  }
  /// A worker that dies when the program is for `machine`, and is the real one otherwise.
  std::map<std::string, std::string> worker_that_fails_for(const std::string& machine) const {
    const fs::path script = write("worker", "#!/bin/sh\nrequest=$(mktemp -p " + folder_.string() +
                                                " request.XXXXXX)\ncat > $request\nif grep -aq " + machine +
                                                " $request; then echo out of sand >&2; kill -ABRT $$; fi\nexec " +
                                                CIMERA_BINARY_DIR "/cimera-timing-worker < $request\n");
    fs::permissions(script, fs::perms::owner_all);
    return {{"CIMERA_TIMING_WORKER", script.string()}};
  }
};

TEST_F(Output, FolderHoldsTheRun) {
  const Ran ran = run({"compare", "--samples", "20", "--batch", "1,2", "--out", "a/b/results", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const fs::path folder = folder_ / "a/b/results";
  EXPECT_THAT(names(folder), UnorderedElementsAre("results.json", "layers.csv", "inputs.resolved.json"));
  EXPECT_EQ(read_whole(folder / "results.json"), ran.out);
  EXPECT_EQ(json::parse(read_whole(folder / "inputs.resolved.json")), json::parse(ran.out)["inputs"]["resolved"]);

  std::istringstream csv(read_whole(folder / "layers.csv"));
  std::string line;
  std::getline(csv, line);
  EXPECT_THAT(line, StartsWith("machine,batch,layer,op,on,macs,latency_s,energy_J,cell_writes,array_reads,"));
  const auto columns = std::ranges::count(line, ',');
  std::map<std::string, double> energies;  // by machine and batch size
  int rows = 0;
  while (std::getline(csv, line)) {
    EXPECT_EQ(std::ranges::count(line, ','), columns) << line;
    EXPECT_THAT(line, StartsWith(rows++ == 0 ? "isaac,1,conv1,conv2d,arrays,115200," : ""));
    std::vector<std::string> entries;
    std::istringstream entry(line);
    for (std::string text; std::getline(entry, text, ',');) entries.push_back(text);
    energies[entries[0] + entries[1]] += std::stod(entries[7]);
  }
  EXPECT_EQ(rows, 2 * 2 * (10 + 1)) << "layers, and what belongs to none";
  const json report = json::parse(ran.out);
  for (const json& result : report["results"]) {
    const double energy = result["energy_J"];
    EXPECT_NEAR(energies[result["machine"].get<std::string>() + result["batch"].dump()], energy, 1e-9 * energy);
  }
}

TEST_F(Output, FolderThatExistsIsReplacedFileByFile) {
  fs::create_directory(folder_ / "results");
  write("results/notes.txt", "mine");
  write("results/results.json", "old");
  ASSERT_EQ(run({"run", "--samples", "20", "--out", "results/"}).code, 0);
  EXPECT_THAT(names(folder_ / "results"),
              UnorderedElementsAre("results.json", "layers.csv", "inputs.resolved.json", "notes.txt"));
  EXPECT_EQ(json::parse(read_whole(folder_ / "results/results.json"))["schema"], 1);
}

TEST_F(Output, FolderThatCannotBeMadeIsFoundBeforeAnyWork) {
  write("file", "");
  const std::string folder = folder_.string();
  EXPECT_EQ(refusal({"run", "--out", "file/a/results"}),
            "--out: file/a/results: nothing can be written in " + folder + "/file: Not a directory");
  EXPECT_THAT(refusal({"run", "--out", "/proc/results"}), StartsWith("--out: /proc/results: nothing can be written"));
}

TEST_F(Output, NoProgressWhereNobodyWatches) { EXPECT_EQ(run({"compare", "--samples", "20"}).err, ""); }

TEST_F(Output, WorkerThatDiesSpoilsOnlyItsPoint) {
  const auto environment = worker_that_fails_for("cpu_ddr4");
  const Ran ran = run({"compare", "--samples", "20", "--out", "results", "--json"}, environment);
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err,
            "cimera: cpu_ddr4, batch 1: timing of cpu_ddr4 failed: the worker was killed by signal 6 (Aborted); it "
            "wrote: out of sand\n");
  EXPECT_FALSE(fs::exists(folder_ / "results"));
  const json results = json::parse(ran.out)["results"];
  EXPECT_EQ(results[0]["error"], nullptr);
  EXPECT_GT(results[0]["latency_s"], 0.0);
  EXPECT_THAT(results[1]["error"], HasSubstr("killed by signal 6"));
  for (const auto& [key, value] : results[0].items()) EXPECT_TRUE(results[1].contains(key)) << key;
  EXPECT_EQ(results[1]["latency_s"], nullptr);
}

TEST_F(Output, TablesSayWhatFailed) {
  const auto environment = worker_that_fails_for("cpu_ddr4");
  const Ran ran = run({"compare", "--samples", "20", "--batch", "1,2"}, environment);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, StartsWith("cimera: 2 points failed; the first: cpu_ddr4, batch 1: "));
  EXPECT_THAT(ran.out, HasSubstr("\nFailed\n  cpu_ddr4, batch 1: "));
  EXPECT_THAT(ran.out, HasSubstr("  isaac  "));
}

TEST_F(Output, WithoutWorkerTheCostReadingStillAnswers) {
  const std::map<std::string, std::string> none = {{"CIMERA_TIMING_WORKER", "/nowhere"}};
  EXPECT_EQ(run({"run", "--samples", "20", "--fidelity", "cost"}, none).code, 0);
  EXPECT_THAT(run({"run", "--samples", "20"}, none).err, HasSubstr("CIMERA_TIMING_WORKER = /nowhere"));
}

TEST_F(Output, FullDeviceIsARunThatFailed) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const int status = std::system(
      ("exec 2> " + (folder_ / "err").string() + "; " CIMERA_BINARY_DIR "/cimera list machines > /dev/full").c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_EQ(read_whole(folder_ / "err"), "cimera: standard output cannot be written\n");
}

}  // namespace
}  // namespace cimera::apps
