// Where weights lie: every array of every layer once, no tile over its units or its buffer, and clear refusals.
#include "mapping/placement.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/integers.h"
#include "mapping/array_grid.h"
#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using test::isaac;
using test::Overrides;
using test::Shape;
using test::Sketch;
using test::Weights;
using testing::HasSubstr;
using workloads::Network;

/// Networks whose placement the shapes are tried on.
std::vector<Network> networks() {
  std::vector<Network> all = {test::digits_network(), test::mixed_network(), test::attention_network()};
  Sketch wide({1, 700});
  all.push_back(wide.finish(wide.dense(wide.relu(wide.dense(wide.x, 90)), 33)));
  return all;
}

ops::CrossbarConfig config_of(const ops::MachineSpec& machine) { return machine.crossbar()->config(); }

/// How a layer lies in arrays of a configuration, by the parameters alone.
struct Expected {
  explicit Expected(const ops::CrossbarConfig& config)
      : apart(config.slice_layout == ops::SliceLayout::kApart ? config.slices() : 1),
        unit(config.encoding == ops::WeightEncoding::kOffsetColumn ? 1 : 0),
        cells(config.slices() / apart * (config.differential() ? 2 : 1)),
        weights((config.columns - unit) / cells) {}
  std::int64_t apart;    ///< arrays for the slices of a weight
  std::int64_t unit;     ///< columns that measure the sum of inputs
  std::int64_t cells;    ///< of a weight beside each other
  std::int64_t weights;  ///< beside each other in an array
};

class Placement : public ::testing::TestWithParam<Shape> {};

TEST_P(Placement, EveryArrayLiesInOneTileAndNoTileIsOverfull) {
  const ops::MachineSpec machine = GetParam().machine();
  const ops::CrossbarOrganisation& o = machine.crossbar()->organisation;
  for (const Network& network : networks()) {
    const Mapped mapped = test::map(network, machine);
    std::map<std::uint32_t, std::vector<bool>> placed;  // by layer
    using ByLayer = std::map<std::uint32_t, std::int64_t>;
    std::map<std::pair<std::int64_t, std::int64_t>, ByLayer> in_tile;  // arrays by load and tile
    std::map<std::int64_t, std::int64_t> in_load;                      // arrays
    std::set<std::int64_t> tiles;
    for (const Part& part : mapped.parts) {
      ASSERT_LT(part.first, part.last);
      ASSERT_LT(part.tile, o.chips * o.tiles());
      ByLayer& here = in_tile[std::pair(part.load, part.tile)];
      EXPECT_TRUE(here.emplace(part.layer.value(), part.last - part.first).second)
          << "two parts of a layer in one tile";
      in_load[part.load] += part.last - part.first;
      tiles.insert(part.tile);
      std::vector<bool>& seen = placed[part.layer.value()];
      seen.resize(std::max(seen.size(), static_cast<std::size_t>(part.last)));
      for (auto array = static_cast<std::size_t>(part.first); array < static_cast<std::size_t>(part.last); ++array) {
        EXPECT_FALSE(seen[array]) << "array " << array << " is placed twice";
        seen[array] = true;
      }
    }
    std::int64_t arrays = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      if (!network.layers[i].is_mvm()) continue;
      // Rows in blocks of an array's rows, weights in blocks of what fits beside each other.
      const workloads::MvmShape shape = workloads::mvm_shape(network, network.layers[i]);
      const Expected expect(config_of(machine));
      const std::int64_t expected =
          shape.groups * ceil_div(shape.rows, o.rows) * expect.apart * ceil_div(shape.columns, expect.weights);
      EXPECT_EQ(std::ranges::count(placed[static_cast<std::uint32_t>(i)], true), expected) << network.layers[i].name;
      arrays += expected;
    }
    std::int64_t in_all = 0, most = 0;
    for (const auto& [load, n] : in_load) in_all += n, most = std::max(most, n);
    EXPECT_EQ(in_all, arrays);
    EXPECT_EQ(mapped.used_arrays, most);
    EXPECT_EQ(mapped.used_tiles, std::ssize(tiles));
    EXPECT_EQ(mapped.loads, std::ssize(in_load));
    EXPECT_EQ(mapped.loads > 1, GetParam().name == "reprogrammed");
    for (const auto& [at, layers] : in_tile) {
      std::int64_t units = 0;  // a unit holds one layer
      for (const auto& [layer, n] : layers) units += ceil_div(n, o.arrays_per_ima);
      EXPECT_LE(units, o.imas_per_tile) << "load " << at.first << ", tile " << at.second;
    }
  }
}

