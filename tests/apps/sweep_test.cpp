// cimera sweep, end to end: what it writes, that nothing is done twice, that parts make the whole, and what it refuses.
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "core/files.h"
#include "tests/apps/program.h"
#include "tests/paths.h"

extern char** environ;

namespace cimera::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kSmall =
    "samples: 30\ntrials: 2\nset: {cell.sigma_program: 0.1}\nreadings: [accuracy, cost]\n"
    "vary:\n- {name: adc, key: precision.adc_bits, values: [6, 8]}\n- {key: seed, values: [1..3]}\n"
    "plot: {x: seed, y: loss, series: adc}\n";

std::vector<std::vector<std::string>> csv_rows(const fs::path& file) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream text(read_whole(file));
  for (std::string line; std::getline(text, line);) {
    rows.emplace_back();
    std::istringstream cells(line + ",");
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

class Sweep : public ProgramTest {
 protected:
  /// Finished points; what a killed call was writing has another ending.
  std::set<std::string> points(const std::string& folder) const {
    std::set<std::string> names;
    if (fs::exists(folder_ / folder / "points"))
      for (const auto& entry : fs::directory_iterator(folder_ / folder / "points"))
        if (entry.path().extension() == ".json") names.insert(entry.path().filename().string());
    return names;
  }
};

TEST_F(Sweep, WritesTableDatabaseAndFigure) {
  write("small.yaml", kSmall);
  const json report = run_json({"sweep", "small.yaml", "--out", "out"});
  EXPECT_EQ(report["schema"], 1);
  EXPECT_EQ(report["sweep"]["points"], 6);
  EXPECT_EQ(report["sweep"]["evaluated"], 6);
  EXPECT_EQ(points("out").size(), 6U);
  const auto rows = csv_rows(folder_ / "out/results.csv");
  ASSERT_EQ(rows.size(), 7U);
  const auto& header = rows[0];
  EXPECT_THAT(header, ::testing::IsSupersetOf({"adc", "seed", "status", "error", "reference", "quantized", "device",
                                               "device_std", "loss", "loss_ci95_low", "loss_ci95_high", "latency_s",
                                               "energy_J", "point"}));
  for (std::size_t r = 1; r < rows.size(); ++r) {
    ASSERT_EQ(rows[r].size(), header.size());
    const json& point = report["points"][r - 1];
    for (std::size_t c = 0; c < header.size(); ++c) {
      const json& value = point[header[c]];
      EXPECT_EQ(rows[r][c], value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump());
    }
    EXPECT_TRUE(points("out").contains(point["point"].get<std::string>() + ".json"));
    EXPECT_EQ(point["energy_J"].is_null(), point["adc"] == 6) << "ISAAC's converter is priced for 8 bits";
  }
  EXPECT_THAT(read_whole(folder_ / "out/figure.svg"), AllOf(StartsWith("<svg"), HasSubstr("accuracy lost")));
}

/// The figures of a point are those of `cimera run` with the same options.
TEST_F(Sweep, APointIsARun) {
  write("small.yaml", kSmall);
  const json sweep = run_json({"sweep", "small.yaml"});
  const json run = run_json({"run", "--samples", "30", "--trials", "2", "--seed", "3", "--set",
                             "cell.sigma_program=0.1", "--set", "precision.adc_bits=8"})["results"][0];
  const json& point = sweep["points"][5];
  ASSERT_EQ(point["adc"], 8);
  ASSERT_EQ(point["seed"], 3);
  for (const char* key : {"reference", "quantized", "device", "device_std", "loss"})
    EXPECT_EQ(point[key], run["accuracy"][key]) << key;
  EXPECT_EQ(point["loss_ci95_low"], run["accuracy"]["loss_ci95"][0]);
  EXPECT_EQ(point["loss_ci95_high"], run["accuracy"]["loss_ci95"][1]);
  EXPECT_EQ(point["evaluated"], run["accuracy"]["samples"]);
  EXPECT_EQ(point["draws"], run["accuracy"]["trials"]);
  EXPECT_EQ(point["latency_s"], run["latency_s"]);
  EXPECT_EQ(point["energy_J"], run["energy_J"]);
  EXPECT_EQ(point["area_mm2"], run["area_mm2"]);
}

TEST_F(Sweep, TheDatabaseHoldsTheSameRows) {
  write("small.yaml", kSmall);
  ASSERT_EQ(run({"sweep", "small.yaml", "--out", "out"}).code, 0);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open_v2((folder_ / "out/results.sqlite").c_str(), &database, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(database, "SELECT * FROM points", -1, &statement, nullptr), SQLITE_OK);
  const auto rows = csv_rows(folder_ / "out/results.csv");
  ASSERT_EQ(sqlite3_column_count(statement), static_cast<int>(rows[0].size()));
  std::size_t r = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    ASSERT_LT(++r, rows.size());
    for (int c = 0; c < sqlite3_column_count(statement); ++c) {
      const std::string& cell = rows[r][static_cast<std::size_t>(c)];
      EXPECT_EQ(sqlite3_column_name(statement, c), rows[0][static_cast<std::size_t>(c)]);
      switch (sqlite3_column_type(statement, c)) {
        case SQLITE_NULL:
          EXPECT_EQ(cell, "");
          break;
        case SQLITE_TEXT:
          EXPECT_EQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, c)), cell);
          break;
        default:
          EXPECT_EQ(sqlite3_column_double(statement, c), std::stod(cell));
      }
    }
  }
  EXPECT_EQ(r + 1, rows.size());
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

