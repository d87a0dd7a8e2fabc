// Closed forms of a grid of arrays against the same said array by array.
#include "mapping/array_grid.h"

#include <random>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "core/integers.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using test::isaac;
using test::Sketch;
using test::Weights;
using workloads::Network;

/// What arrays [first, last) are, told one by one.
struct Told {
  ops::Mvm work;
  std::int64_t cells = 0, weights = 0;
  RangeSet inputs, home;
};

class Teller {
 public:
  Teller(const Network& network, const ArrayGrid& grid) : grid_(grid) {
    const workloads::Layer& layer = network.layers[0];
    const auto* conv = std::get_if<workloads::Conv2d>(&layer.op);
    const workloads::Shape& in = network.tensor(layer.inputs[0]).shape;
    kernel_ = conv ? conv->kernel_h * conv->kernel_w : 1;
    pixels_ = conv ? in[2] * in[3] : grid.shape().positions;
  }

  Told tell(std::int64_t first, std::int64_t last) const {
    const workloads::MvmShape& shape = grid_.shape();
    const ops::CrossbarConfig& config = grid_.config();
    Told told;
    std::set<std::pair<std::int64_t, std::int64_t>> blocks;
    for (std::int64_t array = first; array < last; ++array) {
      const ArrayGrid::At at = grid_.at(array);
      const std::int64_t rows = grid_.rows_in(at.row_block), weights = grid_.weights_in(at.column_block);
      const bool apart = config.slice_layout == ops::SliceLayout::kApart;
      const bool measures = config.encoding == ops::WeightEncoding::kOffsetColumn;
      const std::int64_t reads = config.active_rows == 0 ? 1 : ceil_div(rows, config.active_rows);
      const std::int64_t slices = apart ? 1 : config.slices(), arrays_of_rows = apart ? config.slices() : 1;
      const std::int64_t row_block = at.row_block / arrays_of_rows;
      told.work.reads += reads;
      told.work.driven_rows += rows;
      told.work.used_columns += reads * (weights * slices + (measures ? 1 : 0));
      told.work.row_sums += measures || config.differential() ? 0 : reads;
      told.work.result_bits += weights * 16;
      if (array > first && at.row_block > 0) told.work.merges += weights;
      if (blocks.insert({at.group, row_block}).second) told.work.fetch_bits += rows * config.input_bits;
      told.weights += rows * weights;
      told.cells += rows * (weights * slices * (config.differential() ? 2 : 1) + (measures ? 1 : 0));
      for (std::int64_t row = row_block * config.rows; row < row_block * config.rows + rows; ++row) {
        const std::int64_t channel = at.group * (shape.rows / kernel_) + row / kernel_;
        told.inputs.add(Range{channel * pixels_, (channel + 1) * pixels_});
      }
      const std::int64_t column = at.group * shape.columns + at.column_block * config.weights_per_array();
      if (at.row_block == 0) told.home.add(Range{column * shape.positions, (column + weights) * shape.positions});
    }
    return told;
  }

 private:
  const ArrayGrid& grid_;
  std::int64_t kernel_ = 1, pixels_ = 1;
};

Network one_convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t groups) {
  Sketch s({1, in, 9, 7}, Weights::kShapesOnly);
  return s.finish(s.conv(s.x, out, kernel, kernel, {.groups = groups}));
}

Network one_dense(workloads::Shape shape, std::int64_t out) {
  Sketch s(std::move(shape), Weights::kShapesOnly);
  return s.finish(s.dense(s.x, out));
}

TEST(ArrayGrid, ClosedFormsSayWhatArraysSayOneByOne) {
  const std::vector<Network> networks = {
      one_convolution(16, 16, 3, 16), one_convolution(40, 70, 3, 1), one_convolution(30, 60, 5, 2),
      one_convolution(300, 90, 1, 3), one_convolution(8, 5, 2, 1),   one_dense({1, 700}, 90),
      one_dense({1, 6, 260}, 33),     one_dense({1, 5}, 200),        one_dense({1, 128}, 16)};
  std::mt19937 draw(7);
  for (const Network& network : networks)
    for (const std::vector<std::string>& shape : std::vector<std::vector<std::string>>{
             {},
             {"organisation.rows=48"},
             {"precision.slices=apart"},
             {"organisation.rows=48", "precision.slices=apart", "precision.encoding=differential"},
             {"organisation.active_rows=20", "precision.encoding=offset_column"},
             {"organisation.rows=50", "organisation.active_rows=7", "precision.slices=apart", "precision.cell_bits=5",
              "precision.encoding=offset_column"}}) {
      const ops::MachineSpec machine = isaac(shape);
      const ArrayGrid grid(network, network.layers[0], machine.crossbar()->config());
      const Teller teller(network, grid);
      for (int i = 0; i < 200; ++i) {
        std::int64_t first = std::uniform_int_distribution<std::int64_t>(0, grid.arrays() - 1)(draw);
        std::int64_t last = std::uniform_int_distribution<std::int64_t>(first + 1, grid.arrays())(draw);
        if (i == 0) first = 0, last = grid.arrays();
        SCOPED_TRACE(::testing::Message() << workloads::format(network.tensor(network.input).shape) << ", arrays "
                                          << first << " to " << last << " of " << grid.arrays());
        const Told told = teller.tell(first, last);
        const ops::Mvm work = grid.mvm(first, last, 16);
        EXPECT_EQ(work.driven_rows, told.work.driven_rows);
        EXPECT_EQ(work.used_columns, told.work.used_columns);
        EXPECT_EQ(work.result_bits, told.work.result_bits);
        EXPECT_EQ(work.merges, told.work.merges);
        EXPECT_EQ(work.fetch_bits, told.work.fetch_bits);
        EXPECT_EQ(work.reads, told.work.reads);
        EXPECT_EQ(work.row_sums, told.work.row_sums);
        EXPECT_EQ(work.register_bits, told.work.driven_rows * 16);
        EXPECT_EQ(grid.cells(first, last), told.cells);
        EXPECT_EQ(grid.weights(first, last), told.weights);
        EXPECT_EQ(grid.inputs(first, last), told.inputs.ranges());
        const Range home = grid.home(first, last);
        EXPECT_EQ(home.size() == 0 ? RangeSet() : RangeSet(home), told.home);
      }
    }
}

}  // namespace
}  // namespace cimera::mapping
