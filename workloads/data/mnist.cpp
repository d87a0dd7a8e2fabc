#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"
#include "workloads/data/gzip.h"
#include "workloads/data/sources.h"

namespace cimera::workloads {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kImages = 0x803;  // unsigned bytes, 3 dimensions
constexpr std::uint32_t kLabels = 0x801;  // unsigned bytes, 1 dimension

/// An IDX file of unsigned bytes: big-endian magic number, sizes and values.
struct Idx {
  std::vector<std::int64_t> sizes;
  std::string bytes;
  std::size_t offset = 0;

  std::uint8_t at(std::size_t i) const { return static_cast<std::uint8_t>(bytes[offset + i]); }
};

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

Idx read_idx(const fs::path& file, std::uint32_t magic, const char* what) {
  const Where where{file.string()};
  Idx idx{.sizes = {}, .bytes = read_maybe_gzip(file)};
  const std::size_t dimensions = magic & 0xff;
  idx.offset = 4 * (1 + dimensions);
  if (idx.bytes.size() < idx.offset) fail_input(where, fmt::format("{} bytes are no IDX file", idx.bytes.size()));
  if (big_endian(idx.bytes, 0) != magic) {
    fail_input(where, fmt::format("it starts with {:#010x}; an IDX file of {} starts with {:#010x}",
                                  big_endian(idx.bytes, 0), what, magic));
  }
  std::uint64_t needed = 1;
  for (std::size_t d = 0; d < dimensions; ++d) {
    const std::uint32_t size = big_endian(idx.bytes, 4 * (1 + d));
    idx.sizes.push_back(size);
    if (size == 0) fail_input(where, "it holds nothing: a size is 0");
    needed = needed > idx.bytes.size() ? needed : needed * size;  // stops before it can overflow
  }
  if (idx.bytes.size() - idx.offset != needed) {
    fail_input(where, fmt::format("{} bytes of data for {}", idx.bytes.size() - idx.offset, format(idx.sizes)));
  }
  return idx;
}

/// The file of a folder under one of its usual names.
fs::path find_file(const fs::path& folder, const std::string& stem, const std::string& type) {
  std::vector<std::string> tried;
  for (const char* joint : {"-", "."}) {
    for (const char* suffix : {"", ".gz"}) {
      tried.push_back(stem + joint + type + suffix);
      if (fs::exists(folder / tried.back())) return folder / tried.back();
    }
  }
  fail_input(Where{folder.string()}, fmt::format("the folder has none of the files {}", fmt::join(tried, ", ")));
}

}  // namespace

Batch load_mnist(const std::string& place) {
  const std::vector<std::string> parts = split_commas(place);
  if (parts.size() > 2) fail_input(Where{place}, "expected a folder, or two files as IMAGES,LABELS");
  if (parts.size() == 1 && !fs::is_directory(place)) {
    fail_input(Where{place}, "no such folder; expected one with the MNIST test files, or two files as IMAGES,LABELS");
  }
  const fs::path image_file = parts.size() == 2 ? fs::path(parts[0]) : find_file(place, "t10k-images", "idx3-ubyte");
  const fs::path label_file = parts.size() == 2 ? fs::path(parts[1]) : find_file(place, "t10k-labels", "idx1-ubyte");
  const Idx images = read_idx(image_file, kImages, "images");
  const Idx labels = read_idx(label_file, kLabels, "labels");
  if (images.sizes[0] != labels.sizes[0]) {
    fail_input(Where{label_file.string()}, fmt::format("{} labels for {} images", labels.sizes[0], images.sizes[0]));
  }
  Batch batch{.count = images.sizes[0], .shape = {1, images.sizes[1], images.sizes[2]}, .values = {}, .labels = {}};
  batch.values.resize(images.bytes.size() - images.offset);
  for (std::size_t i = 0; i < batch.values.size(); ++i) batch.values[i] = images.at(i);
  batch.labels.resize(static_cast<std::size_t>(batch.count));
  for (std::size_t i = 0; i < batch.labels.size(); ++i) batch.labels[i] = labels.at(i);
  return batch;
}

}  // namespace cimera::workloads
