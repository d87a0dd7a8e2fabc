#include "kernels/window.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "tests/kernels/values.h"

namespace cimera::kernels {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// What tap (c, i, j) sees at output (y, x), or `outside` in the padding.
float seen(const Window2d& w, const std::vector<float>& image, std::int64_t c, std::int64_t i, std::int64_t j,
           std::int64_t y, std::int64_t x, float outside) {
  const std::int64_t row = y * w.stride_h - w.pad_top + i * w.dilation_h;
  const std::int64_t column = x * w.stride_w - w.pad_left + j * w.dilation_w;
  if (row < 0 || row >= w.height || column < 0 || column >= w.width) return outside;
  return image[size((c * w.height + row) * w.width + column)];
}

Window2d window(std::int64_t channels, std::int64_t height, std::int64_t width, std::int64_t kernel_h,
                std::int64_t kernel_w, std::int64_t stride, std::int64_t dilation, std::int64_t pad) {
  Window2d w{.channels = channels,
             .height = height,
             .width = width,
             .kernel_h = kernel_h,
             .kernel_w = kernel_w,
             .stride_h = stride,
             .stride_w = stride,
             .dilation_h = dilation,
             .dilation_w = dilation,
             .pad_top = pad,
             .pad_left = pad,
             .pad_bottom = pad,
             .pad_right = pad};
  w.out_h = (height + 2 * pad - dilation * (kernel_h - 1) - 1) / stride + 1;
  w.out_w = (width + 2 * pad - dilation * (kernel_w - 1) - 1) / stride + 1;
  return w;
}

std::vector<Window2d> windows() {
  std::vector<Window2d> all = {window(1, 1, 1, 1, 1, 1, 1, 0),  window(3, 7, 5, 3, 2, 1, 1, 0),
                               window(2, 8, 9, 3, 3, 2, 1, 1),  window(2, 11, 10, 3, 3, 1, 3, 2),
                               window(1, 9, 9, 2, 3, 3, 2, 1),  window(2, 4, 4, 3, 3, 1, 1, 2),
                               window(4, 28, 28, 5, 5, 1, 1, 2)};
  Window2d uneven = window(2, 6, 6, 3, 3, 2, 1, 0);  // ResNet-8: padding after the image only
  uneven.pad_bottom = uneven.pad_right = 1;
  uneven.out_h = uneven.out_w = 3;
  all.push_back(uneven);
  return all;
}

TEST(Im2col, PutsEveryTapAtEveryPositionInBothLayouts) {
  for (const Window2d& w : windows()) {
    const auto image = random_floats(w.channels * w.height * w.width, -1, 1, 1);
    std::vector<float> columns(size(w.taps() * w.positions()), 9.0F), rows(columns);
    im2col<float>(w, image, columns);
    im2row<float>(w, image, rows);
    std::int64_t tap = 0;
    for (std::int64_t c = 0; c < w.channels; ++c) {
      for (std::int64_t i = 0; i < w.kernel_h; ++i) {
        for (std::int64_t j = 0; j < w.kernel_w; ++j, ++tap) {
          for (std::int64_t p = 0; p < w.positions(); ++p) {
            const float expected = seen(w, image, c, i, j, p / w.out_w, p % w.out_w, 0.0F);
            ASSERT_EQ(columns[size(tap * w.positions() + p)], expected);
            ASSERT_EQ(rows[size(p * w.taps() + tap)], expected);
          }
        }
      }
    }
  }
}

TEST(Im2col, IntegersGoTheSameWay) {
  const Window2d w = window(2, 8, 9, 3, 3, 2, 1, 1);
  const auto image = random_integers<std::int32_t>(w.channels * w.height * w.width, -9, 9, 1);
  std::vector<std::int32_t> columns(size(w.taps() * w.positions())), rows(columns);
  im2col<std::int32_t>(w, image, columns);
  im2row<std::int32_t>(w, image, rows);
  std::vector<float> as_floats(columns.size());
  im2col<float>(w, std::vector<float>(image.begin(), image.end()), as_floats);
  for (std::int64_t tap = 0; tap < w.taps(); ++tap) {
    for (std::int64_t p = 0; p < w.positions(); ++p) {
      const std::int32_t value = columns[size(tap * w.positions() + p)];
      ASSERT_EQ(static_cast<float>(value), as_floats[size(tap * w.positions() + p)]);
      ASSERT_EQ(rows[size(p * w.taps() + tap)], value);
    }
  }
}

TEST(Im2col, PaddingMayHaveAValue) {
  const Window2d w = window(2, 8, 9, 3, 3, 2, 1, 1);
  const auto image = random_integers<std::int32_t>(w.channels * w.height * w.width, 100, 200, 1);
  std::vector<std::int32_t> zeros(size(w.taps() * w.positions())), sevens(zeros);
  im2row<std::int32_t>(w, image, zeros);
  im2row<std::int32_t>(w, image, sevens, 0, 7);
  EXPECT_GT(std::ranges::count(zeros, 0), 0);
  for (std::size_t i = 0; i < zeros.size(); ++i) ASSERT_EQ(sevens[i], zeros[i] == 0 ? 7 : zeros[i]);
}

TEST(Window, PlacesSeenAreCountedOncePerWindow) {
  for (Window2d w : windows()) {
    w.channels = 1;
    const std::vector<float> ones(size(w.height * w.width), 1.0F);
    std::vector<float> columns(size(w.taps() * w.positions()));
    im2col<float>(w, ones, columns);  // zeros in the padding
    EXPECT_EQ(places_seen(w), std::ranges::count(columns, 1.0F));
  }
}

TEST(Im2col, InputVectorsMayLieApart) {
  const Window2d w = window(2, 8, 9, 3, 3, 2, 1, 1);
  const auto image = random_floats(w.channels * w.height * w.width, -1, 1, 1);
  std::vector<float> rows(size(w.taps() * w.positions())), apart(size((w.taps() + 5) * w.positions()), 9.0F);
  im2row<float>(w, image, rows);
  im2row<float>(w, image, apart, w.taps() + 5);
  for (std::int64_t p = 0; p < w.positions(); ++p)
    for (std::int64_t i = 0; i < w.taps() + 5; ++i)
      ASSERT_EQ(apart[size(p * (w.taps() + 5) + i)], i < w.taps() ? rows[size(p * w.taps() + i)] : 9.0F);
}

TEST(Pool, MaximumAndMeansAgreeWithNaiveLoops) {
  for (const Window2d& w : windows()) {
    if (w.pad_top >= w.dilation_h * (w.kernel_h - 1) + 1) continue;  // windows of nothing but padding
    const auto image = random_floats(w.channels * w.height * w.width, -1, 1, 2);
    std::vector<float> largest(size(w.channels * w.positions())), mean(largest), mean_padded(largest);
    max_pool(w, image, largest);
    average_pool(w, false, image, mean);
    average_pool(w, true, image, mean_padded);
    for (std::int64_t i = 0; i < w.channels * w.positions(); ++i) {
      const std::int64_t c = i / w.positions(), p = i % w.positions();
      constexpr float kOutside = std::numeric_limits<float>::lowest();
      float expected = kOutside;
      double sum = 0.0, inside = 0.0;
      for (std::int64_t tap = 0; tap < w.kernel_h * w.kernel_w; ++tap) {
        const float value = seen(w, image, c, tap / w.kernel_w, tap % w.kernel_w, p / w.out_w, p % w.out_w, kOutside);
        expected = std::max(expected, value);
        if (value != kOutside) {
          sum += static_cast<double>(value);
          ++inside;
        }
      }
      const double taps = static_cast<double>(w.kernel_h * w.kernel_w);
      ASSERT_EQ(largest[size(i)], expected);
      ASSERT_FLOAT_EQ(mean[size(i)], static_cast<float>(sum / inside));
      ASSERT_FLOAT_EQ(mean_padded[size(i)], static_cast<float>(sum / taps));
    }
  }
}

TEST(Pool, WhatHangsOverThePaddedEdgeCountsNowhere) {
  // One row of three values padded by one on either side: 0 | 1 2 3 | 0. Windows of three in steps of three: the second
  // one covers 3, the padding and one place beyond it.
  Window2d w{.width = 3, .kernel_w = 3, .stride_w = 3, .pad_left = 1, .pad_right = 1, .out_w = 2};
  const std::vector<float> image = {1, 2, 3};
  std::vector<float> out(2);
  average_pool(w, true, image, out);
  EXPECT_EQ(out, (std::vector<float>{1.0F, 1.5F}));  // (0 + 1 + 2) / 3, (3 + 0) / 2
  average_pool(w, false, image, out);
  EXPECT_EQ(out, (std::vector<float>{1.5F, 3.0F}));
  max_pool(w, std::vector<float>{-1, -2, -3}, out);
  EXPECT_EQ(out, (std::vector<float>{-1.0F, -3.0F}));
}

}  // namespace
}  // namespace cimera::kernels
