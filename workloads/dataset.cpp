#include "workloads/dataset.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/data/sources.h"

namespace cimera::workloads {
namespace {

struct Kind {
  const char* name;
  Batch (*load)(const std::string& place);
};
constexpr Kind kKinds[] = {
    {"cifar10", load_cifar10}, {"mnist", load_mnist}, {"npy", load_npy}, {"npz", load_npz}, {"tokens", load_tokens}};

/// Entry c of a per-channel list that may be empty or hold one value for all.
double channel_value(const std::vector<double>& values, std::int64_t channel, double otherwise) {
  if (values.empty()) return otherwise;
  return values.size() == 1 ? values.front() : values[static_cast<std::size_t>(channel)];
}

void check(const InputTransform& transform, const Shape& shape) {
  const auto check_list = [&](const std::vector<double>& values, const char* what, bool zero_allowed) {
    if (values.size() > 1 && static_cast<std::int64_t>(values.size()) != shape.front()) {
      fail_input(fmt::format("input {} has {} values, but the samples of shape {} have {} channels", what,
                             values.size(), format(shape), shape.front()));
    }
    for (const double value : values) {
      if (!std::isfinite(value) || (value == 0.0 && !zero_allowed)) {
        fail_input(
            fmt::format("input {} = {}: must be a finite number{}", what, value, zero_allowed ? "" : " other than 0"));
      }
    }
  };
  check_list({transform.scale}, "scale", false);
  check_list(transform.mean, "mean", true);
  check_list(transform.std, "std", false);
}

}  // namespace

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

Dataset load_dataset(const std::string& spec) {
  constexpr const char* kForms = "data are named mnist:DIR, cifar10:PATH, npz:FILE, npy:X,Y or tokens:FILE.npy";
  const std::size_t colon = spec.find(':');
  if (colon == std::string::npos || colon + 1 == spec.size()) fail_input(Where{spec}, kForms);
  const std::string name = spec.substr(0, colon);
  const auto* kind = std::ranges::find(kKinds, name, &Kind::name);
  if (kind == std::end(kKinds)) {
    std::vector<std::string> names;
    for (const Kind& known : kKinds) names.emplace_back(known.name);
    fail_input(Where{spec}, fmt::format("unknown kind of data '{}'{}; {}", name, did_you_mean(name, names), kForms));
  }
  return {.name = spec, .samples = kind->load(spec.substr(colon + 1))};
}

Batch take(const Dataset& data, std::int64_t begin, std::int64_t count, const InputTransform& transform) {
  const Batch& samples = data.samples;
  if (begin < 0 || count < 0 || begin > samples.count || count > samples.count - begin) {
    fail_input(Where{data.name}, fmt::format("samples {} to {} were asked for, but there are {}", begin,
                                             begin + count - 1, samples.count));
  }
  check(transform, samples.shape);
  const std::int64_t per_sample = elements(samples.shape), channels = samples.shape.front();
  const std::int64_t per_channel = per_sample / channels;
  Batch batch{.first = samples.first + begin, .count = count, .shape = samples.shape, .values = {}, .labels = {}};
  batch.values.resize(static_cast<std::size_t>(count * per_sample));
  for (std::int64_t c = 0; c < channels; ++c) {
    const double mean = channel_value(transform.mean, c, 0.0), std = channel_value(transform.std, c, 1.0);
    for (std::int64_t i = 0; i < count; ++i) {
      const float* in = samples.values.data() + (begin + i) * per_sample + c * per_channel;
      float* out = batch.values.data() + i * per_sample + c * per_channel;
      for (std::int64_t j = 0; j < per_channel; ++j) {
        out[j] = static_cast<float>((static_cast<double>(in[j]) / transform.scale - mean) / std);
      }
    }
  }
  if (!samples.labels.empty()) {
    batch.labels.assign(samples.labels.begin() + begin, samples.labels.begin() + begin + count);
  }
  return batch;
}

void cut_to_windows(const Network& network, Dataset& data) {
  if (!reads_tokens(network)) return;
  const std::int64_t window = elements(network.tensor(network.input).shape);
  Batch& samples = data.samples;
  if (samples.count != 1 || samples.shape.size() != 1 || samples.shape[0] <= window) return;
  samples.count = samples.shape[0] / window;
  samples.values.resize(static_cast<std::size_t>(samples.count * window));
  data.name += fmt::format(" (the first {} of {} tokens)", samples.count * window, samples.shape[0]);
  samples.shape = {window};
}

void check_fits(const Network& network, const Dataset& data) {
  const Shape& input = network.tensor(network.input).shape;
  const Shape wanted(input.begin() + 1, input.end());
  const Shape& shape = data.samples.shape;
  if (shape == wanted || (wanted.size() == 1 && elements(shape) == wanted.front())) return;
  const bool channels_last = shape.size() == 3 && wanted.size() == 3 && Shape{shape[2], shape[0], shape[1]} == wanted;
  fail_input(Where{data.name},
             fmt::format("the samples have shape {}, but network '{}' reads {}{}", format(shape), network.name,
                         format(wanted), channels_last ? "; put the channels first (transpose 2, 0, 1)" : ""));
}

}  // namespace cimera::workloads