TEST_P(Placement, OperationsOfTheProgramAreThoseOfTheLayers) {
  // Per position and input step, every row is driven in each column block, every column converted for each group of
  // rows of each row block.
  const ops::MachineSpec machine = GetParam().machine();
  const ops::CrossbarConfig config = config_of(machine);
  for (const Network& network : networks()) {
    const Mapped mapped = test::map(network, machine, 2);
    const ops::TimingResult cost = cost::evaluate(mapped.run);
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      if (!network.layers[i].is_mvm()) continue;
      const workloads::MvmShape shape = workloads::mvm_shape(network, network.layers[i]);
      const std::int64_t steps = 2 * shape.positions * shape.groups * ceil_div(GetParam().input_bits, config.dac_bits);
      const Expected expect(config);
      const std::int64_t column_blocks = ceil_div(shape.columns, expect.weights);
      std::int64_t reads = 0;  // of a column of arrays
      for (std::int64_t row = 0; row < shape.rows; row += config.rows) {
        const std::int64_t rows = std::min<std::int64_t>(config.rows, shape.rows - row);
        reads += config.active_rows == 0 ? 1 : ceil_div(rows, config.active_rows);
      }
      EXPECT_EQ(cost.layer_counts[i][ops::Event::kArrayReads], steps * reads * expect.apart * column_blocks);
      EXPECT_EQ(cost.layer_counts[i][ops::Event::kRowDrives], steps * shape.rows * expect.apart * column_blocks);
      EXPECT_EQ(cost.layer_counts[i][ops::Event::kAdcConversions],
                steps * reads * (shape.columns * config.slices() + column_blocks * expect.apart * expect.unit));
    }
  }
}

TEST_P(Placement, MultiplyAccumulatesAreConserved) {
  for (const Network& network : networks()) {
    const Mapped mapped = test::map(network, GetParam().machine());
    std::vector<std::int64_t> macs(network.layers.size());
    for (const Part& part : mapped.parts) {
      const std::size_t layer = part.layer.value();
      const ArrayGrid grid(network, network.layers[layer], config_of(GetParam().machine()));
      for (std::int64_t array = part.first; array < part.last; ++array)
        macs[layer] += grid.shape().positions * grid.rows_in(grid.at(array).row_block) *
                       grid.weights_in(grid.at(array).column_block);
    }
    const std::int64_t apart = Expected(config_of(GetParam().machine())).apart;  // each array has one of the slices
    for (std::size_t i = 0; i < network.layers.size(); ++i)
      EXPECT_EQ(macs[i], network.layers[i].is_mvm() ? apart * workloads::macs(network, network.layers[i]) : 0)
          << network.layers[i].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Placement, ::testing::ValuesIn(test::shapes()),
                         [](const auto& info) { return info.param.name; });

/// Bits that the bounded buffers of each tile can hold for those who read them, from the Program alone.
std::map<std::string, double> buffered_bits(const ops::Program& program) {
  std::map<std::string, double> bits;
  for (const ops::Edge& edge : program.edges) {
    const ops::Task& from = program.task(edge.from);
    const auto* move = std::get_if<ops::Transfer>(&from.op.work);
    if (!move || move->what != ops::Transfer::What::kActivations || move->to == ops::kHostMemory) continue;
    EXPECT_GT(edge.capacity, 0) << from.name << " goes to " << program.task(edge.to).name << " without a bound";
    const double block = static_cast<double>((move->end - move->begin) * move->element_bits);
    bits[program.unit(from.op.path.back().unit).name] +=
        block * static_cast<double>(edge.capacity) / static_cast<double>(from.iterations);
  }
  return bits;
}

/// A convolution of 48 channels that the host feeds, one that a tile feeds, a pooling with windows that overlap, a skip
/// connection, a convolution behind a host layer, one behind a reshape, and a dense layer.
Network buffer_hungry() {
  Sketch s({1, 48, 14, 14}, Weights::kShapesOnly);
  const auto a = s.relu(s.conv(s.x, 40, 3, 3, {.pad = 1}));
  const auto p = s.pool(s.conv(a, 64, 5, 5, {.pad = 2}), workloads::Pool2d::Kind::kMax, 3, 1);
  const auto r = s.relu(s.sum(s.conv(s.conv(p, 64, 3, 3, {.pad = 1}), 64, 3, 3, {.pad = 1}), p));
  const auto b = s.conv(s.average_pool(r, 2), 64, 2, 2);
  const auto c = s.conv(s.reshape(b, {1, 16, 10, 10}), 32, 3, 3, {.stride = 2});
  return s.finish(s.dense(s.flatten(c), 10));
}

TEST(PlacementBuffers, HoldWhatTheProgramPutsIntoThem) {
  // Wherever the capacity puts the limit, also where it has just room for one layer more, or for none.
  const Network network = buffer_hungry();
  int splits = 0;
  for (const char* bits : {"16", "8"})
    for (std::int64_t capacity = 60'000; capacity < 600'000; capacity += 6'000) {
      const ops::MachineSpec machine =
          isaac({"pipeline.buffer=" + std::to_string(capacity) + " bit", "precision.input_bits=" + std::string(bits)});
      std::optional<Mapped> mapped;
      try {
        mapped = test::map(network, machine);
      } catch (const Error&) {
        continue;  // a window larger than a whole buffer
      }
      ++splits;
      for (const auto& [buffer, held] : buffered_bits(mapped->run))
        EXPECT_LE(held, static_cast<double>(capacity)) << buffer << ", inputs of " << bits << " bits";
    }
  EXPECT_GT(splits, 40);
}

TEST(PlacementBuffers, VggFitsTheBufferThatIsaacWasDesignedFor) {
  // The second layer of VGG is what sized the 64 KiB: 64 channels of 224 pixels, 3 x 3.
  Sketch s({1, 3, 224, 224}, Weights::kShapesOnly);
  const auto a = s.relu(s.conv(s.x, 64, 3, 3, {.pad = 1}));
  const Mapped mapped = test::map(s.finish(s.conv(a, 64, 3, 3, {.pad = 1})), isaac());
  EXPECT_LE(mapped.used_tiles, 2);
}

std::string refusal(const Network& network, const ops::MachineSpec& machine) {
  try {
    test::map(network, machine);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::Kind::kInput);
    return error.what();
  }
  return "";
}

