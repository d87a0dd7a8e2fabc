// How sure an accuracy is: paired differences per image, and their confidence interval.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cimera::study {

struct Interval {
  double low = 0.0, high = 0.0;
};

/// Reference and device on the same images.
struct PairedLoss {
  double loss = 0.0;  ///< mean over images of (reference right - share of trials in which the device is right)
  Interval ci95;      ///< clipped to -1..1
};

/// `reference[i]` is 1 where the reference is right on image i; `device[i]` in how many of `trials` devices were.
/// `trial_std` is the standard deviation of the device accuracy over trials, none for one trial.
///
/// With d_i the paired difference of image i in -1..1 and n images, the interval is that of Agresti and Min, Statistics
/// in Medicine 24 (2005) 729-740, for matched proportions: half an image is added to each of the four cells (right or
/// wrong, by reference and device), which adds 2 to n and 1 to sum d_i^2. With S1 = sum d_i, S2 = sum d_i^2 + 1,
/// N = n + 2:  centre S1 / N,  variance (S2 - S1^2 / N) / N^2 + trial_std^2 / trials,  width 1.96 standard errors to
/// both sides. So 10,000 images without one difference still give +-0.02 %. The last term is the spread of devices
/// (our addition; for one trial it is not known and left out).
PairedLoss paired_loss(std::span<const std::uint8_t> reference, std::span<const std::int32_t> device,
                       std::int64_t trials, std::optional<double> trial_std);

/// Standard deviation of a sample (divisor n - 1); none for fewer than two values.
std::optional<double> sample_std(std::span<const double> values);

/// Signal to error ratio of outputs: sums of squares, added up in order.
class Sqnr {
 public:
  /// Both spans have the same size.
  void add(std::span<const float> reference, std::span<const float> output);
  /// 10 log10(sum ref^2 / sum (ref - out)^2) in dB; none when the outputs are identical or the reference is all zero.
  std::optional<double> dB() const;

 private:
  double signal_ = 0.0, error_ = 0.0;
};

}  // namespace cimera::study
