#include "kernels/window.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace cimera::kernels {
namespace {

/// Half-open range of i in [0, count) for which first + i step lies in [0, limit); step >= 1.
struct Range {
  std::int64_t begin = 0, end = 0;
};
Range inside(std::int64_t first, std::int64_t step, std::int64_t count, std::int64_t limit) {
  const std::int64_t begin = first >= 0 ? 0 : (-first + step - 1) / step;
  const std::int64_t end = first >= limit ? 0 : (limit - 1 - first) / step + 1;
  return {.begin = std::min(begin, count), .end = std::clamp(end, std::min(begin, count), count)};
}

template <class T>
void assert_sizes([[maybe_unused]] const Window2d& window, [[maybe_unused]] std::span<const T> image,
                  [[maybe_unused]] std::int64_t needed, [[maybe_unused]] std::span<T> out) {
  assert(static_cast<std::int64_t>(image.size()) >= window.channels * window.height * window.width);
  assert(static_cast<std::int64_t>(out.size()) >= needed);
}

/// Calls reduce(values under the window, first row, first column) for every channel and position.
template <class Reduce>
void slide(const Window2d& window, std::span<const float> image, std::span<float> out, const Reduce& reduce) {
  assert_sizes(window, image, window.channels * window.positions(), out);
  float* result = out.data();
  for (std::int64_t channel = 0; channel < window.channels; ++channel) {
    const float* plane = image.data() + channel * window.height * window.width;
    for (std::int64_t y = 0; y < window.out_h; ++y) {
      for (std::int64_t x = 0; x < window.out_w; ++x) {
        *result++ = reduce(plane, y * window.stride_h - window.pad_top, x * window.stride_w - window.pad_left);
      }
    }
  }
}

}  // namespace

std::int64_t places_seen(const Window2d& window) {
  std::int64_t rows = 0, columns = 0;
  for (std::int64_t y = 0; y < window.out_h; ++y) {
    const Range seen = inside(y * window.stride_h - window.pad_top, window.dilation_h, window.kernel_h, window.height);
    rows += seen.end - seen.begin;
  }
  for (std::int64_t x = 0; x < window.out_w; ++x) {
    const Range seen = inside(x * window.stride_w - window.pad_left, window.dilation_w, window.kernel_w, window.width);
    columns += seen.end - seen.begin;
  }
  return rows * columns;
}

template <class T>
void im2col(const Window2d& window, std::span<const T> image, std::span<T> columns) {
  assert_sizes(window, image, window.taps() * window.positions(), columns);
  T* out = columns.data();
  for (std::int64_t tap = 0; tap < window.taps(); ++tap) {
    const std::int64_t channel = tap / (window.kernel_h * window.kernel_w);
    const std::int64_t kernel_y = tap / window.kernel_w % window.kernel_h;
    const std::int64_t kernel_x = tap % window.kernel_w;
    const T* plane = image.data() + channel * window.height * window.width;
    const std::int64_t first_x = kernel_x * window.dilation_w - window.pad_left;
    const Range xs = inside(first_x, window.stride_w, window.out_w, window.width);
    for (std::int64_t y = 0; y < window.out_h; ++y, out += window.out_w) {
      const std::int64_t row = y * window.stride_h - window.pad_top + kernel_y * window.dilation_h;
      if (row < 0 || row >= window.height) {
        std::fill_n(out, window.out_w, T{});
        continue;
      }
      const T* in = plane + row * window.width + first_x;
      std::fill(out, out + xs.begin, T{});
      if (window.stride_w == 1) {
        std::copy(in + xs.begin, in + xs.end, out + xs.begin);
      } else {
        for (std::int64_t x = xs.begin; x < xs.end; ++x) out[x] = in[x * window.stride_w];
      }
      std::fill(out + xs.end, out + window.out_w, T{});
    }
  }
}

