// What several tests of workloads need.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "core/stream.h"
#include "workloads/builder.h"
#include "workloads/dataset.h"

namespace cimera::workloads {

/// The message of the Error(kInput) that `action` throws; "" and a failed test when it throws none or another kind.
inline std::string input_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::Kind::kInput) << error.what();
    EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos) << "more than one line";
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

/// `count` reproducible floats in [low, high); different for each `unit`.
inline std::vector<float> random_values(std::int64_t count, float low, float high, std::uint32_t unit) {
  std::vector<float> values(static_cast<std::size_t>(count));
  Stream(StreamKey{.seed = 1, .purpose = "workloads test"}).uniform({.unit = unit}, values);
  for (float& v : values) v = low + (high - low) * v;
  return values;
}

inline Batch random_batch(std::int64_t count, Shape shape, float low, float high, std::uint32_t unit) {
  Batch batch{.count = count, .shape = std::move(shape), .values = {}, .labels = {}};
  batch.values = random_values(count * elements(batch.shape), low, high, unit);
  return batch;
}

/// Samples `rows` of a batch, in that order.
inline Batch pick(const Batch& batch, const std::vector<std::int64_t>& rows) {
  Batch out{.count = static_cast<std::int64_t>(rows.size()), .shape = batch.shape, .values = {}, .labels = {}};
  const std::int64_t per_sample = elements(batch.shape);
  for (const std::int64_t row : rows) {
    out.values.insert(out.values.end(), batch.values.begin() + row * per_sample,
                      batch.values.begin() + (row + 1) * per_sample);
  }
  return out;
}

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            (std::string("cimera_") + test->name() + "_" + std::to_string(::getpid()));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path(name);
  }
  std::string str() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// The folder of real data, or "" where CIMERA_DATA is not set and the test is to be skipped.
inline std::string data_folder() {
  const char* folder = std::getenv("CIMERA_DATA");
  return folder == nullptr ? "" : folder;
}

/// A small network with every kind of layer: 2x9x9 -> grouped and dilated convolutions, pools, a residual addition,
/// padding, slicing, two dense layers, softmax over 5 classes.
inline Network mixed_network() {
  NetworkBuilder b("mixed", "test");
  std::uint32_t unit = 100;
  const auto random = [&](const char* name, const Shape& shape) {
    return b.constant(name, shape, random_values(elements(shape), -0.5F, 0.5F, ++unit));
  };
  TensorId x = b.input("x", {1, 2, 9, 9});
  Conv2d conv{.in_channels = 2, .out_channels = 8, .kernel_h = 3, .kernel_w = 3};
  conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = 1;
  x = b.add("conv1", conv, {x}, {.weights = random("w1", {8, 2, 3, 3}), .bias = random("b1", {8})});
  x = b.add("relu1", Unary{UnaryKind::kRelu}, {x});
  Conv2d grouped{.in_channels = 8, .out_channels = 8, .groups = 4, .kernel_h = 3, .kernel_w = 3};
  grouped.dilation_h = grouped.dilation_w = 2;
  grouped.pad_top = grouped.pad_left = grouped.pad_bottom = grouped.pad_right = 2;
  const TensorId y = b.add("conv2", grouped, {x}, {.weights = random("w2", {8, 2, 3, 3})});
  x = b.add("sum", Binary{BinaryKind::kAdd}, {x, y});
  x = b.add("scale", Binary{BinaryKind::kMul}, {x, random("s", {8, 1, 1})});
  x = b.add("tanh", Unary{UnaryKind::kTanh}, {x});
  x = b.add("pad", Pad{.before = {0, 0, 1, 0}, .after = {0, 0, 0, 1}, .value = 0.25F}, {x});
  x = b.add("pool1", Pool2d{.kind = Pool2d::Kind::kMax, .kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2},
            {x});
  x = b.add("slice", Slice{.start = {0, 7, 0, 4}, .step = {1, -1, 1, -1}}, {x}, {.shape = Shape{1, 6, 5, 5}});
  x = b.add("pool2", Pool2d{.kind = Pool2d::Kind::kAverage, .kernel_h = 2, .kernel_w = 2}, {x});
  x = b.add("turn", Transpose{.perm = {0, 2, 3, 1}}, {x});
  x = b.add("dense1", Dense{.in_features = 6, .out_features = 7}, {x},
            {.weights = random("w3", {6, 7}), .bias = random("b3", {7})});  // at each of 16 positions
  x = b.add("sigmoid", Unary{UnaryKind::kSigmoid}, {x});
  x = b.add("flat", Reshape{}, {x}, {.shape = Shape{1, 112}});
  x = b.add("dense2", Dense{.in_features = 112, .out_features = 5}, {x}, {.weights = random("w4", {112, 5})});
  x = b.add("softmax", Softmax{}, {x});
  return std::move(b).finish(x);
}

}  // namespace cimera::workloads
