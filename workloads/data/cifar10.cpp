#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"
#include "workloads/data/gzip.h"
#include "workloads/data/sources.h"

namespace cimera::workloads {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPixels = 3 * 32 * 32;
constexpr std::size_t kRecord = 1 + kPixels;
constexpr int kClasses = 10;

fs::path find_file(const fs::path& place) {
  if (!fs::is_directory(place)) return place;
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(place)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("test_batch") && name.ends_with(".bin")) found.push_back(name);
  }
  std::ranges::sort(found);
  if (found.empty()) fail_input(Where{place.string()}, "the folder has no file test_batch*.bin");
  if (found.size() > 1) {
    fail_input(Where{place.string()}, fmt::format("the folder has {} test files ({}); name one of them", found.size(),
                                                  fmt::join(found, ", ")));
  }
  return place / found.front();
}

}  // namespace

Batch load_cifar10(const std::string& place) {
  const fs::path file = find_file(place);
  const Where where{file.string()};
  const std::string bytes = read_maybe_gzip(file);
  if (bytes.empty() || bytes.size() % kRecord != 0) {
    fail_input(where,
               fmt::format("{} bytes are no whole number of CIFAR-10 records of {} bytes", bytes.size(), kRecord));
  }
  const std::size_t count = bytes.size() / kRecord;
  Batch batch{.count = static_cast<std::int64_t>(count), .shape = {3, 32, 32}, .values = {}, .labels = {}};
  batch.values.reserve(count * kPixels);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* record = reinterpret_cast<const unsigned char*>(bytes.data()) + i * kRecord;
    if (record[0] >= kClasses)
      fail_input(where, fmt::format("record {} has label {}; CIFAR-10 has 0 to 9", i, record[0]));
    batch.labels.push_back(record[0]);
    batch.values.insert(batch.values.end(), record + 1, record + kRecord);
  }
  return batch;
}

}  // namespace cimera::workloads