template <class T>
void im2row(const Window2d& window, std::span<const T> image, std::span<T> rows, std::int64_t stride, T padding) {
  if (stride == 0) stride = window.taps();
  assert_sizes(window, image, (window.positions() - 1) * stride + window.taps(), rows);
  T* out = rows.data();
  for (std::int64_t y = 0; y < window.out_h; ++y) {
    const std::int64_t first_y = y * window.stride_h - window.pad_top;
    const Range lines = inside(first_y, window.dilation_h, window.kernel_h, window.height);
    for (std::int64_t x = 0; x < window.out_w; ++x, out += stride) {
      const std::int64_t first_x = x * window.stride_w - window.pad_left;
      const Range taps = inside(first_x, window.dilation_w, window.kernel_w, window.width);
      const bool padded = lines.end - lines.begin < window.kernel_h || taps.end - taps.begin < window.kernel_w;
      if (padded) std::fill_n(out, window.taps(), padding);
      for (std::int64_t channel = 0; channel < window.channels; ++channel) {
        const T* plane = image.data() + channel * window.height * window.width;
        for (std::int64_t i = lines.begin; i < lines.end; ++i) {
          const T* in = plane + (first_y + i * window.dilation_h) * window.width + first_x;
          T* line = out + (channel * window.kernel_h + i) * window.kernel_w;
          for (std::int64_t j = taps.begin; j < taps.end; ++j) line[j] = in[j * window.dilation_w];
        }
      }
    }
  }
}

template void im2col<float>(const Window2d&, std::span<const float>, std::span<float>);
template void im2col<std::int32_t>(const Window2d&, std::span<const std::int32_t>, std::span<std::int32_t>);
template void im2row<float>(const Window2d&, std::span<const float>, std::span<float>, std::int64_t, float);
template void im2row<std::int32_t>(const Window2d&, std::span<const std::int32_t>, std::span<std::int32_t>,
                                   std::int64_t, std::int32_t);

void max_pool(const Window2d& window, std::span<const float> image, std::span<float> out) {
  slide(window, image, out, [&](const float* plane, std::int64_t first_y, std::int64_t first_x) {
    const Range ys = inside(first_y, window.dilation_h, window.kernel_h, window.height);
    const Range xs = inside(first_x, window.dilation_w, window.kernel_w, window.width);
    float largest = -std::numeric_limits<float>::infinity();
    for (std::int64_t i = ys.begin; i < ys.end; ++i) {
      const float* row = plane + (first_y + i * window.dilation_h) * window.width + first_x;
      for (std::int64_t j = xs.begin; j < xs.end; ++j) largest = std::max(largest, row[j * window.dilation_w]);
    }
    return largest;
  });
}

void average_pool(const Window2d& window, bool count_include_pad, std::span<const float> image, std::span<float> out) {
  slide(window, image, out, [&](const float* plane, std::int64_t first_y, std::int64_t first_x) {
    const Range ys = inside(first_y, window.dilation_h, window.kernel_h, window.height);
    const Range xs = inside(first_x, window.dilation_w, window.kernel_w, window.width);
    double sum = 0.0;
    for (std::int64_t i = ys.begin; i < ys.end; ++i) {
      const float* row = plane + (first_y + i * window.dilation_h) * window.width + first_x;
      for (std::int64_t j = xs.begin; j < xs.end; ++j) sum += static_cast<double>(row[j * window.dilation_w]);
    }
    Range counted_y = ys, counted_x = xs;
    if (count_include_pad) {
      counted_y = inside(first_y + window.pad_top, window.dilation_h, window.kernel_h,
                         window.pad_top + window.height + window.pad_bottom);
      counted_x = inside(first_x + window.pad_left, window.dilation_w, window.kernel_w,
                         window.pad_left + window.width + window.pad_right);
    }
    const std::int64_t places = (counted_y.end - counted_y.begin) * (counted_x.end - counted_x.begin);
    return static_cast<float>(sum / static_cast<double>(places));
  });
}

}  // namespace cimera::kernels
