// What moves between tiles: exactly the elements that are needed, over connected ways, and no token before its data.
#include <algorithm>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapping/array_grid.h"
#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using ops::Digital;
using ops::Program;
using ops::Task;
using ops::Transfer;
using test::isaac;
using test::Shape;
using test::Sketch;
using workloads::Conv2d;
using workloads::Network;

/// How often each element of a tensor lies in the ranges that `visit` calls it with.
class Cover {
 public:
  explicit Cover(std::int64_t elements) : times_(static_cast<std::size_t>(elements)) {}
  void add(std::int64_t begin, std::int64_t end) {
    for (std::int64_t e = begin; e < end; ++e) ++times_.at(static_cast<std::size_t>(e));
  }
  std::vector<int>& times() { return times_; }
  bool once() const {
    return std::ranges::all_of(times_, [](int n) { return n == 1; });
  }

 private:
  std::vector<int> times_;
};

std::int64_t elements(const Network& network, workloads::TensorId id) {
  return workloads::elements(network.tensor(id).shape);
}

/// Elements of the input that arrays [first, last) of a layer multiply with: 1 where needed.
std::vector<int> needed_elements(const Network& network, const workloads::Layer& layer, const ArrayGrid& grid,
                                 const ops::Mvm& mvm) {
  Cover cover(elements(network, layer.inputs[0]));
  const auto* conv = std::get_if<Conv2d>(&layer.op);
  const std::int64_t kernel = conv ? conv->kernel_h * conv->kernel_w : 1;
  const workloads::Shape& in = network.tensor(layer.inputs[0]).shape;
  const std::int64_t pixels = conv ? in[2] * in[3] : grid.shape().positions;  // features are channels of positions
  for (std::int64_t array = mvm.first; array < mvm.last; ++array) {
    const ArrayGrid::At at = grid.at(array);
    for (std::int64_t r = 0; r < grid.rows_in(at.row_block); ++r) {
      const std::int64_t row =
          at.group * grid.shape().rows + at.row_block / grid.config().slice_arrays() * grid.config().rows + r;
      cover.add(row / kernel * pixels, (row / kernel + 1) * pixels);
    }
  }
  for (int& n : cover.times()) n = std::min(n, 1);
  return cover.times();
}

std::vector<Network> networks() {
  std::vector<Network> all = {test::digits_network(), test::mixed_network(), test::attention_network()};
  Sketch wide({1, 300});
  all.push_back(wide.finish(wide.dense(wide.relu(wide.dense(wide.x, 90)), 33)));
  return all;
}

class Transfers : public ::testing::TestWithParam<Shape> {};

TEST_P(Transfers, EveryProductGetsItsInputsOnce) {
  const ops::MachineSpec machine = GetParam().machine();
  for (const Network& network : networks()) {
    const Program program = test::map(network, machine).run;
    for (std::size_t t = 0; t < program.tasks.size(); ++t) {
      const Task& task = program.tasks[t];
      const auto* mvm = std::get_if<ops::Mvm>(&task.op.work);
      if (!mvm) continue;
      const workloads::Layer& layer = network.layers[task.layer.value()];
      Cover arrived(elements(network, layer.inputs[0]));
      for (const ops::Edge& edge : program.edges) {
        if (edge.to.value() != t) continue;
        if (std::holds_alternative<ops::WriteCells>(program.task(edge.from).op.work)) continue;
        const auto& move = std::get<Transfer>(program.task(edge.from).op.work);
        EXPECT_EQ(move.tensor, layer.inputs[0].value());
        arrived.add(move.begin, move.end);
      }
      const ArrayGrid grid(network, layer, machine.crossbar()->config());
      EXPECT_EQ(arrived.times(), needed_elements(network, layer, grid, *mvm)) << task.name;
    }
  }
}

