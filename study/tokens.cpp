#include "study/tokens.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace cimera::study {

bool predicts_tokens(const workloads::Network& network) {
  const workloads::Shape &in = network.tensor(network.input).shape, &out = network.tensor(network.output).shape;
  return workloads::reads_tokens(network) && in.back() > 1 && out.size() == 3 && out[1] == in.back();
}

void TokenScore::add(const workloads::Batch& batch, std::span<const float> output, std::span<const float> reference,
                     std::vector<std::uint8_t>& right) {
  const auto tokens = static_cast<std::size_t>(batch.shape.back()), count = static_cast<std::size_t>(batch.count);
  const std::size_t vocabulary = output.size() / (tokens * count);
  for (std::size_t i = 0; i < count * tokens; ++i) {
    if (i % tokens == tokens - 1) continue;
    const std::span<const float> row = output.subspan(i * vocabulary, vocabulary);
    const std::span<const float> other = reference.subspan(i * vocabulary, vocabulary);
    const auto next = static_cast<std::size_t>(batch.values[i + 1]);
    if (next >= vocabulary) fail_input({"--data"}, "a token that the network has no logit for");
    const auto best = std::ranges::max_element(row) - row.begin();
    double sum = 0.0;
    const double largest = row[static_cast<std::size_t>(best)];
    for (const float logit : row) sum += std::exp(static_cast<double>(logit) - largest);
    surprise_ += std::log(sum) + largest - static_cast<double>(row[next]);
    agree_ += best == std::ranges::max_element(other) - other.begin() ? 1 : 0;
    right.push_back(static_cast<std::size_t>(best) == next ? 1 : 0);
    ++tokens_;
  }
}

void TokenScore::operator+=(const TokenScore& other) {
  tokens_ += other.tokens_;
  agree_ += other.agree_;
  surprise_ += other.surprise_;
}

double TokenScore::agreement() const { return static_cast<double>(agree_) / static_cast<double>(tokens_); }
double TokenScore::perplexity() const { return std::exp(surprise_ / static_cast<double>(tokens_)); }

}  // namespace cimera::study