TEST_F(Sweep, OnlyWhatIsMissingIsEvaluated) {
  write("small.yaml", kSmall);
  ASSERT_EQ(run({"sweep", "small.yaml", "--out", "out"}).code, 0);
  const std::string csv = read_whole(folder_ / "out/results.csv");
  const fs::path lost = folder_ / "out/points" / *points("out").begin();
  fs::remove(lost);
  const Ran again = run({"sweep", "small.yaml", "--out", "out"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("6 points of small.yaml: 1 evaluated now, 5 evaluated before"));
  EXPECT_TRUE(fs::exists(lost));
  EXPECT_EQ(read_whole(folder_ / "out/results.csv"), csv);
  // Another value of something that stays fixed is another point.
  write("other.yaml", std::string(kSmall).replace(std::string(kSmall).find("0.1"), 3, "0.2"));
  EXPECT_EQ(run_json({"sweep", "other.yaml", "--out", "out"})["sweep"]["evaluated"], 6);
  // Another axis that passes the same points is not.
  write("fewer.yaml", std::string(kSmall).replace(std::string(kSmall).find("[6, 8]"), 6, "[8]"));
  EXPECT_EQ(run_json({"sweep", "fewer.yaml", "--out", "out"})["sweep"]["found"], 3);
}

TEST_F(Sweep, PartsMakeTheWhole) {
  write("small.yaml", kSmall);
  ASSERT_EQ(run({"sweep", "small.yaml", "--out", "whole", "--threads", "1"}).code, 0);
  EXPECT_THAT(
      refusal({"sweep", "small.yaml", "--out", "parts", "--merge"}),
      AllOf(StartsWith("--merge: 6 of 6 points are missing in parts"), HasSubstr("the first is adc = 6, seed = 1")));
  ASSERT_EQ(run({"sweep", "small.yaml", "--out", "parts", "--shard", "2/2"}).code, 0);
  EXPECT_EQ(points("parts").size(), 3U);
  EXPECT_FALSE(fs::exists(folder_ / "parts/results.csv"));
  const Ran early = run({"sweep", "small.yaml", "--out", "parts", "--merge"});
  EXPECT_EQ(early.code, 2);
  EXPECT_THAT(early.err, HasSubstr("3 of 6 points are missing"));
  EXPECT_FALSE(fs::exists(folder_ / "parts/results.csv"));
  EXPECT_EQ(run_json({"sweep", "small.yaml", "--out", "parts", "--shard", "1/2", "--threads", "2"})["points"].size(),
            3U);
  EXPECT_EQ(run_json({"sweep", "small.yaml", "--out", "parts", "--merge"})["sweep"]["found"], 6);
  for (const char* file : {"results.csv", "results.sqlite", "figure.svg"})
    EXPECT_EQ(read_whole(folder_ / "parts" / file), read_whole(folder_ / "whole" / file)) << file;
}

TEST_F(Sweep, AKilledSweepLosesOnlyWhatWasRunning) {
  // The last point takes long: it is running when the others are done.
  write("long.yaml", "vary:\n- {key: samples, values: [10, 11, 12, 60000]}\n");
  const std::string program = CIMERA_BINARY_DIR "/cimera";
  const std::string file = (folder_ / "long.yaml").string(), out = (folder_ / "out").string();
  const char* words[] = {program.c_str(), "sweep", file.c_str(), "--out", out.c_str(), nullptr};
  pid_t pid = 0;
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
  ASSERT_EQ(posix_spawn(&pid, program.c_str(), &quiet, nullptr, const_cast<char**>(words), environ), 0);
  posix_spawn_file_actions_destroy(&quiet);
  for (int wait = 0; wait < 3000 && points("out").size() < 3; ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  ASSERT_EQ(points("out").size(), 3U);
  for (const std::string& name : points("out"))
    EXPECT_TRUE(json::accept(read_whole(folder_ / "out/points" / name))) << name;
  write("short.yaml", "vary:\n- {key: samples, values: [10, 11, 12, 13]}\n");
  const json again = run_json({"sweep", "short.yaml", "--out", "out"});
  EXPECT_EQ(again["sweep"]["found"], 3);
  EXPECT_EQ(again["sweep"]["evaluated"], 1);
}

TEST_F(Sweep, ARefusedPointIsARow) {
  write("mixed.yaml",
        "samples: 10\nvary:\n- name: cell\n  choices:\n"
        "  - {label: ideal, set: {cell.sigma_program: 0}}\n"
        "  - {label: nobody knows, set: {cell.sigma_program: unknown}}\n"
        "  - {label: slip, set: {cell.sigma_programm: 0}}\n");
  const Ran ran = run({"sweep", "mixed.yaml", "--out", "out"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.error_lines(), 1U);
  EXPECT_THAT(ran.err, HasSubstr("mixed.yaml: 2 of 3 points were refused; the first (cell = nobody knows): "));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1 evaluated now, 2 refused"), HasSubstr("refused (cell = slip): ")));
  const std::string csv = read_whole(folder_ / "out/results.csv");
  EXPECT_THAT(csv, AllOf(HasSubstr("\nideal,ok,,10,"), HasSubstr("\nnobody knows,refused,"),
                         HasSubstr("\nslip,refused,"), HasSubstr("did you mean 'sigma_program'")));
  const Ran again = run({"sweep", "mixed.yaml", "--out", "out", "--merge"});
  EXPECT_EQ(again.code, 2);
  EXPECT_EQ(read_whole(folder_ / "out/results.csv"), csv);
}

TEST_F(Sweep, AFileOfRefusedPointsOnlyIsRefused) {
  write("slip.yaml", "samples: 10\nvary:\n- {key: precision.adc_bit, values: [4, 5]}\n");
  EXPECT_THAT(refusal({"sweep", "slip.yaml", "--out", "results"}),
              AllOf(StartsWith("slip.yaml: every point is refused; the first (precision.adc_bit = 4): "),
                    HasSubstr("did you mean 'precision.adc_bits'")));
}

TEST_F(Sweep, WrongOptionsAndFiles) {
  write("small.yaml", kSmall);
  EXPECT_THAT(refusal({"sweep", "none.yaml"}), HasSubstr("none.yaml: no such file"));
  EXPECT_THAT(refusal({"sweep", "small.yaml", "--shard", "1/2"}),
              HasSubstr("--shard: parts meet in a folder: --out DIR"));
  EXPECT_THAT(refusal({"sweep", "small.yaml", "--out", "results", "--shard", "3/2"}), HasSubstr("'3/2': expected i/n"));
  EXPECT_THAT(refusal({"sweep", "small.yaml", "--samples", "5"}),
              HasSubstr("--samples: small.yaml:1 gives samples already"));
  ASSERT_EQ(run({"sweep", "small.yaml", "--out", "out"}).code, 0);
  const std::string name = *points("out").begin();
  write("out/points/" + name, "{}");
  EXPECT_THAT(refusal({"sweep", "small.yaml", "--out", "out"}),
              AllOf(HasSubstr(name), HasSubstr("this is no finished point of a sweep; remove it")));
}

/// The network and its data by other names are the same points.
TEST_F(Sweep, PathsAreNotPartOfAPoint) {
  ASSERT_EQ(run({"export", "digits", "a.npz", "--count", "20"}).code, 0);
  fs::copy_file(folder_ / "a.npz", folder_ / "b.npz");
  write("open.yaml", "vary:\n- {key: seed, values: [1, 2]}\n");
  EXPECT_EQ(run_json({"sweep", "open.yaml", "--data", "npz:a.npz", "--out", "out"})["sweep"]["evaluated"], 2);
  EXPECT_EQ(run_json({"sweep", "open.yaml", "--data", "npz:b.npz", "--out", "out"})["sweep"]["found"], 2);
  EXPECT_EQ(run_json({"sweep", "open.yaml", "--data", "npz:b.npz", "--samples", "9", "--out", "out"})["sweep"]["found"],
            0);
}

}  // namespace
}  // namespace cimera::apps
