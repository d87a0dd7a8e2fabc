// A window that slides over the two spatial dimensions of one image: what convolutions and pools have in common.
#pragma once

#include <cstdint>
#include <span>

namespace cimera::kernels {

/// Geometry of a sliding window over one image [channels][height][width]. Output pixel (y, x) sees input rows
/// y stride_h - pad_top + i dilation_h for i in 0..kernel_h-1, and columns likewise; places outside the image are
/// padding. Sizes are 1 or more, paddings 0 or more.
struct Window2d {
  std::int64_t channels = 1, height = 1, width = 1;
  std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  std::int64_t out_h = 1, out_w = 1;

  std::int64_t positions() const { return out_h * out_w; }
  std::int64_t taps() const { return channels * kernel_h * kernel_w; }  ///< rows of the matrix of a convolution
};

/// Places inside the image that the windows of one channel see, over all positions; a place that k windows see counts k
/// times.
std::int64_t places_seen(const Window2d& window);

/// columns [taps][positions] = what each tap sees at each position; padding is 0. Taps are ordered channel, kernel row,
/// kernel column; positions row by row. T is float or std::int32_t.
template <class T>
void im2col(const Window2d& window, std::span<const T> image, std::span<T> columns);

/// The same matrix transposed: one input vector [taps] for each position, the next one `stride` further on; 0 stands
/// for taps(), vectors one after the other. Padding is `padding`.
template <class T>
void im2row(const Window2d& window, std::span<const T> image, std::span<T> rows, std::int64_t stride = 0,
            T padding = T{});

/// out [channels][out_h][out_w] = largest value under the window. Every window must see at least one value.
void max_pool(const Window2d& window, std::span<const float> image, std::span<float> out);

/// out [channels][out_h][out_w] = mean under the window, summed in FP64. The divisor is the number of places inside the
/// image, or inside the padded image when `count_include_pad`.
void average_pool(const Window2d& window, bool count_include_pad, std::span<const float> image, std::span<float> out);

}  // namespace cimera::kernels
