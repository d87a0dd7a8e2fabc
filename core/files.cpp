#include "core/files.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/error.h"

namespace cimera {
namespace {

/// A descriptor that is closed when its owner goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }

 private:
  int number_;
};

/// Writes and flushes to the disk; 0 or the errno of what failed.
int write_bytes(const std::filesystem::path& file, std::string_view bytes) {
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (out.number() < 0) return errno;
  while (!bytes.empty()) {
    const ssize_t written = ::write(out.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(out.number()) == 0 ? 0 : errno;
}

}  // namespace

std::string read_whole(const std::filesystem::path& file, std::uintmax_t limit) {
  const Where where{file.string()};
  std::error_code status;
  const std::filesystem::file_status kind = std::filesystem::status(file, status);
  if (kind.type() == std::filesystem::file_type::not_found) fail_input(where, "no such file");
  if (status) fail_input(where, "cannot be read: " + status.message());
  if (kind.type() == std::filesystem::file_type::directory) fail_input(where, "this is a folder, not a file");

  std::ifstream in(file, std::ios::binary);
  if (!in) fail_input(where, std::string("cannot be read: ") + std::strerror(errno));
  std::string bytes;
  char block[1 << 16];
  while (in.read(block, sizeof block), in.gcount() > 0) {
    bytes.append(block, static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limit) fail_input(where, "larger than the allowed " + std::to_string(limit) + " bytes");
  }
  if (in.bad()) fail_input(where, "cannot be read to its end");
  return bytes;
}

void write_whole(const std::filesystem::path& file, std::string_view bytes) {
  static std::atomic<unsigned> counter{0};
  const auto fail = [&](const std::string& reason) { fail_run(file.string() + ": cannot be written: " + reason); };
  std::error_code status;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), status);
  if (status) fail(status.message());

  std::filesystem::path temporary = file;
  temporary += fmt::format(".{}.{}.part", ::getpid(), counter++);
  const int failed = write_bytes(temporary, bytes);
  if (failed == 0) std::filesystem::rename(temporary, file, status);
  if (failed == 0 && !status) return;
  const std::string reason = failed != 0 ? std::strerror(failed) : status.message();
  std::filesystem::remove(temporary, status);
  fail(reason);
}

}  // namespace cimera