TEST(PlacementRefusals, WindowThatExceedsABuffer) {
  Sketch s({1, 64, 8, 8}, Weights::kShapesOnly);
  const Network network = s.finish(s.conv(s.x, 16, 3, 3));
  const std::string message = refusal(network, isaac({"pipeline.buffer=900 B"}));
  // An array holds 128 rows, 15 of the 64 channels. The host sends rows: 3 rows and the next one, 4 x 8 x 15 x 16 bits.
  EXPECT_EQ(
      message,
      "layer 'conv1': its windows of inputs and results need 7680 bits of tile buffer for one array, a tile of isaac "
      "has 7200; use --set 'isaac:pipeline.buffer=7680 bit'; figures of edram were published for another size");
  EXPECT_EQ(refusal(network, isaac({"pipeline.buffer=7680 bit"})), "") << "what the message advises";
}

TEST(PlacementRefusals, ResultsThatDoNotHoldTheInputsOfTheNextLayer) {
  Sketch s({1, 16}, Weights::kShapesOnly);
  const Network network = s.finish(s.dense(s.x, 4));
  EXPECT_EQ(refusal(network, isaac({"precision.result_bits=1"})),
            "isaac: precision.result_bits = 1: a result must hold the 16 input bits of the layer that takes it; use "
            "--set isaac:precision.result_bits=16, or --bits with at most 1 for inputs");
  EXPECT_THAT(refusal(network, isaac({"precision.result_bits=15"})), HasSubstr("the 16 input bits"));
  EXPECT_EQ(refusal(network, isaac({"precision.result_bits=16"})), "");
  const mapping::MapOptions few{.weight_bits = 8, .input_bits = 8};
  EXPECT_NO_THROW(test::map(network, isaac({"precision.result_bits=8"}), few));
  EXPECT_THROW(test::map(network, isaac({"precision.result_bits=7"}), few), Error);
}

