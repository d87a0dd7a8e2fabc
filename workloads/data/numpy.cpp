#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"
#include "workloads/data/npy.h"
#include "workloads/data/npz.h"
#include "workloads/data/sources.h"

namespace cimera::workloads {
namespace {

void set_samples(Batch& batch, const NpyArray& array, const Where& where) {
  Shape shape = array.shape();
  if (shape.size() < 2 || array.count() == 0) {
    fail_input(where, fmt::format("shape {} is no list of samples; expected [n][features], [n][rows][columns] or "
                                  "[n][channels][rows][columns]",
                                  format(shape)));
  }
  batch.count = shape.front();
  shape.erase(shape.begin());
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  batch.shape = shape;
  batch.values = array.floats();
  for (std::size_t i = 0; i < batch.values.size(); ++i) {
    if (!std::isfinite(batch.values[i])) {
      fail_input(where, fmt::format("sample {} holds {}; only finite values are accepted",
                                    static_cast<std::int64_t>(i) / elements(shape), batch.values[i]));
    }
  }
}

void set_labels(Batch& batch, const NpyArray& array, const Where& where) {
  const Shape& shape = array.shape();
  const bool list = shape.size() == 1 || (shape.size() == 2 && shape[1] == 1);
  if (!list || !array.integer()) {
    fail_input(where,
               fmt::format("shape {} of '{}' are no labels; expected [n] integers", format(shape), array.dtype()));
  }
  if (shape[0] != batch.count) fail_input(where, fmt::format("{} labels for {} samples", shape[0], batch.count));
  for (const std::int64_t label : array.integers()) {
    if (label < 0 || label > std::numeric_limits<std::int32_t>::max()) {
      fail_input(where, fmt::format("label {} is no class number", label));
    }
    batch.labels.push_back(static_cast<std::int32_t>(label));
  }
}

}  // namespace

Batch load_npz(const std::string& place) {
  const NpzFile file(place);
  const std::vector<std::string> names = file.names();
  const auto has = [&](const char* name) { return std::ranges::find(names, name) != names.end(); };
  for (const auto& [samples, labels] : {std::pair{"images", "labels"}, std::pair{"x", "y"}}) {
    if (!has(samples) || !has(labels)) continue;
    Batch batch;
    set_samples(batch, file.read(samples), Where{fmt::format("{}: array '{}'", place, samples)});
    set_labels(batch, file.read(labels), Where{fmt::format("{}: array '{}'", place, labels)});
    return batch;
  }
  fail_input(Where{place}, fmt::format("expected arrays 'images' and 'labels', or 'x' and 'y'; the archive has {}",
                                       names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

Batch load_npy(const std::string& place) {
  const std::vector<std::string> parts = split_commas(place);
  if (parts.size() > 2) fail_input(Where{place}, "expected one file with samples, or two as X.npy,Y.npy");
  Batch batch;
  set_samples(batch, NpyArray::load(parts[0]), Where{parts[0]});
  if (parts.size() == 2) set_labels(batch, NpyArray::load(parts[1]), Where{parts[1]});
  return batch;
}

Batch load_tokens(const std::string& place) {
  const NpyArray array = NpyArray::load(place);
  const Shape& shape = array.shape();
  if (shape.empty() || shape.size() > 2 || !array.integer() || array.count() == 0)
    fail_input(Where{place}, fmt::format("shape {} of '{}' are no token ids; expected [n] or [m][n] integers",
                                         format(shape), array.dtype()));
  constexpr std::int64_t kLargest = 1 << 24;
  Batch batch{.count = shape.size() == 1 ? 1 : shape[0], .shape = {shape.back()}, .values = {}, .labels = {}};
  for (const std::int64_t token : array.integers()) {
    if (token < 0 || token > kLargest) fail_input(Where{place}, fmt::format("{} is no token id (0 to 2^24)", token));
    batch.values.push_back(static_cast<float>(token));
  }
  return batch;
}

}  // namespace cimera::workloads
