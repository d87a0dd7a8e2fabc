#include "workloads/shapes_only/single_layer.h"

#include <gmock/gmock.h>

#include "tests/workloads/support.h"
#include "workloads/inference.h"

namespace cimera::workloads {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(SingleLayer, HasTheShapesThatItsTextSays) {
  const Network conv = single_layer("conv:64,128,3x5,56x40,stride=2,pad=1x2,groups=2");
  EXPECT_EQ(conv.tensor(conv.input).shape, (Shape{1, 64, 56, 40}));
  EXPECT_EQ(conv.tensor(conv.output).shape, (Shape{1, 128, 28, 20}));
  EXPECT_EQ(macs(conv), 28 * 20 * 128 * 32 * 15);
  EXPECT_EQ(single_layer("conv:1,1,3x3,8x8,dilation=2").tensor(TensorId(0)).shape, (Shape{1, 1, 8, 8}));
  const Network gemm = single_layer("gemm:4,8,16");
  EXPECT_EQ(gemm.tensor(gemm.input).shape, (Shape{1, 4, 16}));
  EXPECT_EQ(gemm.tensor(gemm.output).shape, (Shape{1, 4, 8}));
  EXPECT_EQ(macs(gemm), 4 * 8 * 16);
  const Network gemv = single_layer("gemv:8,16");
  EXPECT_EQ(gemv.tensor(gemv.output).shape, (Shape{1, 8}));
  EXPECT_EQ(weight_count(gemv), 128);
}

TEST(SingleLayer, WhatIsNoneIsRefusedWithTheForm) {
  const auto refusal = [](const std::string& text) { return input_error([&] { single_layer(text); }); };
  for (const char* text : {"", "conv", "add:3", "3", ":"})
    EXPECT_THAT(refusal(text), AllOf(HasSubstr("--layer: "), HasSubstr("conv:IN,OUT,KxK,HxW"), HasSubstr("gemm:M,N,K"),
                                     HasSubstr("gemv:OUT,IN")))
        << text;
  for (const auto& [text, message] :
       {std::pair{"gemm:1,2", "has 2 values, not 3"}, std::pair{"gemm:1,2,x", "'x' is no whole number"},
        std::pair{"gemm:1,2,0", "0 is outside 1..2^30"}, std::pair{"gemm:1,2,99999999999", "outside 1..2^30"},
        std::pair{"gemm:1,2,3,stride=1", "no option 'stride'"}, std::pair{"gemv:,", "'' is no whole number"},
        std::pair{"conv:1,2,3,8x8", "'3' is no pair such as 3x3"},
        std::pair{"conv:1,2,3x3,8x8,pda=1", "no option 'pda'; did you mean 'pad'?"},
        std::pair{"conv:1,2,3x3,8x8,pad=1,pad=1", "'pad' is given twice"},
        std::pair{"conv:1,2,3x3,8x8,pad=1,4", "'4' stands behind an option"},
        std::pair{"conv:3,4,3x3,8x8,groups=2", "2 groups do not divide 3 input"},
        std::pair{"conv:1,2,3x3,2x2", "window of 3 (dilation 1) is wider than 2"}})
    EXPECT_THAT(refusal(text), AllOf(HasSubstr("--layer"), HasSubstr(message))) << text;
  EXPECT_THAT(refusal("gemm:1073741824,1073741824,1"), HasSubstr("2^40"));
}

TEST(SingleLayer, OneLayerOfANetworkKeepsItsConstants) {
  const Network n = mixed_network();
  const Network conv = only_layer(n, "conv2");
  ASSERT_EQ(conv.layers.size(), 1u);
  const auto whole = std::ranges::find(n.layers, "conv2", &Layer::name);
  EXPECT_EQ(conv.tensor(conv.input).shape, n.tensor(whole->inputs[0]).shape);
  EXPECT_EQ(conv.tensor(*conv.layers[0].weights).values, n.tensor(*whole->weights).values);
  EXPECT_EQ(macs(conv), macs(n, *whole));
  EXPECT_EQ(only_layer(n, "flat").layers.size(), 1u);
  EXPECT_THAT(input_error([&] { only_layer(n, "conv3"); }),
              AllOf(HasSubstr("--layer: network"), HasSubstr("has no layer 'conv3'; did you mean 'conv")));
  EXPECT_THAT(input_error([&] { only_layer(n, "sum"); }), HasSubstr("reads two activations"));
}

}  // namespace
}  // namespace cimera::workloads
