#include "study/tokens.h"

#include <cmath>

#include <gtest/gtest.h>

namespace cimera::study {
namespace {

TEST(TokenScore, ByHand) {
  // Two samples of three tokens, a vocabulary of 2; the last row of each counts nowhere.
  const workloads::Batch batch{.count = 2, .shape = {3}, .values = {0, 1, 1, 1, 0, 0}, .labels = {}};
  const std::vector<float> output = {0, 1, 2, 0, 9, 9, 0, 0, 3, 0, 9, 9};
  const std::vector<float> reference = {0, 5, 0, 5, 0, 0, 5, 0, 5, 0, 0, 0};
  TokenScore score;
  std::vector<std::uint8_t> right;
  EXPECT_TRUE(score.empty());
  score.add(batch, output, reference, right);
  EXPECT_EQ(right, (std::vector<std::uint8_t>{1, 0, 1, 1}));  // 1, 0 (not 1), 0 by a tie, 0
  EXPECT_DOUBLE_EQ(score.agreement(), 0.75);
  const auto surprise = [](double logit, double other) { return std::log1p(std::exp(other - logit)); };
  const double sum = surprise(1, 0) + surprise(0, 2) + surprise(0, 0) + surprise(3, 0);
  EXPECT_NEAR(score.perplexity(), std::exp(sum / 4), 1e-12);
  TokenScore both = score;
  both += score;
  EXPECT_DOUBLE_EQ(both.perplexity(), score.perplexity());
}

}  // namespace
}  // namespace cimera::study