TEST_P(Transfers, EveryElementIsMadeOnceAndPartialSumsAreAllJoined) {
  const ops::MachineSpec machine = GetParam().machine();
  for (const Network& network : networks()) {
    const Mapped mapped = test::map(network, machine);
    std::vector<Cover> made, joined;
    for (const workloads::Layer& layer : network.layers) {
      made.emplace_back(elements(network, layer.output));
      joined.emplace_back(elements(network, layer.output));
    }
    Cover out(elements(network, network.output));
    for (const Task& task : mapped.run.tasks) {
      if (const auto* work = std::get_if<Digital>(&task.op.work)) {
        auto& cover = work->function == Digital::Function::kMerge ? joined : made;
        cover[work->layer].add(work->begin, work->end);
      }
      if (const auto* host = std::get_if<ops::HostCompute>(&task.op.work))
        made[host->layer].add(0, elements(network, network.layers[host->layer].output));
      if (const auto* move = std::get_if<Transfer>(&task.op.work);
          move && mapped.run.unit(task.op.path.back().unit).name == "host.memory" &&
          task.layer.value() + 1 == network.layers.size())
        out.add(move->begin, move->end);
    }
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const workloads::Layer& layer = network.layers[i];
      const auto readers = network.consumers(layer.output);
      const bool fused = layer.is_mvm() && readers.size() == 1 &&
                         std::holds_alternative<workloads::Unary>(network.layer(readers[0]).op);
      if (!fused && !std::holds_alternative<workloads::Reshape>(layer.op)) {
        EXPECT_TRUE(made[i].once()) << layer.name;
      }
      if (!layer.is_mvm()) continue;
      // A column whose row blocks lie in k tiles has k - 1 partial sums to be joined.
      const ArrayGrid grid(network, layer, machine.crossbar()->config());
      Cover parts(elements(network, layer.output));
      for (const Part& part : mapped.parts) {
        if (part.layer.value() != i) continue;
        std::set<std::int64_t> columns;
        for (std::int64_t a = part.first; a < part.last; ++a) columns.insert(a / grid.row_blocks());
        for (const std::int64_t column : columns) {
          const ArrayGrid::At at = grid.at(column * grid.row_blocks());
          const std::int64_t begin =
              at.group * grid.shape().columns + at.column_block * grid.config().weights_per_array();
          parts.add(begin * grid.shape().positions,
                    (begin + grid.weights_in(at.column_block)) * grid.shape().positions);
        }
      }
      for (int& n : parts.times()) --n;
      EXPECT_EQ(joined[i].times(), parts.times()) << layer.name;
    }
    if (mapped.host_layers.empty() || mapped.host_layers.back() != network.layers.back().name) {
      EXPECT_TRUE(out.once()) << "the output does not reach the host's memory once";
    }
  }
}

