#include "models/functional/input_codes.h"

#include <algorithm>
#include <cstring>

namespace cimera::functional {

InputCodes::InputCodes(const workloads::Network& network, const workloads::QuantizedLayer& layer, std::int64_t count)
    : network_(network), layer_(layer), count_(count) {
  const workloads::Layer& op = network.layer(layer.layer);
  const workloads::MvmShape shape = mvm_shape(network, op);
  groups_ = shape.groups;
  elements_ = workloads::elements(network.tensor(op.inputs[0]).shape);
  share_ = elements_ / groups_;
  values_.resize(static_cast<std::size_t>(count * elements_));
  codes_.resize(static_cast<std::size_t>(groups_));
  for (auto& codes : codes_) codes.resize(static_cast<std::size_t>(count * shape.positions * shape.rows));
}

bool InputCodes::agree(const Range& range, std::span<const float> values) const {
  for (const Range& known : coded_.ranges()) {
    const Range both = intersect(known, range);
    const auto bytes = static_cast<std::size_t>(both.size()) * sizeof(float);
    for (std::int64_t i = 0; i < count_ && bytes > 0; ++i)
      if (std::memcmp(values_.data() + i * elements_ + both.begin,
                      values.data() + i * range.size() + both.begin - range.begin, bytes) != 0)
        return false;
  }
  return true;
}

std::int64_t InputCodes::add(const Range& range, std::span<const float> values) {
  std::int64_t clipped = 0;
  for (Range rest = coded_.missing(range); rest.size() > 0; rest = coded_.missing(range)) {
    const Range piece{rest.begin, std::min(rest.end, (rest.begin / share_ + 1) * share_)};  // within one group
    std::vector<float> part(static_cast<std::size_t>(count_ * piece.size()));
    for (std::int64_t i = 0; i < count_; ++i) {
      const float* from = values.data() + i * range.size() + piece.begin - range.begin;
      std::copy_n(from, piece.size(), part.data() + i * piece.size());
      std::copy_n(from, piece.size(), values_.data() + i * elements_ + piece.begin);
    }
    const std::int64_t group = groups_ == 1 ? 0 : piece.begin / share_;
    workloads::input_codes(network_, layer_, count_, piece.begin, part, codes_[static_cast<std::size_t>(group)]);
    clipped += workloads::clipped_inputs(layer_, part);
    coded_.add(piece);
  }
  return clipped;
}

}  // namespace cimera::functional
