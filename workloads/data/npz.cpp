#include "workloads/data/npz.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zip.h>

#include "core/error.h"
#include "core/files.h"

namespace cimera::workloads {
namespace {

constexpr std::string_view kSuffix = ".npy";
constexpr zip_uint64_t kMaxMember = zip_uint64_t{1} << 33;  // bytes; keeps a crafted archive from filling the memory

}  // namespace

/// The libzip handle on the bytes of the file, which have to outlive it.
struct NpzFile::Archive {
  std::string path, bytes;
  zip_t* zip = nullptr;

  ~Archive() {
    if (zip != nullptr) zip_discard(zip);
  }
};

NpzFile::NpzFile(const std::string& path) : archive_(std::make_unique<Archive>()) {
  archive_->path = path;
  archive_->bytes = read_whole(path);
  if (archive_->bytes.empty()) fail_input(Where{path}, "the file is empty");
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(archive_->bytes.data(), archive_->bytes.size(), 0, &error);
  if (source != nullptr) archive_->zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (archive_->zip == nullptr) {
    zip_source_free(source);
    fail_input(Where{path}, fmt::format("it is no .npz archive, or a damaged one: {}", reason));
  }
}

NpzFile::~NpzFile() = default;

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(archive_->zip, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* entry = zip_get_name(archive_->zip, static_cast<zip_uint64_t>(i), 0);
    std::string name = entry == nullptr ? "" : entry;
    if (name.ends_with(kSuffix)) names.push_back(name.substr(0, name.size() - kSuffix.size()));
  }
  return names;
}

NpyArray NpzFile::read(const std::string& name) const {
  const Where where{fmt::format("{}: array '{}'", archive_->path, name)};
  const std::string member = name + std::string(kSuffix);
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat(archive_->zip, member.c_str(), 0, &stat) != 0) {
    fail_input(where, fmt::format("the archive has no such array. It has: {}", fmt::join(names(), ", ")));
  }
  if ((stat.valid & ZIP_STAT_SIZE) == 0 || stat.size > kMaxMember) fail_input(where, "it holds more than 8 GB");
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen(archive_->zip, member.c_str(), 0), zip_fclose);
  if (file == nullptr) fail_input(where, fmt::format("it cannot be read: {}", zip_strerror(archive_->zip)));
  std::string bytes;
  char block[1 << 16];
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), block, sizeof block);
    if (got < 0) fail_input(where, fmt::format("it is damaged: {}", zip_file_strerror(file.get())));
    if (got == 0) break;
    bytes.append(block, static_cast<std::size_t>(got));
  }
  return NpyArray::parse(bytes, where);
}

}  // namespace cimera::workloads