TEST_P(Transfers, PlacesAreWhereTheUnitsAre) {
  const ops::MachineSpec machine = GetParam().machine();
  const std::int64_t tiles = machine.crossbar()->organisation.tiles();
  for (const Network& network : networks()) {
    const Mapped mapped = test::map(network, machine);
    for (const Program* program : {&mapped.run, &mapped.load})
      for (const Task& task : program->tasks) {
        const auto unit = [&](const ops::Hop& hop) { return program->unit(hop.unit).name; };
        const auto in_tile = [&](const std::string& name, ops::Place place) {
          return name.starts_with(fmt::format("chip{}.tile{}.", place / tiles, place % tiles));
        };
        const std::string first = unit(task.op.path.front()), last = unit(task.op.path.back());
        if (const auto* move = std::get_if<Transfer>(&task.op.work)) {
          EXPECT_EQ(first == "host.memory", move->from == ops::kHostMemory) << task.name;
          EXPECT_EQ(last == "host.memory", move->to == ops::kHostMemory) << task.name;
          if (move->what == Transfer::What::kActivations && move->to != ops::kHostMemory) {
            EXPECT_TRUE(in_tile(last, move->to)) << task.name << " ends at " << last;
          }
          continue;
        }
        if (std::holds_alternative<ops::HostCompute>(task.op.work)) {
          EXPECT_TRUE(first.starts_with("host.")) << first;
          continue;
        }
        const auto place = std::visit(
            [](const auto& work) -> ops::Place {
              if constexpr (requires { work.place; }) return work.place;
              else return ops::kHostMemory;
            },
            task.op.work);
        for (const ops::Hop& hop : task.op.path)
          EXPECT_TRUE(in_tile(unit(hop), place)) << task.name << ": " << unit(hop);
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Transfers, ::testing::ValuesIn(test::shapes()),
                         [](const auto& info) { return info.param.name; });

/// A mesh as the machine's file describes it.
struct Mesh {
  std::int64_t tiles_x, tiles_y, along_x, along_y;  ///< tiles of a chip; tiles of a router

  std::int64_t tiles() const { return tiles_x * tiles_y; }
  std::int64_t x(std::int64_t tile) const { return tile % tiles() % tiles_x / along_x; }
  std::int64_t y(std::int64_t tile) const { return tile % tiles() / tiles_x / along_y; }

  /// Names of the router ports from one router of a chip to another, x first, and out of the last by `port`.
  std::vector<std::string> walk(std::int64_t chip, std::int64_t x, std::int64_t y, std::int64_t to_x, std::int64_t to_y,
                                const std::string& port) const {
    std::vector<std::string> names;
    const auto add = [&](const std::string& p) {
      names.push_back(fmt::format("chip{}.router{},{}.{}", chip, x, y, p));
    };
    for (; x < to_x; ++x) add("east");
    for (; x > to_x; --x) add("west");
    for (; y < to_y; ++y) add("south");
    for (; y > to_y; --y) add("north");
    add(port);
    return names;
  }
  static std::string tile_name(std::int64_t chip, std::int64_t tile) {
    return fmt::format("chip{}.tile{}", chip, tile);
  }

  std::vector<std::string> in(std::int64_t tile) const {
    const std::int64_t chip = tile / tiles();
    std::vector<std::string> names = {fmt::format("chip{}.link", chip)};
    for (auto& n : walk(chip, 0, 0, x(tile), y(tile), tile_name(chip, tile % tiles()))) names.push_back(n);
    return names;
  }
  std::vector<std::string> out(std::int64_t tile) const {
    const std::int64_t chip = tile / tiles();
    std::vector<std::string> names = walk(chip, x(tile), y(tile), 0, 0, "links");
    names.push_back(fmt::format("chip{}.link", chip));
    return names;
  }
  std::vector<std::string> between(std::int64_t from, std::int64_t to) const {
    if (from / tiles() == to / tiles())
      return walk(to / tiles(), x(from), y(from), x(to), y(to), tile_name(to / tiles(), to % tiles()));
    std::vector<std::string> names = out(from);
    for (auto& n : in(to)) names.push_back(n);
    return names;
  }
};

/// The tile that a unit belongs to, over all chips; none for routers, links and the host.
std::optional<std::int64_t> tile_of(const std::string& unit, std::int64_t tiles_of_chip) {
  static const std::regex kTile(R"(chip(\d+)\.tile(\d+)\..*)");
  std::smatch match;
  if (!std::regex_match(unit, match, kTile)) return std::nullopt;
  return std::stoll(match[1]) * tiles_of_chip + std::stoll(match[2]);
}

TEST(Routes, GoAlongXThenYAndThroughBothLinksBetweenChips) {
  // 30 arrays in tiles of one array: several chips, every direction of the mesh.
  Sketch s({1, 300});
  const Network network = s.finish(s.dense(s.relu(s.dense(s.relu(s.dense(s.x, 60)), 70)), 33));
  for (const auto& [mesh, per_router] :
       {std::pair(Mesh{4, 4, 2, 2}, 4), std::pair(Mesh{5, 3, 1, 1}, 1), std::pair(Mesh{4, 2, 2, 1}, 2)}) {
    const ops::MachineSpec machine =
        isaac({"organisation.chips=9", fmt::format("organisation.tiles_x={}", mesh.tiles_x),
               fmt::format("organisation.tiles_y={}", mesh.tiles_y),
               fmt::format("organisation.tiles_per_router={}", per_router), "organisation.imas_per_tile=1",
               "organisation.arrays_per_ima=1"});
    const Program program = test::map(network, machine).run;
    int inside = 0, across = 0, sums = 0;
    for (std::size_t t = 0; t < program.tasks.size(); ++t) {
      const Task& task = program.tasks[t];
      const auto* move = std::get_if<Transfer>(&task.op.work);
      if (!move) continue;
      std::vector<std::string> path;
      for (const ops::Hop& hop : task.op.path) path.push_back(program.unit(hop.unit).name);
      // Where the data are made, and where they are used.
      std::optional<std::int64_t> from, to;
      for (const ops::Edge& edge : program.edges) {
        if (edge.to.value() == t)
          from = tile_of(program.unit(program.task(edge.from).op.path.back().unit).name, mesh.tiles());
        if (edge.from.value() == t)
          to = tile_of(program.unit(program.task(edge.to).op.path.back().unit).name, mesh.tiles());
      }
      std::vector<std::string> expected;
      if (!from) {
        expected = mesh.in(to.value());
        expected.insert(expected.begin(), "host.memory");
      } else if (!to) {
        expected = mesh.out(*from);
        expected.push_back("host.memory");
      } else {
        expected = mesh.between(*from, *to);
        const bool same_chip = *from / mesh.tiles() == *to / mesh.tiles();
        ++(same_chip ? inside : across);
        const std::int64_t distance = std::abs(mesh.x(*from) - mesh.x(*to)) + std::abs(mesh.y(*from) - mesh.y(*to));
        if (same_chip) {
          EXPECT_EQ(std::ssize(expected), distance + 1);
        }
      }
      if (move->what == Transfer::What::kPartialSums) ++sums;
      else if (to) expected.push_back(fmt::format("{}.write", Mesh::tile_name(*to / mesh.tiles(), *to % mesh.tiles())));
      EXPECT_EQ(path, expected) << task.name;
    }
    EXPECT_GT(inside, 10);
    EXPECT_GT(across, 10);
    EXPECT_EQ(sums, 4 * 2);  // 300 rows in three blocks, 60 columns in four
  }
}

TEST(Routes, ATileWritesItsOwnResultsWithoutARouter) {
  Sketch s({1, 64});
  const Program program = test::map(s.finish(s.dense(s.dense(s.x, 16), 4)), isaac()).run;
  const Task& move = program.task(test::task_named(program, "dense2 input"));
  ASSERT_EQ(move.op.path.size(), 1u);
  EXPECT_EQ(program.unit(move.op.path[0].unit).name, "chip0.tile0.write");
}

}  // namespace
}  // namespace cimera::mapping
