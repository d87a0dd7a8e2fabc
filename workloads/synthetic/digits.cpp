#include "workloads/synthetic/digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/parallel.h"
#include "core/stream.h"
#include "workloads/synthetic/pen.h"
#include "workloads/synthetic/skeletons.h"

namespace cimera::workloads {
namespace {

constexpr std::int64_t kSide = 28;
constexpr std::int64_t kPixels = kSide * kSide;
constexpr std::int64_t kClasses = 10;
constexpr double kNeighbourShare = 0.25;  // of the pictures show a part of the digit beside; our choice

// What a draw is for: the `unit` of its address.
enum : std::uint32_t { kLabelDraws, kPageDraws, kHandDraws, kStrokeDraws, kNoiseDraws };

// Sum of the four bytes of a word, moved to mean 0 and scaled to standard deviation 1: near a normal, within +-3.46.
double bell(std::uint32_t word) {
  const std::uint32_t sum = (word & 0xff) + (word >> 8 & 0xff) + (word >> 16 & 0xff) + (word >> 24);
  return (static_cast<double>(sum) - 510.0) / 147.80;  // four uniform bytes: variance 4 (256^2 - 1) / 12 = 147.80^2
}

// The words of one address, taken one after the other.
class Draws {
 public:
  Draws(const Stream& stream, const Stream::Address& at, std::size_t count) : words_(count) { stream.bits(at, words_); }

  std::uint32_t word() { return words_.at(next_++); }
  double uniform(double low, double high) { return low + (high - low) * (word() >> 8) * 0x1p-24; }
  double bell(double deviation) { return deviation * workloads::bell(word()); }
  /// 0 .. bound - 1; the bias is below bound / 2^32.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(word()) * bound >> 32);
  }

 private:
  std::vector<std::uint32_t> words_;
  std::size_t next_ = 0;
};

// How one digit is written. All ranges are our choice: readable to a person, hard enough for a small network.
struct Hand {
  explicit Hand(Draws draws) {
    style = draws.word();
    const double haste = draws.uniform(0.0, 1.0);
    sloppiness = haste * haste;
    const double tangent = 0.5 * draws.bell(0.10 + 0.12 * sloppiness);  // of half the angle
    cosine = (1.0 - tangent * tangent) / (1.0 + tangent * tangent);
    sine = 2.0 * tangent / (1.0 + tangent * tangent);
    slant = draws.bell(0.20) + 0.05;
    height = draws.uniform(15.5, 21.5);
    width = height * draws.uniform(0.72, 1.08);
    shift_x = draws.bell(1.2);
    shift_y = draws.bell(1.2);
    radius = draws.uniform(0.65, 1.75);
    for (auto& knot : warp)
      for (double& move : knot) move = draws.bell(0.035 + 0.105 * sloppiness);
  }
  static constexpr std::size_t kDraws = 9 + 18;

  /// A point of the unit box and a pen radius in pixels, bent by the warp and put on the picture.
  PenState place(double x, double y, double pen) const {
    const auto [move_x, move_y] = warped(x, y);
    const double u = width * (x + move_x - 0.5), v = height * (y + move_y - 0.5);
    const double middle = 0.5 * static_cast<double>(kSide - 1), leaning = u - slant * v;
    return {middle + shift_x + cosine * leaning - sine * v, middle + shift_y + sine * leaning + cosine * v, pen};
  }

  /// The elastic warp at a point: bilinear between 3x3 knots on the unit box, constant outside.
  std::array<double, 2> warped(double x, double y) const {
    const double column = 2.0 * std::clamp(x, 0.0, 1.0), row = 2.0 * std::clamp(y, 0.0, 1.0);
    const std::size_t c = column < 1.0 ? 0 : 1, r = row < 1.0 ? 0 : 1;
    const double fx = column - static_cast<double>(c), fy = row - static_cast<double>(r);
    std::array<double, 2> move;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const double top = warp[3 * r + c][axis] * (1.0 - fx) + warp[3 * r + c + 1][axis] * fx;
      const double bottom = warp[3 * r + c + 3][axis] * (1.0 - fx) + warp[3 * r + c + 4][axis] * fx;
      move[axis] = top * (1.0 - fy) + bottom * fy;
    }
    return move;
  }

  std::uint32_t style;                        // picks one of the styles of the digit
  double sloppiness;                          // 0 careful .. 1 careless
  double cosine, sine, slant;                 // rotation; shear as a slope dx/dy, upper end to the right
  double height, width;                       // pixels
  double shift_x, shift_y, radius;            // pixels
  std::array<std::array<double, 2>, 9> warp;  // moves (x, y) of 3x3 knots, as shares of the box
};

