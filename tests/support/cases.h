// Machine shapes and networks that the tests of the spine go through.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::test {

/// A machine made of isaac by overrides, at some precision.
struct Shape {
  std::string name;
  Overrides overrides;
  int weight_bits = 16, input_bits = 16;

  ops::MachineSpec machine() const {
    // Tests of shapes look at what happens, not at joules: the prices of isaac serve all of them.
    Overrides all;
    const ops::MachineSpec plain = isaac();
    for (const auto& [component, row] : plain.components()) all.push_back("components." + component + ".holds_for={}");
    all.insert(all.end(), overrides.begin(), overrides.end());
    all.push_back("precision.weight_bits=" + std::to_string(weight_bits));
    all.push_back("precision.input_bits=" + std::to_string(input_bits));
    return isaac(all);
  }
};
inline void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

/// Shapes in which rows and columns of a layer spread over units, tiles and chips in different ways.
inline const std::vector<Shape>& shapes() {
  static const std::vector<Shape> kShapes = {
      {"isaac", {}},
      {"one_unit_per_tile", {"organisation.imas_per_tile=1"}},
      {"one_array_per_tile",
       {"organisation.imas_per_tile=1", "organisation.arrays_per_ima=1", "organisation.adcs_per_ima=1"}},
      {"small_arrays", {"organisation.rows=48", "organisation.columns=40", "organisation.imas_per_tile=2"}},
      {"many_chips",
       {"organisation.chips=64", "organisation.tiles_x=1", "organisation.tiles_y=3", "organisation.tiles_per_router=1",
        "organisation.imas_per_tile=1", "organisation.arrays_per_ima=3"}},
      {"shared_adc", {"organisation.adcs_per_ima=1"}},
      {"two_bit_dac", {"precision.dac_bits=2", "precision.adc_bits=10"}},
      {"offset", {"precision.encoding=offset", "precision.adc_bits=9"}},
      {"differential", {"precision.encoding=differential", "precision.adc_bits=10"}},
      // Inputs longer than 3 bits in two phases, bit by bit; a price for what such reads count.
      {"serial",
       {"precision.encoding=differential", "precision.adc_bits=14", "precision.dac_bits=3",
        "pipeline.serial={decision: 30 ns, phase: 40 ns}",
        "components.planes={per: ima, energy: 1 pJ, area: 0 mm^2, source: table1, events: [row_planes, column_planes, "
        "adc_decisions]}"},
       8,
       7},
      {"slices_apart",
       {"precision.encoding=differential", "precision.adc_bits=10", "precision.slices=apart",
        "organisation.imas_per_tile=2"}},
      {"slices_apart_in_tiles_of_one_array",
       {"precision.slices=apart", "organisation.imas_per_tile=1", "organisation.arrays_per_ima=1",
        "organisation.adcs_per_ima=1", "organisation.rows=48"},
       8,
       8},
      {"two_sided", {"precision.encoding=two_sided", "precision.adc_bits=10"}},
      {"offset_column", {"precision.encoding=offset_column", "precision.adc_bits=9"}},
      {"active_rows", {"organisation.active_rows=20", "precision.encoding=offset", "precision.adc_bits=6"}},
      {"everything_at_once",
       {"organisation.active_rows=9", "organisation.rows=50", "precision.encoding=offset_column",
        "precision.slices=apart", "precision.cell_bits=3", "precision.dac_bits=2", "organisation.imas_per_tile=1"},
       7,
       6},
      {"layered", {"schedule=layered", "organisation.imas_per_tile=1"}},
      // Chips of two units, too few for any network of these tests: loads follow each other, layers are cut.
      {"reprogrammed",
       {"weights=reprogrammed", "organisation.tiles_x=2", "organisation.tiles_y=1", "organisation.tiles_per_router=1",
        "organisation.imas_per_tile=1", "organisation.arrays_per_ima=4"}},
      {"bits_8_8", {}, 8, 8},
      {"bits_5_3", {"organisation.imas_per_tile=1"}, 5, 3},
  };
  return kShapes;
}

inline const Shape& shape(const std::string& name) {
  for (const Shape& s : shapes())
    if (s.name == name) return s;
  fail_run("no shape '" + name + "'");
}

/// A network with everything that a crossbar machine does in its own way: grouped and strided convolutions, a skip
/// connection, pooling, an average that the host computes, a layer without activation function.
/// Attention and a feed-forward part over 7 positions, without tokens: dense layers over positions, products of
/// activations, and values that pass tiles and the host in turn.
inline workloads::Network attention_network() {
  constexpr std::int64_t kPositions = 7, kWidth = 24;
  Sketch s({1, kPositions, kWidth});
  const auto heads = [&](Sketch::Id from) {
    const auto split = s.reshape(s.dense(from, kWidth), {1, kPositions, 2, kWidth / 2});
    return s.add("heads", workloads::Transpose{.perm = {0, 2, 1, 3}}, {split}, {});
  };
  const auto q = heads(s.x), k = heads(s.x), v = heads(s.x);
  const auto shares = s.softmax(s.add("scores", workloads::MatMul{.transpose_b = true}, {q, k}, {}));
  const auto mix = s.add("mix", workloads::MatMul{}, {shares, v}, {});
  const auto joined =
      s.reshape(s.add("tokens", workloads::Transpose{.perm = {0, 2, 1, 3}}, {mix}, {}), {1, kPositions, kWidth});
  const auto y = s.sum(s.dense(joined, kWidth), s.x);
  const auto fed = s.dense(s.relu(s.dense(y, 150)), kWidth);  // more rows than an array has
  return s.finish(s.unary(s.sum(fed, s.dense(y, kWidth)), workloads::UnaryKind::kSigmoid));
}

inline workloads::Network mixed_network() {
  Sketch s({1, 6, 12, 10});
  const auto a = s.relu(s.conv(s.x, 20, 3, 3, {.pad = 1}));
  const auto b = s.conv(s.relu(s.conv(a, 24, 3, 3, {.pad = 1, .groups = 2})), 20, 1, 1);
  const auto c = s.max_pool(s.relu(s.sum(b, a)), 2);
  const auto d = s.unary(s.conv(c, 32, 3, 3, {.stride = 2, .pad = 1}), workloads::UnaryKind::kTanh);
  const auto e = s.conv(s.average_pool(d, 2), 18, 1, 1, {.bias = false});
  return s.finish(s.softmax(s.dense(s.flatten(e), 10)));
}

}  // namespace cimera::test
