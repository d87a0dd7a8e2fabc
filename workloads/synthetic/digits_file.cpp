// Writing synthetic digits as a NumPy archive: a zip file with one .npy member per array (NumPy format version 1.0).
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <zip.h>

#include "core/error.h"
#include "workloads/synthetic/digits.h"

namespace cimera::workloads {
namespace {

// Header (magic, version 1.0, dictionary padded so that the data start at a multiple of 64) and the bytes.
std::string npy_bytes(const std::string& shape, const std::vector<std::uint8_t>& data) {
  std::string dictionary = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
  constexpr std::size_t kPrefix = 10;  // magic 6, version 2, length of the dictionary 2
  dictionary.append(64 - (kPrefix + dictionary.size() + 1) % 64, ' ');
  dictionary += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(dictionary.size() & 0xff);
  bytes += static_cast<char>(dictionary.size() >> 8);
  bytes += dictionary;
  bytes.append(data.begin(), data.end());
  return bytes;
}

// The bytes stay owned by the caller, who keeps them until the archive is closed.
void add_member(zip_t* archive, const std::string& path, const char* name, const std::string& bytes) {
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  const zip_int64_t index = source != nullptr ? zip_file_add(archive, name, source, ZIP_FL_OVERWRITE) : -1;
  if (index < 0) {
    zip_source_free(source);
    fail_run(fmt::format("{}: cannot add {}: {}", path, name, zip_strerror(archive)));
  }
  zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), 946684800, 0);  // 2000-01-01: equal data, equal file
}

}  // namespace

void write_digits(const std::string& path, std::uint64_t seed, std::int64_t first, std::int64_t count) {
  const Batch batch = digits(seed, first, count);
  const std::string images = npy_bytes(fmt::format("({}, {}, {})", count, batch.shape[1], batch.shape[2]),
                                       {batch.values.begin(), batch.values.end()});
  const std::string labels = npy_bytes(fmt::format("({},)", count), {batch.labels.begin(), batch.labels.end()});

  int code = 0;
  std::unique_ptr<zip_t, decltype(&zip_discard)> archive(zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code),
                                                         &zip_discard);
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    fail_run(fmt::format("{}: cannot write synthetic digits: {}", path, reason));
  }
  add_member(archive.get(), path, "images.npy", images);
  add_member(archive.get(), path, "labels.npy", labels);
  if (zip_close(archive.get()) != 0)
    fail_run(fmt::format("{}: cannot write synthetic digits: {}", path, zip_strerror(archive.get())));
  archive.release();  // a successful zip_close has freed it
}

}  // namespace cimera::workloads
