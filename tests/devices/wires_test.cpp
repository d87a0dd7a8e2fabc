// Resistance of wires by node, against NeuroSim's numbers and by hand.
#include "devices/wires.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace cimera::devices {
namespace {

using namespace literals;
using testing::AllOf;
using testing::HasSubstr;

/// What NeuroSim V1.4 prints for a 1T1R cell of 4 F x 12 F and for one of 2 F in a crossbar, with its unit error.
TEST(Wires, WithoutTheBarrierAreThoseOfNeuroSim) {
  struct Row {
    double node, row, column, crossbar;
  };
  const WireTable wires = load_wires();
  for (const Row& r : {Row{130, 0.29, 0.86, 0.14},
                       {90, 0.50, 1.50, 0.25},
                       {65, 0.50, 1.49, 0.25},
                       {45, 0.70, 2.09, 0.35},
                       {32, 1.04, 3.13, 0.52},
                       {22, 1.56, 4.69, 0.78},
                       {14, 2.03, 6.09, 1.02},
                       {10, 3.59, 10.8, 1.80},
                       {7, 4.17, 12.5, 2.09}}) {
    const Metres node = 1_nm * r.node, f = wires.at(node).width;
    const auto ohms = [&](double length) { return wires.resistance(node, f * length, Barrier::kIgnored).in(1_Ohm); };
    EXPECT_NEAR(ohms(4), r.row, 0.006) << r.node;  // the numbers have two or three digits
    EXPECT_NEAR(ohms(12), r.column, r.column < 10 ? 0.006 : 0.06) << r.node;
    EXPECT_NEAR(ohms(2), r.crossbar, 0.006) << r.node;
  }
}

TEST(Wires, WithTheBarrierByHand) {
  // 22 nm: w = 40 nm, AR = 1.9, b = 2.5 nm: (2 x 1.9 + 1) / 1.9 x 2.5 / 40 = 0.15789 of the cross-section is lost.
  const WireTable wires = load_wires();
  const double bare = wires.resistance(22_nm, 1_um, Barrier::kIgnored).in(1_Ohm);
  EXPECT_NEAR(bare, 2.97e-8 / (40e-9 * 40e-9 * 1.9) * 1e-6, 1e-9);
  EXPECT_NEAR(wires.resistance(22_nm, 1_um).in(1_Ohm) / bare, 1 / (1 - 4.8 / 1.9 * 2.5 / 40), 1e-12);
  // What the unit error hides: from 6 % at 1 nm to 50 % at 5 nm.
  for (const auto& [node, more] : std::vector<std::pair<Metres, double>>{{1_nm, 1.06}, {5_nm, 1.50}, {130_nm, 1.176}})
    EXPECT_NEAR(wires.resistance(node, 1_um) / wires.resistance(node, 1_um, Barrier::kIgnored), more, 0.006);
}

TEST(Wires, ResistanceGrowsWithLengthAndShrinkingNodes) {
  const WireTable wires = load_wires();
  EXPECT_EQ(wires.nodes.size(), 13u);
  EXPECT_NEAR(wires.resistance(32_nm, 6_um) / wires.resistance(32_nm, 2_um), 3.0, 1e-12);
  for (std::size_t i = 1; i < wires.nodes.size(); ++i)
    EXPECT_GT(wires.resistance(wires.nodes[i].node, 1_um, Barrier::kIgnored),
              wires.resistance(wires.nodes[i - 1].node, 1_um, Barrier::kIgnored));
}

TEST(Wires, UnknownNodesAreRefused) {
  try {
    load_wires().resistance(28_nm, 1_um);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("28 nm"), HasSubstr("32 nm, 22 nm")));
  }
  EXPECT_THROW(load_wires("nowhere"), Error);
}

}  // namespace
}  // namespace cimera::devices
