#include "models/functional/crossbar/packer.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::functional {
namespace {

constexpr std::int64_t kPanelWords = 64 * 1024;  // 256 KiB: a quarter to a half of a level-2 cache
constexpr int kMostPositions = 64;

std::int64_t round_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit * unit; }

/// Words between digit rows: whole vectors and cache lines, and not such that the rows of a tile meet in a few sets of
/// the level-1 cache.
std::int64_t digit_stride(const OperandForm& form, int places) {
  const std::int64_t words = round_up(places, kCodePadding) / lanes_per_word(form.lane);
  const std::int64_t stride = round_up(words, 16);
  return stride % 128 == 0 ? stride + 16 : stride;
}

}  // namespace

InputPacker::InputPacker(const ArraySetting& setting, const PlaneKernels& kernels, int rows)
    : setting_(setting), kernels_(kernels) {
  const OperandForm& planes = setting.planes;
  const int places = RowGroups(setting.config, rows).places();
  code_stride_ = round_up(places, kCodePadding);
  planes_.stride = digit_stride(planes, places);
  whole_.stride = digit_stride(setting.whole, places);
  const std::int64_t fit = kPanelWords / (planes_.stride * planes.plan.count);
  capacity_ = std::max(planes.chunk(), static_cast<int>(std::min<std::int64_t>(kMostPositions, fit)));
  capacity_ -= capacity_ % planes.chunk();
  codes_ = AlignedArray<std::uint16_t>(capacity_ * code_stride_);
  sums_ = AlignedArray<double>(capacity_);
}

void InputPacker::take(const std::int32_t* codes, std::int64_t stride, int positions, int rows) {
  const int bits = setting_.config.input_bits;
  const std::int32_t offset = setting_.config.input_signed ? 1 << (bits - 1) : 0;
  const RowGroups groups(setting_.config, rows);
  if (rows < rows_) std::fill_n(codes_.data(), codes_.size(), std::uint16_t{0});
  positions_ = positions, rows_ = rows, places_ = groups.places();
  for (int p = 0; p < positions; ++p) {
    bool in_range = true;
    std::int64_t sum = 0;
    for (int g = 0; g < groups.count(); ++g)
      sum += kernels_.narrow(codes + p * stride + groups.first_row(g), groups.size(g), offset, bits,
                             codes_.data() + p * code_stride_ + groups.first_place(g), &in_range);
    sums_[p] = static_cast<double>(sum);
    if (!in_range) refuse(codes + p * stride, rows);
  }
  if (setting_.measures()) {
    squares_.assign(static_cast<std::size_t>(rows), 0);
    (setting_.cell_read ? setting_.cell_read : setting_.adc_column)->add_squares(codes, stride, positions, squares_);
  }
  planes_.made = whole_.made = false;
}

PackedInputs InputPacker::packed(bool whole, std::int64_t steps, std::uint64_t first_read) {
  const OperandForm& form = whole ? setting_.whole : setting_.planes;
  Panel& panel = whole ? whole_ : planes_;
  if (panel.digits.size() == 0) {
    const std::int64_t digit_rows = round_up(std::int64_t{capacity_} * form.plan.count, kTileRows);
    panel.digits = AlignedArray<std::uint32_t>(digit_rows * panel.stride);
  }
  if (!panel.made) {
    const auto pack = form.lane == Lane::kInt8 ? kernels_.pack8 : kernels_.pack16;
    const int padded = static_cast<int>(round_up(places_, kCodePadding));
    for (int p = 0; p < positions_; ++p)
      pack(codes_.data() + p * code_stride_, padded, form.plan,
           panel.digits.data() + std::int64_t{p} * form.plan.count * panel.stride, panel.stride);
    panel.made = true;
    if (!whole && setting_.noise == NoiseDraws::kOutput) square_digits();
  }
  return {positions_, panel.digits.data(),    panel.stride,   sums_.data(),   steps,
          first_read, squared_digits_.data(), square_stride_, squares_.data()};
}

void InputPacker::square_digits() {
  const int steps = setting_.planes.plan.count;
  square_stride_ = 2 * planes_.stride;
  const std::int64_t rows = std::int64_t{capacity_} * steps;
  if (squared_digits_.size() == 0) squared_digits_ = AlignedArray<float>(rows * square_stride_ + kCodePadding);
  for (std::int64_t r = 0; r < std::int64_t{positions_} * steps; ++r)
    kernels_.square(planes_.digits.data() + r * planes_.stride, places_, squared_digits_.data() + r * square_stride_);
}

void InputPacker::refuse(const std::int32_t* codes, int rows) const {
  const int bits = setting_.config.input_bits;
  const std::int32_t lowest = setting_.config.input_signed ? -(1 << (bits - 1)) : 0;
  const std::int32_t highest = lowest + (1 << bits) - 1;
  const auto strange = std::find_if(codes, codes + rows, [&](std::int32_t c) { return c < lowest || c > highest; });
  fail_run(fmt::format("input code {} is outside the {} {}-bit codes {}..{} of the crossbar", *strange,
                       setting_.config.input_signed ? "signed" : "unsigned", bits, lowest, highest));
}

}  // namespace cimera::functional