TEST(PlacementRefusals, WhatCannotBeMappedAtAll) {
  Sketch s({1, 3, 5, 16}, Weights::kShapesOnly);
  EXPECT_THAT(refusal(s.finish(s.dense(s.x, 4)), isaac()),
              HasSubstr("layer 'dense1': a dense layer on shape 1x3x5x16 is not mapped"));
  Sketch o({1, 5, 16}, Weights::kShapesOnly);
  EXPECT_THAT(refusal(o.finish(o.dense(o.flatten(o.dense(o.x, 4)), 3)), isaac()),
              HasSubstr("dense3: dense reads tensor 'reshape2', whose values lie by features"));
  Sketch m({1, 5, 16});
  const auto product = m.add("matmul", workloads::MatMul{.transpose_b = true}, {m.x, m.x}, {});
  const Network squared = m.finish(product);
  EXPECT_THAT(refusal(squared, isaac({"dynamic_matmul=write_array"})),
              HasSubstr("layer 'matmul1' multiplies two activations, and isaac has dynamic_matmul = write_array"));
  EXPECT_NO_THROW(test::map(squared, isaac()));
  Sketch t({1, 16}, Weights::kShapesOnly);
  const Network network = t.finish(t.dense(t.x, 4));
  EXPECT_THROW(test::map(network, isaac(), 0), Error);
  EXPECT_THROW(map_network(network, isaac(), isaac()), Error);  // that is no host
}

TEST(PlacementRefusals, TooSmallAMachineNamesTheChipsThatWouldDo) {
  // 4 tiles of one unit a chip; each layer of 1,024 x 16 fills a unit.
  const auto machine = [](std::int64_t chips) {
    return isaac({"organisation.chips=" + std::to_string(chips), "organisation.tiles_x=2", "organisation.tiles_y=2",
                  "organisation.imas_per_tile=1"});
  };
  for (const std::int64_t layers : {1, 4, 5, 8, 9, 22}) {
    Sketch s({1, 1024}, Weights::kShapesOnly);
    auto x = s.x;
    for (std::int64_t i = 1; i < layers; ++i)
      x = s.reshape(s.conv(s.reshape(x, {1, 1024, 1, 1}), 1024, 1, 1, {.groups = 64}), {1, 1024});
    const Network network = s.finish(s.dense(x, 16));
    // A grouped layer has 64 groups of one array each: 8 units. The last has 8 arrays: 1 unit.
    const std::int64_t tiles = 8 * (layers - 1) + 1, chips = ceil_div(tiles, 4);
    EXPECT_EQ(refusal(network, machine(chips)), "") << layers;
    if (chips == 1) continue;
    for (const std::int64_t fewer : {chips - 1, std::int64_t{1}}) {
      const std::string message = refusal(network, machine(fewer));
      EXPECT_THAT(message, HasSubstr("network 'sketch' needs " + std::to_string(tiles) + " tiles"));
      EXPECT_THAT(message, HasSubstr("--set isaac:organisation.chips=" + std::to_string(chips)));
    }
  }
}

TEST(PlacementFigures, UtilisationByHand) {
  Sketch s({1, 128});
  const Mapped one = test::map(s.finish(s.dense(s.x, 16)), isaac());
  EXPECT_DOUBLE_EQ(one.utilisation, 1.0 / 16128);  // one full array of 168 x 12 x 8
  Sketch t({1, 8, 6, 6});
  const Mapped part = test::map(t.finish(t.conv(t.x, 20, 3, 3)), isaac({"organisation.chips=2"}));
  // 72 x 20 weights of 8 cells, in 2 x 16,128 arrays of 16,384 cells.
  EXPECT_DOUBLE_EQ(part.utilisation, 72.0 * 20 * 8 / (2.0 * 16128 * 16384));
  EXPECT_EQ(part.used_arrays, 2);
  EXPECT_EQ(part.used_tiles, 1);
}

TEST(PlacementFigures, WeightLoadWritesEveryCellOnce) {
  Sketch s({1, 8, 6, 6});
  const Network network = s.finish(s.conv(s.x, 20, 3, 3));
  const Mapped mapped = test::map(network, isaac(), 4);  // the batch does not matter
  const ops::TimingResult load = cost::evaluate(mapped.load);
  EXPECT_EQ(load.layer_counts[0][ops::Event::kCellWrites], 72 * 20 * 8);
  EXPECT_EQ(load.layer_counts[0][ops::Event::kMemoryReadBits], 72 * 20 * 16);
  // 23,040 bits: 45 bursts, 90 packets, 720 flits; then 128 rows of 40 ns in two arrays, one after the other.
  //   head 95.914746 + 6.25, last flit at 102.164746 + 720 + 3
  EXPECT_EQ(load.makespan, Duration::fs(825'164'746) + test::ns(2 * 128 * 40));
}

}  // namespace
}  // namespace cimera::mapping
