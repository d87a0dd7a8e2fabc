// ResNet-20 on CIFAR-10 in 128 x 128 arrays: the configuration of docs/experiments.md, and the data of its figures.
#include <chrono>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/apps/program.h"
#include "tests/paths.h"

namespace cimera::apps {
namespace {

using nlohmann::json;

std::vector<std::string> with_ideal_arrays(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--set", "cell.sigma_program=0", "--set", "wires.row_per_cell=0 Ohm", "--set",
                                     "wires.column_per_cell=0 Ohm"});
  return arguments;
}

class CrossbarFigures : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    data_ = real_data();
    if (data_.empty()) GTEST_SKIP() << "CIMERA_DATA names no folder";
  }
  /// Network and data of all figures.
  std::vector<std::string> with_data(std::vector<std::string> arguments) const {
    const std::string cifar = "cifar10:" + (data_ / "cifar10").string() + "/";
    arguments.insert(arguments.end(),
                     {"--network", (data_ / "models/cifar10_resnet20.onnx").string(), "--data",
                      cifar + "test_batch_first1000.bin", "--calibrate", cifar + "data_batch_1_first1000.bin"});
    return arguments;
  }
  /// The machine on all images.
  json run_machine(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments =
        with_data({"run", "--machine", "reram_128x128", "--input-scale", "255", "--input-mean", ".485,.456,.406",
                   "--input-std", ".229,.224,.225", "--fidelity", "cost"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_json(arguments)["results"][0];
  }

  std::filesystem::path data_;
};

TEST_F(CrossbarFigures, OneTrialTakesLessThanAMinute) {
  const auto begin = std::chrono::steady_clock::now();
  const json accuracy = run_machine({"--threads", "2"})["accuracy"];
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
  EXPECT_EQ(accuracy["samples"], 1000);
  const double loss = accuracy["loss"], low = accuracy["loss_ci95"][0], high = accuracy["loss_ci95"][1];
  EXPECT_LT(low, loss);
  EXPECT_LT(loss, high);
  EXPECT_LT(high - low, 0.06) << "1000 images give an interval of a few percent";
}

/// Ideal cells, no wires, converters that lose nothing: the exact integers, image by image.
TEST_F(CrossbarFigures, IdealArraysAreTheIntegerNetwork) {
  const json accuracy = run_machine(
      with_ideal_arrays({"--set", "precision.adc_range=unit_step", "--set", "precision.adc_bits=11"}))["accuracy"];
  EXPECT_EQ(accuracy["clipped_conversions"], 0);
  EXPECT_EQ(accuracy["device"], accuracy["quantized"]);
  EXPECT_EQ(accuracy["output_sqnr_dB"], accuracy["quantized_sqnr_dB"]) << "equal outputs of every image";
  EXPECT_LE(accuracy["loss"].get<double>(), 0.005);
}

/// By series and value of the axis.
using Losses = std::map<std::string, std::map<std::string, double>>;

/// What the figure is to show, whatever the images.
void check_converter_bits(Losses loss, double ideal) {
  for (const char* range : {"max", "99.9 percentile"}) {
    ASSERT_EQ(loss[range].size(), 7U) << range;
    EXPECT_NEAR(loss[range]["10"], ideal, 0.01) << range;
  }
  EXPECT_GE(loss["max"]["4"], 0.15);
  EXPECT_LE(loss["99.9 percentile"]["4"], loss["max"]["4"] - 0.10);
}

/// 512 rows lose more than 128 at the same wire: clearly so where wires matter and not all is lost yet, elsewhere
/// within the `noise` of the images.
void check_wires(Losses loss, double noise) {
  ASSERT_EQ(loss["512"].size(), loss["128"].size());
  for (const auto& [wire, lost] : loss["128"]) EXPECT_GE(loss["512"].at(wire), lost - noise) << wire;
  EXPECT_GE(loss["512"].at("0.0001"), loss["128"].at("0.0001") + 0.15);
  for (const char* rows : {"128", "512"}) {
    EXPECT_LE(loss[rows].at("1e-06"), 0.05) << rows;
    EXPECT_GE(loss[rows].at("0.001"), 0.5) << rows;
  }
}

/// The YAML that makes the figure, on its first 200 images.
TEST_F(CrossbarFigures, ConverterBits) {
  const json report =
      run_json(with_data({"sweep", CIMERA_SOURCE_DIR "/examples/adc_bits.yaml", "--samples", "200", "--out", "out"}));
  EXPECT_THAT(read_whole(folder_ / "out/figure.svg"), ::testing::HasSubstr("99.9 percentile"));
  Losses loss;
  for (const json& point : report["points"]) loss[point["range"]][point["adc_bits"].dump()] = point["loss"];
  const json& first = report["points"][0];
  check_converter_bits(loss, first["reference"].get<double>() - first["quantized"].get<double>());
}

/// `text` with `from`, which occurs once, replaced.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << from << " occurs twice";
  return text.replace(at, from.size(), to);
}

