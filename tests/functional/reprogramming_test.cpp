// Weights that replace others while a network runs: what a Program must say so that no operation reads the wrong ones.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/error_text.h"
#include "tests/support/damage.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::functional {
namespace {

using ops::Program;
using testing::HasSubstr;

/// Two layers on one tile of one array.
class Reprogrammed : public ::testing::Test {
 protected:
  Reprogrammed()
      : machine_(test::isaac({"weights=reprogrammed", "organisation.tiles_x=1", "organisation.tiles_y=1",
                              "organisation.tiles_per_router=1", "organisation.imas_per_tile=1",
                              "organisation.arrays_per_ima=1", "organisation.adcs_per_ima=1"})),
        network_(two_layers()),
        images_(test::random_batch(network_, 3)),
        quantized_(workloads::quantize(network_, {}, images_)),
        mapped_(test::map(network_, machine_, test::options_for(quantized_, 3))) {}

  static workloads::Network two_layers() {
    test::Sketch s({1, 100});
    return s.finish(s.dense(s.dense(s.x, 16), 4));
  }
  Outcome outcome(const Program& run, const Program& load) const {
    return Executor(run, load, machine_, quantized_, &cell_, {}).run(images_);
  }
  std::string refusal(const Program& run) const {
    return error_text([&] { outcome(run, mapped_.load); });
  }
  std::size_t index(const Program& program, const std::string& name) const {
    return test::task_named(program, name).value();
  }
  ops::MachineSpec machine_;
  workloads::Network network_;
  workloads::Batch images_;
  workloads::QuantizedNetwork quantized_;
  mapping::Mapped mapped_;
  devices::Reram cell_ = test::reram(0.0);
};

TEST_F(Reprogrammed, CellsAreCountedOnceForAllImages) {
  const Outcome all = outcome(mapped_.run, mapped_.load);
  EXPECT_EQ(all.output, workloads::infer_integer(quantized_, images_));
  // Weights of 8 bits in 4 cells; results move in 16 bits.
  EXPECT_EQ(all.layer_counts[0][ops::Event::kCellWrites], 100 * 16 * 4);
  EXPECT_EQ(all.layer_counts[1][ops::Event::kCellWrites], 16 * 4 * 4);
  EXPECT_EQ(all.layer_counts[1][ops::Event::kMemoryReadBits], 16 * 4 * 8 + 3 * 16 * 16);
}

TEST_F(Reprogrammed, WeightsThatComeTooEarly) {
  // The activation waits for the products, so both edges must go before anything can happen too early.
  Program run = test::without_edge(mapped_.run, "dense1 activation in tile 0", "dense2 weights to tile 0");
  EXPECT_THAT(refusal(run), HasSubstr("'dense2 weights to tile 0' brings weights to tile 0, but no edges make it wait "
                                      "for 'dense1 activation in tile 0', which works there with those before"));
  run = test::without_edge(run, "dense1 products in tile 0", "dense2 weights to tile 0");
  EXPECT_THAT(refusal(run), HasSubstr("for 'dense1 products in tile 0', which works there with those before"));
}

TEST_F(Reprogrammed, ProductsWithWeightsThatAreNotWritten) {
  EXPECT_THAT(refusal(test::without_edge(mapped_.run, "dense1 cells of tile 0", "dense1 products in tile 0")),
              HasSubstr("'dense1 products in tile 0' reads array 0 of layer 'dense1', but no edges make it wait for "
                        "'dense1 cells of tile 0', which writes it"));
}

TEST_F(Reprogrammed, ValuesThatComeWhileTheBufferIsInUse) {
  EXPECT_THAT(
      refusal(test::without_edge(mapped_.run, "dense2 cells of tile 0", "dense2 input to tile 0")),
      HasSubstr("'dense2 input to tile 0' brings values to tile 0, but no edges make it wait for 'dense2 weights "
                "to tile 0', which comes when the work there before is done"));
}

TEST_F(Reprogrammed, MoreThanATileHolds) {
  // All weights first: nothing has worked with the earlier ones, so nothing is replaced, and there is no room.
  const std::size_t weights = index(mapped_.run, "dense2 weights"), cells = index(mapped_.run, "dense2 cells");
  std::vector<std::size_t> order = test::order(mapped_.run);
  std::erase_if(order, [&](std::size_t t) { return t == weights || t == cells; });
  order.insert(std::ranges::find(order, index(mapped_.run, "dense1 products")), {weights, cells});
  EXPECT_THAT(refusal(test::reordered(mapped_.run, order)),
              HasSubstr("'dense2 cells of tile 0' writes more arrays into tile 0 than its 1 units have"));
}

TEST_F(Reprogrammed, WeightsThatALaterBatchWouldMiss) {
  // The first layer is loaded before the run, and replaced in it.
  const std::vector<std::size_t> loading = {index(mapped_.run, "dense1 weights"), index(mapped_.run, "dense1 cells")};
  std::vector<std::size_t> rest = test::order(mapped_.run);
  std::erase_if(rest, [&](std::size_t t) { return t == loading[0] || t == loading[1]; });
  EXPECT_THAT(
      error_text([&] { outcome(test::reordered(mapped_.run, rest), test::reordered(mapped_.run, loading)); }),
      HasSubstr(
          "'dense2 weights to tile 0' replaces weights of layer 'dense1' that were loaded before the run: the next "
          "batch would not find them"));
}

}  // namespace
}  // namespace cimera::functional
