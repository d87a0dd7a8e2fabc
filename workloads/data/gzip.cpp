#include "workloads/data/gzip.h"

#include <cstdint>
#include <string_view>

#include <zlib.h>

#include "core/error.h"
#include "core/files.h"

namespace cimera::workloads {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 32;

/// A zlib stream that is closed when its owner goes.
class Inflater {
 public:
  explicit Inflater(std::string_view in) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // zlib does not write to it
    stream_.avail_in = static_cast<uInt>(in.size());
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) fail_run("zlib cannot start");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Appends the next block to `out`; returns zlib's status.
  int step(std::string& out) {
    char block[1 << 16];
    stream_.next_out = reinterpret_cast<Bytef*>(block);
    stream_.avail_out = sizeof block;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    out.append(block, sizeof block - stream_.avail_out);
    return status;
  }
  bool input_left() const { return stream_.avail_in > 0; }
  void next_member() { inflateReset(&stream_); }

 private:
  z_stream stream_ = {};
};

}  // namespace

std::string read_maybe_gzip(const std::filesystem::path& file) {
  const Where where{file.string()};
  std::string bytes = read_whole(file, kLimit - 1);
  if (!bytes.starts_with("\x1f\x8b")) return bytes;
  Inflater inflater(bytes);
  std::string out;
  for (;;) {
    const int status = inflater.step(out);
    if (out.size() >= kLimit) fail_input(where, "the gzip file holds more than 4 GB");
    if (status == Z_STREAM_END) {
      if (!inflater.input_left()) return out;
      inflater.next_member();
    } else if (status == Z_BUF_ERROR) {
      fail_input(where, "the gzip file is truncated");
    } else if (status != Z_OK) {
      fail_input(where, "the gzip file is damaged");
    }
  }
}

}  // namespace cimera::workloads
