// 1/f noise: variance, spectrum, and that a draw depends on nothing but its address.
#include "devices/flicker_noise.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "tests/devices/cell_statistics.h"

namespace cimera::devices {
namespace {

std::vector<float> draw(const FlickerNoise& noise, std::uint64_t read, std::size_t count, std::uint32_t line = 0) {
  std::vector<float> out(count);
  noise.normal({1, line, read}, out);
  return out;
}

TEST(FlickerNoise, IsAPureFunctionOfItsAddress) {
  const FlickerNoise noise(test_stream(), 12), other(test_stream(1), 12);
  const std::uint64_t far = (std::uint64_t{1} << 63) + 77;
  for (const std::uint64_t read : {std::uint64_t{5}, far}) {
    const std::vector<float> whole = draw(noise, read, 100), part = draw(noise, read, 37);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
    EXPECT_NE(draw(noise, read + 1, 100), whole);
    EXPECT_NE(draw(noise, read, 100, 1), whole);
    EXPECT_NE(draw(other, read, 100), whole);
  }
}

TEST(FlickerNoise, ALineRemembersWithoutChangingAnything) {
  const FlickerNoise noise(test_stream(), 20);
  FlickerLine line(noise, 50);
  for (const std::uint64_t read : {7ull, 8ull, 9ull, 9ull, 1000000ull, 3ull, (1ull << 63) + 5, (1ull << 63) + 6}) {
    const std::span<const float> got = line.at({1, 0, read});
    EXPECT_EQ(std::vector<float>(got.begin(), got.end()), draw(noise, read, 50)) << read;
  }
  const std::span<const float> other = line.at({1, 4, (1ull << 63) + 6});
  EXPECT_EQ(std::vector<float>(other.begin(), other.end()), draw(noise, (1ull << 63) + 6, 50, 4));
}

/// Var = 1; reads d = 2^j apart, the first at a multiple of 2^j, share the octaves above j unless they lie in different
/// steps: of reads r and r + d with r a multiple of 2 d, octave k is shared for k > j.
TEST(FlickerNoise, VarianceAndCorrelationByHand) {
  constexpr int kOctaves = 10, kLines = 400, kCells = 250;
  const FlickerNoise noise(test_stream(), kOctaves);
  constexpr double n = kLines * kCells;
  for (const int j : {0, 3, 9, 12}) {
    double square = 0.0, product = 0.0;
    for (std::uint32_t line = 0; line < kLines; ++line) {
      const std::vector<float> a = draw(noise, std::uint64_t{2} << j, kCells, line),
                               b = draw(noise, std::uint64_t{3} << j, kCells, line);
      for (std::size_t i = 0; i < a.size(); ++i) square += a[i] * a[i], product += a[i] * b[i];
    }
    const double shared = std::max(0.0, static_cast<double>(kOctaves - 1 - j) / kOctaves);
    EXPECT_NEAR(square / n, 1.0, 5.0 * std::sqrt(2.0 / n));  // the square of a normal has variance 2
    EXPECT_NEAR(product / n, shared, 5.0 * std::sqrt((1.0 + shared * shared) / n)) << j;
  }
}

/// Periodogram of N reads at f = m / N, averaged over cells. Its expectation: octave k is a sum of steps of 2^k reads,
/// so it has (1 / K) 2^-k (sin(pi f 2^k) / sin(pi f))^2; those longer than N are constant and have nothing at m >= 1.
class Spectrum {
 public:
  static constexpr int kReads = 1024, kOctaves = 10;
  static constexpr std::size_t kCells = 600;

  Spectrum() : reads_(kReads), cosines_(kReads) {
    const FlickerNoise noise(test_stream(), kOctaves);
    for (int r = 0; r < kReads; ++r) {
      reads_[static_cast<std::size_t>(r)] = draw(noise, static_cast<std::uint64_t>(r), kCells);
      cosines_[static_cast<std::size_t>(r)] = std::polar(1.0, 2.0 * std::numbers::pi * r / kReads);
    }
  }

  struct Power {
    double mean, error;  ///< of the mean
  };
  Power at(int m) const {
    double sum = 0.0, squares = 0.0;
    for (std::size_t cell = 0; cell < kCells; ++cell) {
      std::complex<double> wave = 0.0;
      for (int r = 0; r < kReads; ++r)
        wave += static_cast<double>(reads_[static_cast<std::size_t>(r)][cell]) *
                cosines_[static_cast<std::size_t>(r * m % kReads)];
      const double power = std::norm(wave) / kReads;
      sum += power, squares += power * power;
    }
    const double mean = sum / kCells;
    return {mean, std::sqrt((squares / kCells - mean * mean) / (kCells - 1))};
  }
  static double expected(int m) {
    const double f = static_cast<double>(m) / kReads;
    double power = 0.0;
    for (int k = 0; k < kOctaves; ++k) {
      const double ratio = std::sin(std::numbers::pi * f * (1 << k)) / std::sin(std::numbers::pi * f);
      power += ratio * ratio / (1 << k) / kOctaves;
    }
    return power;
  }

 private:
  std::vector<std::vector<float>> reads_;
  std::vector<std::complex<double>> cosines_;
};

TEST(FlickerNoise, SpectrumFallsAsOneOverF) {
  const Spectrum spectrum;
  // Frequencies two per octave, from 4 / N to N / 8; slope of ln S over ln f by least squares, with its own error.
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  struct Point {
    double x, error;
  };
  std::vector<Point> points;
  for (int m = 4; m <= Spectrum::kReads / 8; m += m / 2) {
    const Spectrum::Power power = spectrum.at(m);
    EXPECT_NEAR(power.mean, Spectrum::expected(m), 5.0 * power.error) << m;
    const double u = std::log(m), v = std::log(power.mean);
    points.push_back({u, power.error / power.mean});
    n += 1, x += u, y += v, xx += u * u, xy += u * v;
  }
  const double spread = xx - x * x / n;
  double variance = 0.0;
  for (const Point& p : points) variance += std::pow((p.x - x / n) / spread * p.error, 2);
  const double slope = (xy - x * y / n) / spread;
  RecordProperty("slope", std::to_string(slope));
  EXPECT_LT(std::sqrt(variance), 0.03);                        // the sample can tell 1/f from white and from 1/f^2
  EXPECT_NEAR(slope, -1.0, 0.05 + 5.0 * std::sqrt(variance));  // 0.05: what the steps bend it
}

}  // namespace
}  // namespace cimera::devices
