// The synthetic digits: addressed by (seed, sample), balanced, the same pixels on every machine.
#include "workloads/synthetic/digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "core/resources.h"
#include "workloads/inference.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kPixels = 28 * 28;

std::vector<float> picture(const Batch& batch, std::int64_t i) {
  return {batch.values.begin() + i * kPixels, batch.values.begin() + (i + 1) * kPixels};
}

// FNV-1a, 64 bits, over labels and pixels as bytes.
std::uint64_t hash(const Batch& batch) {
  std::uint64_t value = 0xcbf29ce484222325u;
  const auto add = [&](std::uint32_t byte) { value = (value ^ byte) * 0x100000001b3u; };
  for (std::int32_t label : batch.labels) add(static_cast<std::uint32_t>(label));
  for (float pixel : batch.values) add(static_cast<std::uint32_t>(pixel));
  return value;
}

TEST(Digits, SampleDoesNotDependOnItsBlock) {
  const Batch all = digits(1, 0, 70);
  EXPECT_EQ(all.count, 70);
  EXPECT_EQ(all.shape, (Shape{1, 28, 28}));
  for (std::int64_t i = 0; i < all.count; ++i) {
    const Batch alone = digits(1, i, 1);
    EXPECT_EQ(alone.labels[0], all.labels[static_cast<std::size_t>(i)]) << i;
    EXPECT_EQ(alone.values, picture(all, i)) << i;
  }
  const Batch part = digits(1, 37, 33);
  EXPECT_TRUE(std::equal(part.values.begin(), part.values.end(), all.values.begin() + 37 * kPixels));
}

TEST(Digits, ThreadsDoNotMatter) {
  const int before = threads();
  set_threads(1);
  const std::uint64_t one = hash(digits(3, 5, 300));
  for (int count : {2, 7}) {
    set_threads(count);
    EXPECT_EQ(hash(digits(3, 5, 300)), one) << count << " threads";
  }
  set_threads(before);
}

TEST(Digits, SeedsAndSamplesDiffer) {
  const Batch here = digits(1, 0, 200), there = digits(2, 0, 200);
  EXPECT_NE(here.labels, there.labels);
  for (std::int64_t i = 0; i < 200; ++i) EXPECT_NE(picture(here, i), picture(there, i)) << i;
  for (std::int64_t i = 1; i < 200; ++i) EXPECT_NE(picture(here, i - 1), picture(here, i)) << i;
}

TEST(Digits, FarSamplesExist) {
  const Batch far = digits(1, (std::int64_t{1} << 40) / 10 * 10, 10);  // beyond 32 bits
  EXPECT_THAT(far.labels, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_NE(far.values, digits(1, 0, 10).values);
}

TEST(Digits, EveryTenSamplesHoldEachLabelOnce) {
  const Batch batch = digits(1, 0, 1000);
  std::array<std::array<int, 10>, 10> places{};  // [position in its ten][label]
  for (std::size_t block = 0; block < 1000; block += 10) {
    std::array<int, 10> seen{};
    for (std::size_t i = 0; i < 10; ++i) {
      const auto label = static_cast<std::size_t>(batch.labels[block + i]);
      ASSERT_LT(label, 10u);
      ++seen[label];
      ++places[i][label];
    }
    EXPECT_THAT(seen, ::testing::Each(1)) << "samples from " << block;
  }
  // The order in the ten is random: of 100 tens, a label stands on a place 10 times, standard deviation 3.
  for (const auto& labels : places)
    for (int times : labels) EXPECT_TRUE(times >= 1 && times <= 25) << times;
}

TEST(Digits, PixelsAreWholeGreyLevelsOfInkOnADarkGround) {
  const Batch batch = digits(1, 0, 500);
  double dark = 0.0;
  for (std::int64_t i = 0; i < batch.count; ++i) {
    const std::vector<float> pixels = picture(batch, i);
    for (float pixel : pixels) {
      ASSERT_TRUE(pixel >= 0.0f && pixel <= 255.0f && pixel == std::floor(pixel)) << pixel;
      dark += pixel < 55.0f ? 1.0 : 0.0;
    }
    EXPECT_GE(*std::max_element(pixels.begin(), pixels.end()), 90.0f) << "no ink in sample " << i;
  }
  const double share = dark / static_cast<double>(batch.count * kPixels);
  EXPECT_GT(share, 0.75);  // strokes, not blots
  EXPECT_LT(share, 0.95);
}

TEST(Digits, GoldenPixels) { EXPECT_EQ(hash(digits(kDigitsEvaluationSeed, 0, 100)), 0x4e524983955274a5u); }

TEST(Digits, RefusesNegativeSamples) {
  for (const auto& [first, count] : {std::pair{-1, 5}, std::pair{0, -5}}) {
    try {
      digits(1, first, count);
      FAIL() << "accepted " << first << ", " << count;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::Kind::kInput);
      EXPECT_THAT(error.what(), HasSubstr("-"));
      EXPECT_THAT(error.what(), HasSubstr("at least 0"));
    }
  }
}

