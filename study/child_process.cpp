#include "study/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"

extern char** environ;

namespace cimera::study {
namespace {

constexpr std::size_t kErrorsKept = 4096;

[[noreturn]] void fail_system(const std::string& what, int error) { fail_run(what + ": " + std::strerror(error)); }

/// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void close() {
    if (fd_ >= 0) ::close(release());
  }

 private:
  int fd_ = -1;
};

/// The two ends of a connection. Both close on exec, so a child started meanwhile by another thread gets neither.
struct Channel {
  Descriptor ours, theirs;
};

/// Moves a descriptor above 0, 1 and 2, where the child's ends are put: a process may have closed its own.
Descriptor above_standard(Descriptor low) {
  if (low.get() > STDERR_FILENO) return low;
  const int high = ::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (high < 0) fail_system("cannot copy a descriptor", errno);
  return Descriptor(high);
}

Channel make_channel(Descriptor ours, Descriptor theirs) {
  return {above_standard(std::move(ours)), above_standard(std::move(theirs))};
}

/// A socket: a write to one whose reader is gone can be told to raise no SIGPIPE.
Channel to_child() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail_system("cannot make a socket", errno);
  return make_channel(Descriptor(ends[0]), Descriptor(ends[1]));
}

Channel from_child() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail_system("cannot make a pipe", errno);
  return make_channel(Descriptor(ends[0]), Descriptor(ends[1]));
}

/// A started program; killed and collected when it has not been waited for.
class Child {
 public:
  Child(const std::filesystem::path& program, std::string& setting, const std::array<int, 3>& standard) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; ++fd)
      posix_spawn_file_actions_adddup2(&actions, standard[static_cast<std::size_t>(fd)], fd);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, piped;
    sigemptyset(&none);
    sigemptyset(&piped);
    sigaddset(&piped, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &piped);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::string name = program.string();
    char* arguments[] = {name.data(), nullptr};
    std::vector<char*> environment{setting.data()};
    for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
    environment.push_back(nullptr);
    const int error = posix_spawn(&pid_, name.c_str(), &actions, &attributes, arguments, environment.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
      pid_ = -1;
      fail_system("cannot start " + name, error);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

  /// How the program ended; none for exit code 0.
  std::optional<std::string> wait() {
    int status = 0;
    pid_t answer;
    do answer = ::waitpid(pid_, &status, 0);
    while (answer < 0 && errno == EINTR);
    pid_ = -1;
    if (answer < 0) return std::nullopt;  // collected by a host that ignores SIGCHLD: its output has to tell
    if (WIFSIGNALED(status)) {
      const char* text = sigdescr_np(WTERMSIG(status));
      return "was killed by signal " + std::to_string(WTERMSIG(status)) + " (" + (text ? text : "unknown") + ")";
    }
    if (WEXITSTATUS(status) != 0) return "ended with exit code " + std::to_string(WEXITSTATUS(status));
    return std::nullopt;
  }

 private:
  pid_t pid_ = -1;
};

/// Sends what fits; closes the channel when all is sent or the reader is gone.
void send_some(Descriptor& to, std::span<const std::uint8_t>& rest) {
  const ssize_t n = ::send(to.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n >= 0) rest = rest.subspan(static_cast<std::size_t>(n));
  else if (errno == EPIPE || errno == ECONNRESET) rest = {};
  else if (errno != EAGAIN && errno != EINTR) fail_system("cannot write to a child process", errno);
  if (rest.empty()) to.close();
}

/// Reads what is there into `take`; closes the channel at its end.
template <class Take>
void receive_some(Descriptor& from, Take take) {
  std::array<char, 65536> block;
  const ssize_t n = ::read(from.get(), block.data(), block.size());
  if (n > 0) take(block.data(), static_cast<std::size_t>(n));
  else if (n == 0) from.close();
  else if (errno != EINTR) fail_system("cannot read from a child process", errno);
}

void exchange(Descriptor& to, Descriptor& out, Descriptor& err, std::span<const std::uint8_t> input,
              ChildResult& result) {
  if (input.empty()) to.close();
  while (out.get() >= 0 || err.get() >= 0) {
    std::array<pollfd, 3> ends{{{to.get(), POLLOUT, 0}, {out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}}};
    if (::poll(ends.data(), ends.size(), -1) < 0) {
      if (errno == EINTR) continue;
      fail_system("cannot wait for a child process", errno);
    }
    if (ends[0].revents != 0) send_some(to, input);
    if (ends[1].revents != 0)
      receive_some(out,
                   [&](const char* data, std::size_t n) { result.output.insert(result.output.end(), data, data + n); });
    if (ends[2].revents != 0)
      receive_some(err, [&](const char* data, std::size_t n) {
        result.errors.append(data, n);
        if (result.errors.size() > kErrorsKept) result.errors.erase(0, result.errors.size() - kErrorsKept);
      });
  }
}

void trim(std::string& text) {
  const char* blanks = " \t\r\n";
  text.erase(text.find_last_not_of(blanks) + 1);
  text.erase(0, text.find_first_not_of(blanks));
}

}  // namespace

ChildResult run_child(const std::filesystem::path& program, std::string setting, std::span<const std::uint8_t> input) {
  Channel in = to_child(), out = from_child(), err = from_child();
  Child child(program, setting, {in.theirs.get(), out.theirs.get(), err.theirs.get()});
  in.theirs.close();
  out.theirs.close();
  err.theirs.close();

  ChildResult result;
  exchange(in.ours, out.ours, err.ours, input, result);
  in.ours.close();
  result.death = child.wait();
  trim(result.errors);
  return result;
}

}  // namespace cimera::study