std::int32_t label_of(const Stream& stream, std::int64_t index) {
  std::array<std::int32_t, kClasses> order;
  std::iota(order.begin(), order.end(), 0);
  Draws draws(stream, {kLabelDraws, 0, static_cast<std::uint64_t>(index / kClasses)}, kClasses);
  for (std::uint32_t i = kClasses - 1; i > 0; --i) std::swap(order[i], order[draws.below(i + 1)]);
  return order[static_cast<std::size_t>(index % kClasses)];
}

// Writes `label` with `hand`. `writer` keeps the strokes of the digit (0) and of its neighbour (1) apart.
void write_strokes(const Stream& stream, std::uint64_t read, std::uint32_t writer, std::int32_t label, const Hand& hand,
                   double soft, std::span<double> ink) {
  const std::vector<Style>& ways = styles(label);
  const Style& style = ways[static_cast<std::size_t>(static_cast<std::uint64_t>(hand.style) * ways.size() >> 32)];
  const double wobble = 0.015 + 0.045 * hand.sloppiness;
  for (std::size_t s = 0; s < style.size(); ++s) {
    const Stroke& stroke = style[s];
    const auto line = writer << 16 | static_cast<std::uint32_t>(s);
    Draws draws(stream, {kStrokeDraws, line, read}, 3 * stroke.size());
    std::vector<PenState> points;
    std::vector<bool> corner;
    for (const PenPoint& point : stroke) {
      const double x = 0.01 * point.x + draws.bell(wobble), y = 0.01 * point.y + draws.bell(wobble);
      points.push_back(hand.place(x, y, hand.radius * (1.0 + draws.bell(0.15))));
      corner.push_back(point.corner);
    }
    const std::vector<PenState> path = trace(points, corner, 8);
    for (std::size_t i = 1; i < path.size(); ++i) draw_line(path[i - 1], path[i], soft, kSide, ink);
  }
}

void draw_picture(const Stream& stream, std::int64_t index, std::int32_t label, std::span<float> pixels) {
  const auto read = static_cast<std::uint64_t>(index);
  Draws page(stream, {kPageDraws, 0, read}, 7);
  const double soft = page.uniform(0.45, 0.95);     // pixels
  const double level = page.uniform(110.0, 255.0);  // grey level of full ink
  const double dirt = page.uniform(0.0, 1.0);
  const double noise = 55.0 * dirt * dirt;  // standard deviation in grey levels

  std::array<double, kPixels> ink{};
  const Hand hand(Draws(stream, {kHandDraws, 0, read}, Hand::kDraws));
  write_strokes(stream, read, 0, label, hand, soft, ink);
  if (page.uniform(0.0, 1.0) < kNeighbourShare) {  // the next digit of the same number, cut off by the frame
    Hand neighbour(Draws(stream, {kHandDraws, 1, read}, Hand::kDraws));
    const double side = page.uniform(0.0, 1.0) < 0.5 ? -1.0 : 1.0;
    neighbour.radius = hand.radius;
    neighbour.shift_x = hand.shift_x + side * page.uniform(16.5, 21.0);
    write_strokes(stream, read, 1, static_cast<std::int32_t>(page.below(kClasses)), neighbour, soft, ink);
  }

  Draws grain(stream, {kNoiseDraws, 0, read}, kPixels);
  for (std::size_t p = 0; p < ink.size(); ++p) {
    const double grey = level * ink[p] + grain.bell(noise);
    pixels[p] = static_cast<float>(std::clamp(std::floor(grey + 0.5), 0.0, 255.0));
  }
}

}  // namespace

Batch digits(std::uint64_t seed, std::int64_t first, std::int64_t count) {
  if (first < 0 || count < 0)
    fail_input(
        fmt::format("synthetic digits: samples {} .. {} + {}: expected numbers of at least 0", first, first, count));
  const Stream stream({.seed = seed, .purpose = "synthetic digits"});
  Batch batch{.count = count, .shape = {1, kSide, kSide}, .values = {}, .labels = {}};
  batch.values.resize(static_cast<std::size_t>(count * kPixels));
  batch.labels.resize(static_cast<std::size_t>(count));
  parallel_for(count, 32, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int32_t label = batch.labels[static_cast<std::size_t>(i)] = label_of(stream, first + i);
      draw_picture(stream, first + i, label,
                   std::span(batch.values).subspan(static_cast<std::size_t>(i * kPixels), kPixels));
    }
  });
  return batch;
}

Dataset synthetic_digits(std::uint64_t seed, std::int64_t count) {
  return {.name = fmt::format("synthetic digits (seed {})", seed), .samples = digits(seed, 0, count)};
}

}  // namespace cimera::workloads