TEST(Digits, FileHoldsThePixelsAndLabels) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "cimera_digits_test.npz";
  write_digits(path.string(), 9, 30, 25);
  const std::string first = read_whole(path);
  write_digits(path.string(), 9, 30, 25);
  EXPECT_EQ(read_whole(path), first) << "equal data, equal file";
  std::filesystem::remove(path);

  // The members of the archive are stored, so that the arrays stand in it byte by byte behind their headers.
  const Batch batch = digits(9, 30, 25);
  std::string pixels, labels;
  for (float pixel : batch.values) pixels += static_cast<char>(static_cast<unsigned char>(pixel));
  for (std::int32_t label : batch.labels) labels += static_cast<char>(label);
  for (const auto& [name, shape, data] : {std::tuple{"images.npy", "'shape': (25, 28, 28)", pixels},
                                          std::tuple{"labels.npy", "'shape': (25,)", labels}}) {
    const std::size_t header = first.find("\x93NUMPY", first.find(name));
    ASSERT_NE(header, std::string::npos) << name;
    const std::size_t start = header + 10 + static_cast<unsigned char>(first[header + 8]);
    EXPECT_EQ((start - header) % 64, 0u);
    EXPECT_THAT(first.substr(header, start - header), HasSubstr(shape));
    EXPECT_EQ(first.substr(start, data.size()), data) << name;
  }
}

TEST(Digits, RefusesAFileThatCannotBeWritten) {
  try {
    write_digits("/nonexistent/digits.npz", 1, 0, 1);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::Kind::kRun);
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/digits.npz"));
  }
}

TEST(Digits, DataSetSaysThatItIsSynthetic) {
  const Dataset data = synthetic_digits(5, 20);
  EXPECT_EQ(data.name, "synthetic digits (seed 5)");
  EXPECT_EQ(data.size(), 20);
  EXPECT_EQ(data.samples.values, digits(5, 0, 20).values);
}

TEST(DigitsNetwork, IsSmallAndSaysThatItIsSynthetic) {
  const std::string bytes = read_whole(resource(kDigitsNetwork));
  EXPECT_LT(bytes.size(), 300'000u);
  EXPECT_THAT(bytes, HasSubstr("trained on synthetic digits of cimera"));
}

TEST(DigitsNetwork, HasLayersOfSeveralRowBlocks) {
  const Network network = load_onnx(resource(kDigitsNetwork).string());
  std::vector<MvmShape> shapes;
  for (const Layer& layer : network.layers)
    if (layer.is_mvm()) shapes.push_back(mvm_shape(network, layer));
  ASSERT_EQ(shapes.size(), 4u);
  const std::int64_t expected[4][3] = {{24 * 24, 25, 8}, {8 * 8, 200, 16}, {1, 256, 32}, {1, 32, 10}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(shapes[i].positions, expected[i][0]) << i;
    EXPECT_EQ(shapes[i].rows, expected[i][1]) << i;
    EXPECT_EQ(shapes[i].columns, expected[i][2]) << i;
  }
}

TEST(DigitsNetwork, RecognisesAsManyAsTheTrainingScriptCounted) {
  const Network network = load_onnx(resource(kDigitsNetwork).string());
  const Batch batch = digits(kDigitsEvaluationSeed, 0, 2000);
  const std::vector<std::int32_t> found = argmax(infer(network, batch), batch.count);
  int right = 0;
  for (std::size_t i = 0; i < found.size(); ++i) right += found[i] == batch.labels[i] ? 1 : 0;
  EXPECT_NEAR(right, 1953, 2);  // scripts/train_digits.py; another order of additions may turn a tie
}

}  // namespace
}  // namespace cimera::workloads