/// The YAML of the other figure with 8 of its 28 points, on the first 60 images.
TEST_F(CrossbarFigures, WireResistance) {
  std::string yaml = read_whole(CIMERA_SOURCE_DIR "/examples/wire_resistance.yaml");
  yaml = replaced(replaced(yaml, "[64, 128, 256, 512]", "[128, 512]"), "log 7", "log 4");
  write("wires.yaml", yaml);
  const json report = run_json(with_data({"sweep", "wires.yaml", "--samples", "60", "--out", "out"}));
  EXPECT_THAT(read_whole(folder_ / "out/figure.svg"), ::testing::HasSubstr("by wires and rows"));
  Losses loss;
  for (const json& point : report["points"]) loss[point["rows"].dump()][point["Rp/Rmin"].dump()] = point["loss"];
  EXPECT_EQ(loss["128"].size(), 4U);
  check_wires(loss, 0.1);
}

/// Rows of a file of docs/figures, by column.
std::vector<std::map<std::string, std::string>> committed_rows(const std::string& name) {
  std::istringstream text(read_whole(CIMERA_SOURCE_DIR "/docs/figures/" + name));
  std::vector<std::vector<std::string>> cells;
  for (std::string line; std::getline(text, line);) {
    cells.emplace_back();
    std::istringstream entries(line + ",");
    for (std::string cell; std::getline(entries, cell, ',');) cells.back().push_back(cell);
  }
  std::vector<std::map<std::string, std::string>> rows;
  for (std::size_t r = 1; r < cells.size(); ++r)
    for (std::size_t c = 0; c < cells[0].size(); ++c) rows.resize(r), rows[r - 1][cells[0][c]] = cells[r].at(c);
  return rows;
}

/// The data of the figure in the docs, of all 1000 images.
TEST(CommittedFigures, ConverterBits) {
  Losses loss;
  double ideal = 0.0;
  for (const auto& row : committed_rows("adc_bits.csv")) {
    EXPECT_EQ(row.at("evaluated"), "1000");
    loss[row.at("range")][row.at("adc_bits")] = std::stod(row.at("loss"));
    ideal = std::stod(row.at("reference")) - std::stod(row.at("quantized"));
  }
  check_converter_bits(loss, ideal);
}

TEST(CommittedFigures, WireResistance) {
  Losses loss;
  for (const auto& row : committed_rows("wire_resistance.csv")) {
    EXPECT_EQ(row.at("evaluated"), "1000");
    loss[row.at("rows")][row.at("Rp/Rmin")] = std::stod(row.at("loss"));
  }
  for (const char* rows : {"64", "128", "256", "512"}) EXPECT_EQ(loss[rows].size(), 7U) << rows;
  check_wires(loss, 0.02);
}

/// One point of the first figure again. Ranges of activations are calibrated in FP32, whose last bits depend on the
/// processor: a few images may differ.
TEST_F(CrossbarFigures, TheCommittedFigureIsOfThisProgram) {
  const json accuracy = run_machine(
      with_ideal_arrays({"--set", "precision.adc_range=full_range", "--set", "precision.adc_bits=8"}))["accuracy"];
  int compared = 0;
  for (const auto& row : committed_rows("adc_bits.csv")) {
    if (row.at("range") != "max" || row.at("adc_bits") != "8") continue;
    EXPECT_NEAR(accuracy["device"].get<double>(), std::stod(row.at("device")), 0.005);
    ++compared;
  }
  EXPECT_EQ(compared, 1);
}

}  // namespace
}  // namespace cimera::apps
